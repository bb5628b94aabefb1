// Types and attributes of HDF5 in the terms of this project.
#pragma once

#include <hdf5.h>

#include <optional>
#include <string>

#include "formats/model_file.h"

namespace kerasan::formats {

// nullopt for what is no plain number or bool.
std::optional<DType> dtype_of(hid_t type);
std::string type_text(hid_t type);
// A text, a number, or a list of them; null for anything else and for what is too large.
Json attribute_value(hid_t attribute);
// Throws InputError for more than 32 dimensions and for sizes beyond int64.
Shape shape_of(hid_t space);

}  // namespace kerasan::formats

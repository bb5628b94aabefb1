// A model or its weights in HDF5 bytes, wherever these lie.
#pragma once

#include <string>

#include "formats/model_file.h"

namespace kerasan::formats {

// `what` names the bytes in errors; `config` is that of the model, where another part of the file
// told it. Throws InputError.
ModelFile read_hdf5_model(const Bytes& bytes, const std::string& what,
                          const Json& config = nullptr);

}  // namespace kerasan::formats

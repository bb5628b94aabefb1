// Arrays of NumPy: .npz archives of .npy members
// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/mapped_file.h"
#include "base/tensor.h"

namespace kerasan::formats {

// `what` names the array in errors. Throws InputError for what is no array of numbers; pickled
// objects are never loaded.
Tensor parse_npy(const Bytes& bytes, const std::string& what);

// The arrays of an archive by name, in its order. Throws InputError naming the file.
std::vector<std::pair<std::string, Tensor>> read_npz(const std::string& path);

}  // namespace kerasan::formats

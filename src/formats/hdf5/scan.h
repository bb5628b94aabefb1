// Walks an HDF5 file with the library; run in a process of its own (formats/isolated.h).
#pragma once

#include <span>
#include <string>

#include "formats/model_file.h"

namespace kerasan::formats {

// {"attributes", "groups", "datasets", "links"}; a dataset is {"dtype", "text", "shape",
// "attributes"} and "offset" in the file, or "spill" in `spill_fd`, or "unread". Throws InputError.
Json scan_hdf5(std::span<const std::byte> file, int spill_fd);

}  // namespace kerasan::formats

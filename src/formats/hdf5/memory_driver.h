// Lets the HDF5 library read a file that lies in memory, without a copy.
#pragma once

#include <hdf5.h>

#include <span>

namespace kerasan::formats {

// Opens the bytes as a file, read-only; negative on failure. The bytes must outlive the handle.
hid_t open_in_memory(std::span<const std::byte> bytes);

}  // namespace kerasan::formats

// LZF, the compression that h5py brings along: filter 32000 of HDF5.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace kerasan::formats {

// What the bytes stand for; nullopt where they are no sound LZF. No more than 88 times as long.
std::optional<std::vector<std::byte>> lzf_unpacked(std::span<const std::byte> packed);

// Lets the HDF5 library read datasets that are packed so. Once for each process.
void register_lzf();

}  // namespace kerasan::formats

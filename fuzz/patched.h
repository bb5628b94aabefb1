// A sound file with some bytes changed: damage that gets past signatures and checksums of names.
#pragma once

#include <cstdint>
#include <string>

namespace kerasan::testing {

// Each three bytes of `data` change one byte of `file`: where (two bytes, scaled), and to what.
inline std::string patched(std::string file, const std::uint8_t* data, std::size_t size) {
  for (std::size_t i = 0; i + 3 <= size && !file.empty(); i += 3) {
    const std::size_t at = std::size_t(data[i]) << 8 | data[i + 1];
    file[at % file.size()] = static_cast<char>(data[i + 2]);
  }
  return file;
}

// Reads a saved model, whatever becomes of it; only an InputError may come out.
void read_path(const std::string& path);
void read_bytes(const std::string& bytes);

}  // namespace kerasan::testing

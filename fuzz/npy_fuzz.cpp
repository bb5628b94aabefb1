// Arrays of NumPy: any bytes as a header, and a sound array with some bytes changed.
#include "base/error.h"
#include "formats/npy.h"
#include "patched.h"

namespace {

void read(const std::string& bytes) {
  std::vector<std::byte> buffer(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) buffer[i] = std::byte(bytes[i]);
  try {
    (void)kerasan::formats::parse_npy(kerasan::Bytes(std::move(buffer)), "fuzzed").to_doubles();
  } catch (const kerasan::InputError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  read(std::string("\x93NUMPY\x01\x00\x20\x00", 10) + bytes);
  const std::string sound = std::string("\x93NUMPY\x01\x00\x40\x00", 10) +
                            "{'descr': '<f4', 'fortran_order': True , 'shape': (2, 3), }     " +
                            std::string(24, '\1');
  read(kerasan::testing::patched(sound, data, size));
  return 0;
}

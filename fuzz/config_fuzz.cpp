// Configs as JSON and YAML, as they are and with one part replaced by any text.
#include "../tests/saved_files.h"
#include "patched.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  kerasan::testing::read_bytes("{" + bytes);
  kerasan::testing::read_bytes("class_name: Sequential\nconfig: " + bytes);
  kerasan::testing::read_bytes(
      kerasan::testing::patched(kerasan::testing::dense_config(), data, size));
  return 0;
}

// HDF5: any bytes, and a sound file with some bytes changed.
#include <string_view>

#include "../tests/saved_files.h"
#include "patched.h"

namespace {

const std::string& sound_file() {
  static const std::string bytes = [] {
    const kerasan::testing::Folder folder;
    {
      kerasan::testing::H5Writer file(folder / "m.h5");
      kerasan::testing::write_dense(file);
    }
    return kerasan::testing::slurp(folder / "m.h5");
  }();
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  kerasan::testing::read_bytes("\x89HDF\r\n\x1a\n" + std::string(bytes));
  kerasan::testing::read_bytes(kerasan::testing::patched(sound_file(), data, size));
  return 0;
}

// .keras archives: any bytes, and a sound archive with some bytes changed.
#include "../tests/saved_files.h"
#include "patched.h"

namespace {

using kerasan::testing::Member;

std::string archive(const std::vector<Member>& members) {
  const kerasan::testing::Folder folder;
  kerasan::testing::write_zip(folder / "m.keras", members);
  return kerasan::testing::slurp(folder / "m.keras");
}

const std::string& sound_archive() {
  static const std::string bytes = archive({{"metadata.json", R"({"keras_version": "3.0.0"})"},
                                            {"config.json", kerasan::testing::dense_config(), true},
                                            {"assets/words.txt", "a b c"}});
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  kerasan::testing::read_bytes("PK\x03\x04" + bytes);
  kerasan::testing::read_bytes(kerasan::testing::patched(sound_archive(), data, size));
  return 0;
}

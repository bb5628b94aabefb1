// Workbooks: a sound one with some bytes changed, and one whose sheet or shared texts are any
// bytes.
#include "../tests/workbook_parts.h"
#include "base/error.h"
#include "patched.h"
#include "study/import/xlsx.h"

namespace {

void read(std::string bytes) {
  try {
    (void)kerasan::study::parse_workbook(std::move(bytes), "fuzz");
  } catch (const kerasan::InputError&) {  // refused
  }
}

const char* const kCells =
    "<row r='1'><c r='A1' t='s'><v>1</v></c><c r='B1'><f>A1</f><v>2.5</v></c></row>";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kerasan::testing;
  static const std::string sound = zipped(book_of(kCells));
  read(patched(sound, data, size));
  const std::string text(reinterpret_cast<const char*>(data), size);
  read(zipped(book_of(patched(kCells, data, size))));
  Parts parts = book_of(text);
  parts[2].second = "<sst>" + text + "</sst>";
  read(zipped(parts));
  return 0;
}

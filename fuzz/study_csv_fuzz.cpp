// Tables of a study: any bytes, read record by record and as a whole, and the same behind a header.
#include <sstream>

#include "base/error.h"
#include "study/import/csv.h"

namespace {

void read(const std::string& bytes, char separator) {
  using namespace kerasan::study;
  try {
    std::istringstream in(bytes);
    CsvReader reader(in, "fuzz", separator, {64, 16});
    std::vector<std::string> row;
    while (reader.next(row)) {
    }
  } catch (const kerasan::InputError&) {  // refused, with its place
  }
  try {
    std::istringstream in(bytes);
    (void)read_table(in, "fuzz", separator);
  } catch (const kerasan::InputError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  read(bytes, 0);
  read("\xEF\xBB\xBFkey;title\n" + bytes, ';');
  return 0;
}

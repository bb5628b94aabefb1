// Issues of GitHub: any bytes, and a sound issue with some bytes changed.
#include "base/error.h"
#include "patched.h"
#include "study/import/issue_json.h"

namespace {

void read(const std::string& bytes) {
  try {
    (void)kerasan::study::parse_issue(bytes, "fuzz");
  } catch (const kerasan::InputError&) {  // refused
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read(std::string(reinterpret_cast<const char*>(data), size));
  read(kerasan::testing::patched(
      R"({"number":5,"html_url":"u","title":"t","body":null,"state":"open","created_at":
      "2019-04-12T07:52:36Z","closed_at":"2020-02-29","labels":[{"name":"type:bug"}]})",
      data, size));
  return 0;
}

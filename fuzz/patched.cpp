#include "patched.h"

#include <unistd.h>

#include "../tests/corruption.h"
#include "base/error.h"
#include "formats/reader.h"

namespace kerasan::testing {

void read_bytes(const std::string& bytes) {
  const int fd = memory_file(bytes);
  try {
    const formats::ModelFile file =
        formats::read_model_file("/proc/self/fd/" + std::to_string(fd));
    double sum = 0;
    for (const formats::Weight& weight : file.weights) {
      formats::for_values(weight, [&](auto values) { sum += values.empty() ? 0 : values.back(); });
    }
    (void)sum;
  } catch (const InputError&) {
  }
  ::close(fd);
}

}  // namespace kerasan::testing

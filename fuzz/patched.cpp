#include "patched.h"

#include <unistd.h>

#include "../tests/corruption.h"
#include "base/error.h"
#include "formats/reader.h"

namespace kerasan::testing {

void read_path(const std::string& path) {
  try {
    const formats::ModelFile file = formats::read_model_file(path);
    double sum = 0;
    for (const formats::Weight& weight : file.weights) {
      formats::for_values(weight, [&](auto values) { sum += values.empty() ? 0 : values.back(); });
    }
    (void)sum;
  } catch (const InputError&) {
  }
}

void read_bytes(const std::string& bytes) {
  const int fd = memory_file(bytes);
  read_path("/proc/self/fd/" + std::to_string(fd));
  ::close(fd);
}

}  // namespace kerasan::testing

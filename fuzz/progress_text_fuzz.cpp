// Printed text in two pieces: lines, headers and their numbers, never a crash.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "checks/progress_text.h"

namespace {

using namespace kerasan::checks;

void look_at(std::string_view line) {
  if (const auto header = parse_epoch_header(line)) {
    if (header->number < 0 || header->of < 0) std::abort();
  }
  const auto progress = parse_progress(line);
  if (!progress) return;
  if (progress->current < 0 || progress->total.value_or(0) < 0) std::abort();
  for (const ShownValue& value : progress->values) {
    if (std::isfinite(value.value) && !(value.rounding >= 0)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = size > 0 ? data[0] % size : 0;
  LineScanner scanner;
  scanner.feed(text.substr(0, cut), look_at);
  scanner.feed(text.substr(cut), look_at);
  scanner.flush(look_at);
  look_at(text);
  for (const std::string_view sound : {"32/1000 [>....] - ETA: 3s - loss: ",
                                       "\x1b[1m32/32\x1b[0m 0s 3ms/step - mae: ", "Epoch 3/"}) {
    look_at(std::string(sound).append(text));
  }
  return 0;
}

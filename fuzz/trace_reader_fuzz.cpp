// Any bytes: an error, or events and tensors, never a crash. What is read feeds the run, too.
#include <cstdint>
#include <string_view>

#include "../tests/corruption.h"
#include "model/convert.h"
#include "trace/frame.h"

namespace {

void feed(std::string_view bytes) {
  auto reader = kerasan::trace::TraceReader::from_fd(kerasan::testing::memory_file(bytes), "fuzz");
  reader.set_final();
  kerasan::model::Run run([&](const std::string& digest) { return reader.tensor(digest); });
  try {
    while (auto record = reader.next()) {
      try {
        const auto event = kerasan::model::to_event(std::move(record->body));
        run.apply(event);
        for (const auto& tensor : run.tensors(event.body)) (void)tensor.to_doubles();
      } catch (const kerasan::InputError&) {  // one unusable event
      }
    }
  } catch (const kerasan::InputError&) {  // no trace at all
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  feed(bytes);
  // A fuzzer cannot guess checksums: also wrap the bytes as frames that hold.
  using namespace kerasan::trace;
  const std::size_t cut = size > 0 ? data[0] % size : 0;
  const auto raw = std::as_bytes(std::span(data + cut, size - cut));
  feed(file_header() + frame(kTensorFrame, 1, bytes.substr(0, cut), raw) +
       frame(kEventFrame, 1, bytes, {}));
  return 0;
}

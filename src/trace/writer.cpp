#include "trace/writer.h"

#include <string>

#include "trace/frame.h"

namespace kerasan::trace {

TraceWriter::TraceWriter(std::ostream& out) : out_(out) { out_ << file_header(); }

void TraceWriter::event(std::uint32_t stream, const nlohmann::json& body) {
  out_ << frame(kEventFrame, stream, body.dump(), {});
}

void TraceWriter::tensor(std::uint32_t stream, std::string_view digest, const Tensor& tensor) {
  const nlohmann::json header{
      {"digest", digest}, {"dtype", dtype_name(tensor.dtype())}, {"shape", tensor.shape()}};
  out_ << frame(kTensorFrame, stream, header.dump(), tensor.bytes());
}

}  // namespace kerasan::trace

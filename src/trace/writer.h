// Writes a trace: for tests, and for turning the text form back into bytes.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string_view>

#include "base/tensor.h"

namespace kerasan::trace {

class TraceWriter {
 public:
  // Writes the file header. The stream must outlive the writer.
  explicit TraceWriter(std::ostream& out);
  void event(std::uint32_t stream, const nlohmann::json& body);
  void tensor(std::uint32_t stream, std::string_view digest, const Tensor& tensor);

 private:
  std::ostream& out_;
};

}  // namespace kerasan::trace

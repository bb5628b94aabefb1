#include "formats/model_file.h"

#include <algorithm>

#include "base/error.h"

namespace kerasan::formats {

void for_values(const Weight& weight, const std::function<void(std::span<const double>)>& visit) {
  if (!weight.dtype) return;
  constexpr std::size_t kStretch = 1U << 14;
  const std::size_t step = kStretch * dtype_size(*weight.dtype);
  const std::span<const std::byte> bytes = weight.bytes.span();
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    visit(to_doubles(*weight.dtype, bytes.subspan(at, std::min(step, bytes.size() - at))));
  }
}

Tensor to_tensor(const Weight& weight) {
  if (!weight.dtype) throw InputError(weight.path + ": values of type " + weight.dtype_text);
  const std::span<const std::byte> bytes = weight.bytes.span();
  return {*weight.dtype, weight.shape,
          std::make_shared<const std::vector<std::byte>>(bytes.begin(), bytes.end())};
}

}  // namespace kerasan::formats

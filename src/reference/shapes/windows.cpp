#include "reference/shapes/windows.h"

namespace kerasan::reference {

MaybeDims slid(const Json& config, const MaybeDims& input, std::size_t spatial, const Ints& size,
               const Dim& channels, const char* strides) {
  if (!input) return std::nullopt;
  require(input->size() == spatial + 2, "an input of another rank");
  const bool first = channels_first(config);
  const Ints stride = get_ints(config, strides, spatial, Ints(spatial, 1));
  const Ints dilation = get_ints(config, "dilation_rate", spatial, Ints(spatial, 1));
  const bool valid = get_text(config, "padding", "valid") == "valid";
  Dims output(spatial + 2);
  output[0] = input->front();
  output[first ? 1 : spatial + 1] = channels;
  for (std::size_t i = 0; i < spatial; ++i) {
    const Dim n = (*input)[i + (first ? 2 : 1)];
    require(stride[i] > 0, "strides that are not positive");
    if (!n) continue;
    const std::int64_t reach = (size[i] - 1) * dilation[i] + 1;
    const std::int64_t covered = valid ? *n - reach + stride[i] : *n + stride[i] - 1;
    output[i + (first ? 2 : 1)] = std::max<std::int64_t>(covered / stride[i], 0);
  }
  return output;
}

}  // namespace kerasan::reference

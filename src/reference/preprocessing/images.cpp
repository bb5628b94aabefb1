#include "reference/preprocessing/images.h"

#include <cmath>

#include "reference/ops/guard.h"
#include "reference/ops/shape.h"
#include "reference/preprocessing/encode.h"

namespace kerasan::reference {
namespace {

Bounded channels_last(const LayerCall& call, Bounded x) {
  require(x.shape.size() == 3 || x.shape.size() == 4, "input of unexpected rank");
  if (x.shape.size() == 3) x.shape.insert(x.shape.begin(), 1);
  return channels_first(call.config) ? to_channels_last(x) : x;
}

}  // namespace

Images images_of(const LayerCall& call) {
  require(call.inputs.size() == 1 && call.observed.size() == 1, "several inputs");
  const Bounded x = channels_last(call, call.inputs[0]);
  const Bounded y = channels_last(call, Bounded::exact(call.observed[0]));
  require(x.shape == y.shape, "the output has another shape");
  Images images{x.shape[0], x.shape[1], x.shape[2],           x.shape[3],
                x.value,    y.value,    precision_of(call).u, 0};
  for (double v : images.x) {
    require(std::isfinite(v), "the input is not finite");
    images.size = std::max(images.size, std::fabs(v));
  }
  return images;
}

Range value_range(const LayerCall& call) {
  const std::vector<double> range = get_numbers(call.config, "value_range");
  if (range.empty()) return {0, 255};
  require(range.size() == 2 && range[0] < range[1], "value_range of unexpected form");
  return {range[0], range[1]};
}

Range factor_range(const LayerCall& call, std::string_view key,
                   const std::function<Range(double)>& single) {
  const std::vector<double> factor = get_numbers(call.config, key);
  require(factor.size() == 1 || factor.size() == 2, std::string(key) + " of unexpected form");
  return factor.size() == 1 ? single(factor[0]) : Range{factor[0], factor[1]};
}

Luma luma_of(const Images& images, std::int64_t image, std::int64_t pixel) {
  constexpr double kWeights[] = {0.299, 0.587, 0.114};
  require(images.channels == 3, "not three channels");
  Luma luma{0, images.slack()};
  for (std::int64_t k = 0; k < 3; ++k) {
    const double x = images.x[images.at(image, pixel, k)];
    luma.value += kWeights[k] * x;
    luma.error += 1e-4 * std::fabs(x);
  }
  return luma;
}

PropertyResult kept() { return {}; }

PropertyResult broken(std::string message, double claimed, double recomputed, double bound) {
  return {Broken{std::move(message), claimed, recomputed, bound}, std::nullopt};
}

}  // namespace kerasan::reference

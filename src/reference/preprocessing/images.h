// Images of a batch before and after a random layer.
#pragma once

#include <functional>

#include "reference/ops/config.h"
#include "reference/ops/precision.h"
#include "reference/property.h"

namespace kerasan::reference {

// One batch, channels last: x before, y after.
struct Images {
  std::int64_t n = 1, height = 0, width = 0, channels = 0;
  std::vector<double> x, y;
  double u = 0;     // of the precision that the layer ran in
  double size = 0;  // the largest magnitude in x
  std::int64_t pixels() const { return height * width; }
  // Position of a channel of a pixel of an image.
  std::size_t at(std::int64_t image, std::int64_t pixel, std::int64_t channel) const {
    return std::size_t((image * pixels() + pixel) * channels + channel);
  }
  double slack() const { return 64 * u * size; }
};

// Throws Unsupported where input and output are not images of one shape.
Images images_of(const LayerCall& call);

struct Range {
  double low = 0, high = 255;
  double width() const { return high - low; }
};
Range value_range(const LayerCall& call);
// [low, high] of a factor: of a pair as it is, of one number f what `single` makes of it.
Range factor_range(const LayerCall& call, std::string_view key,
                   const std::function<Range(double)>& single);

// Nothing is drawn at inference; errors become reasons.
template <PropertyResult (*F)(const LayerCall&)>
PropertyResult in_training(const LayerCall& call) {
  if (!call.training) return {std::nullopt, NotChecked{"nothing is drawn"}};
  return F(call);
}

// The luma of ITU-R BT.601, and what roundings of its weights to four digits make of it.
struct Luma {
  double value = 0, error = 0;
};
Luma luma_of(const Images& images, std::int64_t image, std::int64_t pixel);

PropertyResult within_range(const LayerCall& call);

PropertyResult kept();
PropertyResult broken(std::string message, double claimed = 0, double recomputed = 0,
                      double bound = 0);

}  // namespace kerasan::reference

// Random flips, crops and warps. A flip permutes pixels; a crop is a window; a warp that
// interpolates with weights between 0 and 1 stays, in each channel of each image, between the
// smallest and the largest pixel (and the fill value): so a constant image stays constant.
#include <algorithm>
#include <cmath>

#include "reference/ops/guard.h"
#include "reference/preprocessing/images.h"

namespace kerasan::reference {
namespace {

bool is_flip(const Images& images, std::int64_t image, bool rows, bool columns) {
  for (std::int64_t r = 0; r < images.height; ++r)
    for (std::int64_t c = 0; c < images.width; ++c) {
      const std::int64_t from =
          (rows ? images.height - 1 - r : r) * images.width + (columns ? images.width - 1 - c : c);
      for (std::int64_t k = 0; k < images.channels; ++k) {
        const double x = images.x[images.at(image, from, k)];
        if (std::fabs(images.y[images.at(image, r * images.width + c, k)] - x) >
            images.u * std::fabs(x))
          return false;
      }
    }
  return true;
}

PropertyResult random_flip(const LayerCall& call) {
  const Images images = images_of(call);
  const std::string mode = get_text(call.config, "mode", "horizontal_and_vertical");
  const bool rows = mode.find("vertical") != std::string::npos;
  const bool columns = mode.find("horizontal") != std::string::npos;
  for (std::int64_t n = 0; n < images.n; ++n) {
    const bool one = is_flip(images, n, false, false) ||
                     (rows && is_flip(images, n, true, false)) ||
                     (columns && is_flip(images, n, false, true)) ||
                     (rows && columns && is_flip(images, n, true, true));
    if (!one)
      return broken("gives for image " + std::to_string(n) +
                    " of the batch none of the flips that mode " + mode + " permits");
  }
  return kept();
}

// Whether the whole output is the window of the input that begins at (row, column).
bool is_window(const Bounded& x, const Tensor& out, const std::vector<double>& y, std::int64_t row,
               std::int64_t column) {
  const Shape& s = x.shape;
  const std::int64_t h = out.shape()[1], w = out.shape()[2];
  std::size_t at = 0;
  for (std::int64_t n = 0; n < s[0]; ++n)
    for (std::int64_t i = 0; i < h; ++i)
      for (std::int64_t j = 0; j < w; ++j)
        for (std::int64_t k = 0; k < s[3]; ++k, ++at) {
          const double from = x.value[((n * s[1] + row + i) * s[2] + column + j) * s[3] + k];
          if (std::fabs(y[at] - from) > 0x1p-8 * 0x1p-8 * std::fabs(from)) return false;
        }
  return true;
}

PropertyResult random_crop(const LayerCall& call) {
  const Bounded& x = call.inputs[0];
  require(call.observed.size() == 1, "no recorded output");
  const Tensor& out = call.observed[0];
  require(x.shape.size() == 4 && out.shape().size() == 4 && !channels_first(call.config),
          "not a batch of images, channels last");
  const std::int64_t h = out.shape()[1], w = out.shape()[2];
  require(x.shape[1] >= h && x.shape[2] >= w, "an image smaller than the window");
  require(double(x.size()) * double(x.shape[1] - h + 1) <= 1e8, "too large to search");
  const std::vector<double> y = out.to_doubles();
  for (std::int64_t row = 0; row + h <= x.shape[1]; ++row)
    for (std::int64_t column = 0; column + w <= x.shape[2]; ++column)
      if (is_window(x, out, y, row, column)) return kept();
  return broken("gives no window of its input of the size asked for");
}

PropertyResult within_hull(const LayerCall& call) {
  const std::string interpolation = get_text(call.config, "interpolation", "bilinear");
  require(interpolation == "bilinear" || interpolation == "nearest",
          "interpolation " + interpolation);
  const Images images = images_of(call);
  // A layer without a choice of fill_mode fills with fill_value where it has one.
  const bool given = call.config.contains("fill_value") && !call.config.contains("fill_mode");
  const bool filled = given || get_text(call.config, "fill_mode", "reflect") == "constant";
  const double fill = get_number(call.config, "fill_value", 0);
  for (std::int64_t n = 0; n < images.n; ++n)
    for (std::int64_t k = 0; k < images.channels; ++k) {
      double low = filled ? fill : INFINITY, high = filled ? fill : -INFINITY;
      for (std::int64_t i = 0; i < images.pixels(); ++i) {
        low = std::min(low, images.x[images.at(n, i, k)]);
        high = std::max(high, images.x[images.at(n, i, k)]);
      }
      const double slack = 64 * images.u * std::max(std::fabs(low), std::fabs(high));
      for (std::int64_t i = 0; i < images.pixels(); ++i) {
        const double y = images.y[images.at(n, i, k)];
        if (y < low - slack || y > high + slack || std::isnan(y))
          return broken("gives " + std::to_string(y) +
                            " where the pixels it interpolates lie in [" + std::to_string(low) +
                            ", " + std::to_string(high) + "]",
                        y, y < low ? low : high, slack);
      }
    }
  return kept();
}

const PropertyRegistrar registrars[] = {
    {"RandomFlip", &in_training<random_flip>},
    {"RandomCrop", &in_training<random_crop>},
    {"RandomRotation", &in_training<within_hull>},
    {"RandomZoom", &in_training<within_hull>},
    {"RandomTranslation", &in_training<within_hull>},
    {"RandomShear", &in_training<within_hull>},
    {"RandomPerspective", &in_training<within_hull>},
    {"RandomElasticTransform", &in_training<within_hull>},
};

}  // namespace
}  // namespace kerasan::reference

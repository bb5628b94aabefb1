// Random flips and crops. A flip permutes pixels; a crop is one window for all images of the batch.
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

const PropertyRegistrar registrars[] = {
    {"RandomFlip", &in_training<random_flip>},
    {"RandomCrop", &in_training<random_crop>},
};

}  // namespace
}  // namespace kerasan::reference

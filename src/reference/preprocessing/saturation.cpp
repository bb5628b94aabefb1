// Hue, saturation and colour degeneration. A rotated hue keeps the largest and the smallest channel
// of each pixel (value and saturation of HSV) and turns all hues of an image by one angle. A
// changed saturation pulls the channels of all pixels by one factor, from the largest of them (HSV)
// or from the gray of the pixel.
#include <algorithm>
#include <cmath>

#include "reference/ops/guard.h"
#include "reference/preprocessing/common.h"
#include "reference/preprocessing/images.h"

namespace kerasan::reference {
namespace {

constexpr double kSure = 100;  // slacks that a difference must have to tell an amount

struct Colour {
  double rgb[3], low, high;
  double chroma() const { return high - low; }
};

Colour colour_of(const Images& images, const std::vector<double>& of, std::int64_t n,
                 std::int64_t pixel) {
  Colour c{};
  for (std::int64_t k = 0; k < 3; ++k) c.rgb[k] = of[images.at(n, pixel, k)];
  c.low = std::min({c.rgb[0], c.rgb[1], c.rgb[2]});
  c.high = std::max({c.rgb[0], c.rgb[1], c.rgb[2]});
  return c;
}

// In turns, [0, 1).
double hue(const Colour& c) {
  const double d = c.chroma();
  double sixths = 0;
  if (c.rgb[0] == c.high)
    sixths = (c.rgb[1] - c.rgb[2]) / d;
  else if (c.rgb[1] == c.high)
    sixths = 2 + (c.rgb[2] - c.rgb[0]) / d;
  else
    sixths = 4 + (c.rgb[0] - c.rgb[1]) / d;
  return sixths / 6 - std::floor(sixths / 6);
}

// An amount drawn from a range is none at all with a chance of less than 1e-3: three images that
// show it and did not change are no accident.
bool changes_none(const LayerCall& call, const Images& images) {
  const Range factor = factor_range(call, "factor", [](double f) { return Range{0, f}; });
  if (factor.width() < 0.01) return false;
  int shown = 0;
  for (std::int64_t n = 0; n < images.n; ++n) {
    bool coloured = false;
    for (std::int64_t i = 0; i < images.pixels(); ++i) {
      const Colour x = colour_of(images, images.x, n, i), y = colour_of(images, images.y, n, i);
      coloured = coloured || x.chroma() > images.size / 10;
      for (int k = 0; k < 3; ++k)
        if (std::fabs(x.rgb[k] - y.rgb[k]) > images.slack()) return false;
    }
    shown += coloured;
  }
  return shown >= 3;
}

PropertyResult turned(const LayerCall& call) {
  const PropertyResult range = within_range(call);
  if (range.broken || range.not_checked) return range;
  const Images images = images_of(call);
  require(images.channels == 3, "not three channels");
  if (changes_none(call, images)) return broken("changes no image of the batch");
  const double slack = 4 * images.slack();
  for (std::int64_t n = 0; n < images.n; ++n) {
    Common angle;
    double first = NAN;  // angles are told as differences from it
    for (std::int64_t i = 0; i < images.pixels(); ++i) {
      const Colour x = colour_of(images, images.x, n, i), y = colour_of(images, images.y, n, i);
      if (std::fabs(x.low - y.low) > slack || std::fabs(x.high - y.high) > slack)
        return broken("changes more of a pixel than its hue", y.high, x.high, slack);
      if (x.chroma() < kSure * slack) continue;
      const double turn = hue(y) - hue(x);
      if (std::isnan(first)) first = turn;
      const double more = turn - first - std::round(turn - first);
      angle.take(more, 4 * slack / x.chroma());
    }
    if (!angle.possible())
      return broken("does not turn all hues of an image by one angle", angle.low, angle.high);
  }
  return kept();
}

// y = anchor + f (x - anchor) for each channel of each pixel, one f for an image. What left the
// range was cut off there: with the largest channel as the anchor only the factor of that pixel is
// smaller then.
struct Pull {
  double anchor = 0, error = 0;
};
using AnchorOf = Pull (*)(const Images&, std::int64_t, std::int64_t);

Pull largest(const Images& images, std::int64_t n, std::int64_t i) {
  return {colour_of(images, images.x, n, i).high, images.slack()};
}
Pull gray(const Images& images, std::int64_t n, std::int64_t i) {
  const Luma luma = luma_of(images, n, i);
  return {luma.value, luma.error};
}

PropertyResult pulled(const Images& images, const Range& range, const Range& limits,
                      AnchorOf anchor_of) {
  const double slack = 4 * images.slack();
  for (std::int64_t n = 0; n < images.n; ++n) {
    Common factor;
    for (std::int64_t i = 0; i < images.pixels(); ++i) {
      const Pull anchor = anchor_of(images, n, i);
      const Colour after = colour_of(images, images.y, n, i);
      const bool cut = after.low <= range.low + slack || after.high >= range.high - slack;
      Common own;  // of this pixel
      for (std::int64_t k = 0; k < 3; ++k) {
        const double x = images.x[images.at(n, i, k)] - anchor.anchor;
        const double y = images.y[images.at(n, i, k)] - anchor.anchor;
        const double error = slack + anchor.error;
        if (std::fabs(x) < kSure * error) {
          const double most = x == 0 && anchor.error <= slack ? error : kSure * error * limits.high;
          if (std::fabs(y) > error + most && !cut)
            return broken("moves a channel away from the anchor of its pixel", y, 0, most);
          continue;
        }
        const double f = y / x, wide = 4 * error * (1 + std::fabs(f)) / std::fabs(x);
        own.take(f, wide);
        if (anchor_of == &largest) continue;
        // A channel at an end of the range tells on one side only.
        const double v = images.y[images.at(n, i, k)];
        const bool above = v > range.low + slack, below = v < range.high - slack;
        if (x > 0 ? above : below) factor.at_least(f - wide);
        if (x > 0 ? below : above) factor.at_most(f + wide);
      }
      if (anchor_of != &largest) continue;
      if (!own.possible())
        return broken("does not change the saturation of a pixel alone", own.low, own.high);
      factor.at_least(own.low);
      if (!cut) factor.at_most(own.high);
    }
    const PropertyResult result = factor.judge(limits, "factor");
    if (result.broken) return result;
  }
  return kept();
}

// Factor 0 is gray, 0.5 changes nothing, 1 is fully saturated.
PropertyResult saturated(const LayerCall& call) {
  const PropertyResult range = within_range(call);
  if (range.broken || range.not_checked) return range;
  const Images images = images_of(call);
  require(images.channels == 3, "not three channels");
  const Range factor = factor_range(call, "factor", [](double f) { return Range{0, f}; });
  const Range limits{factor.low < 0.5 ? 0.0 : 1.0, factor.high > 0.5 ? INFINITY : 1.0};
  if (changes_none(call, images)) return broken("changes no image of the batch");
  const PropertyResult one = pulled(images, value_range(call), limits, &largest);
  return one.broken && !pulled(images, value_range(call), limits, &gray).broken ? kept() : one;
}

// A weighted mean of the image and its gray.
PropertyResult degenerated(const LayerCall& call) {
  const PropertyResult range = within_range(call);
  if (range.broken || range.not_checked) return range;
  const Images images = images_of(call);
  const Range factor = factor_range(call, "factor", [](double f) { return Range{0, f}; });
  const Range limits{1 - factor.high, 1 - factor.low};
  return pulled(images, value_range(call), limits, &gray);
}

const PropertyRegistrar registrars[] = {
    {"RandomHue", &in_training<turned>},
    {"RandomSaturation", &in_training<saturated>},
    {"RandomColorDegeneration", &in_training<degenerated>},
};

}  // namespace
}  // namespace kerasan::reference

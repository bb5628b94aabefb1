// Random changes of colour: one amount for all pixels of an image, within the limits of the factor;
// what stays within value_range; inversion; grayscale; mixtures of the images of a batch.
#include <algorithm>
#include <cmath>

#include "reference/ops/guard.h"
#include "reference/preprocessing/encode.h"
#include "reference/preprocessing/images.h"

namespace kerasan::reference {
namespace {

// Outputs lie in value_range where the inputs do.
PropertyResult within_range(const LayerCall& call) {
  const Images images = images_of(call);
  const Range range = value_range(call);
  for (double x : images.x)
    require(x >= range.low && x <= range.high, "the input is outside of value_range");
  const double slack = 64 * images.u * std::max(std::fabs(range.low), std::fabs(range.high));
  for (double y : images.y)
    if (std::isnan(y) || y < range.low - slack || y > range.high + slack)
      return broken("gives a pixel outside of value_range", y,
                    y < range.low ? range.low : range.high, slack);
  return kept();
}

// The amount that each pixel tells, each within its error: they must have a value in common, and
// it must lie in the limits.
struct Common {
  double low = -INFINITY, high = INFINITY;
  void take(double value, double error) {
    low = std::max(low, value - error);
    high = std::min(high, value + error);
  }
  PropertyResult judge(const Range& limits, const std::string& what) const {
    if (!std::isfinite(low)) return kept();
    if (low > high)
      return broken("does not change all pixels of an image by one " + what, low, high, 0);
    if (high < limits.low || low > limits.high)
      return broken("changes an image by a " + what + " outside of the limits", low,
                    high < limits.low ? limits.low : limits.high, high - low);
    return kept();
  }
};

// y = clip(x + delta width), one delta for an image.
PropertyResult brightness(const LayerCall& call) {
  const Images images = images_of(call);
  const Range range = value_range(call);
  const Range limits = factor_range(call, "factor", [](double f) {
    return Range{-std::fabs(f), std::fabs(f)};
  });
  const double slack = 16 * images.u * (images.size + range.width() + std::fabs(range.high));
  for (std::int64_t n = 0; n < images.n; ++n) {
    Common delta;
    for (std::size_t i = images.at(n, 0, 0); i < images.at(n + 1, 0, 0); ++i) {
      const double y = images.y[i];
      if (y <= range.low + slack || y >= range.high - slack) continue;
      delta.take((y - images.x[i]) / range.width(), slack / range.width());
    }
    const PropertyResult result = delta.judge(limits, "brightness");
    if (result.broken) return result;
  }
  return kept();
}

// y = clip((x - mean) f + mean), the mean that of the channel.
PropertyResult contrast(const LayerCall& call) {
  const Images images = images_of(call);
  const Range range = value_range(call);
  Range limits = factor_range(call, "factor", [](double f) { return Range{f, f}; });
  limits = {1 - limits.low, 1 + limits.high};
  const double terms = double(images.pixels());
  const double slack = (gamma(terms + 16, images.u)) * std::max(images.size, std::fabs(range.high));
  for (std::int64_t n = 0; n < images.n; ++n) {
    Common factor;
    for (std::int64_t k = 0; k < images.channels; ++k) {
      double mean = 0;
      for (std::int64_t i = 0; i < images.pixels(); ++i)
        mean += images.x[images.at(n, i, k)] / terms;
      for (std::int64_t i = 0; i < images.pixels(); ++i) {
        const double x = images.x[images.at(n, i, k)], y = images.y[images.at(n, i, k)];
        if (std::fabs(x - mean) < 100 * slack || y <= range.low + slack || y >= range.high - slack)
          continue;
        const double f = (y - mean) / (x - mean);
        factor.take(f, 4 * slack * (1 + std::fabs(f)) / std::fabs(x - mean));
      }
    }
    const PropertyResult result = factor.judge(limits, "contrast");
    if (result.broken) return result;
  }
  return kept();
}

// Every image as it was, or every pixel low + high - x.
PropertyResult inverted(const LayerCall& call) {
  const Images images = images_of(call);
  const Range range = value_range(call);
  const double slack = 16 * images.u * (images.size + std::fabs(range.low) + std::fabs(range.high));
  for (std::int64_t n = 0; n < images.n; ++n) {
    bool same = true, other = true;
    for (std::size_t i = images.at(n, 0, 0); i < images.at(n + 1, 0, 0); ++i) {
      same = same && std::fabs(images.y[i] - images.x[i]) <= slack;
      other = other && std::fabs(range.low + range.high - images.x[i] - images.y[i]) <= slack;
    }
    if (!same && !other)
      return broken("gives an image that is neither its input nor the inversion of it");
  }
  return kept();
}

// Every image as it was, or all its channels equal and between those of the input.
PropertyResult grayscale(const LayerCall& call) {
  const Images images = images_of(call);
  for (std::int64_t n = 0; n < images.n; ++n) {
    bool same = true, gray = true;
    for (std::int64_t i = 0; i < images.pixels(); ++i) {
      double low = INFINITY, high = -INFINITY;
      for (std::int64_t k = 0; k < images.channels; ++k) {
        low = std::min(low, images.x[images.at(n, i, k)]);
        high = std::max(high, images.x[images.at(n, i, k)]);
      }
      // The documented weights 0.299, 0.587, 0.114 sum to 1; common roundings of them to four
      // digits sum to 0.9999.
      const double slack = images.slack() + 2e-4 * std::max(std::fabs(low), std::fabs(high));
      const double first = images.y[images.at(n, i, 0)];
      gray = gray && first >= low - slack && first <= high + slack;
      for (std::int64_t k = 0; k < images.channels; ++k) {
        const double y = images.y[images.at(n, i, k)];
        same = same && std::fabs(y - images.x[images.at(n, i, k)]) <= images.slack();
        gray = gray && std::fabs(y - first) <= images.slack();
      }
    }
    if (!same && !gray) return broken("gives an image that is neither its input nor gray");
  }
  return kept();
}

// Each pixel is that of one image of the batch (exact), or between those of all of them.
template <bool kExact>
PropertyResult mixed(const LayerCall& call) {
  const Images images = images_of(call);
  for (std::int64_t i = 0; i < images.pixels(); ++i)
    for (std::int64_t n = 0; n < images.n; ++n) {
      bool found = false;
      double low = INFINITY, high = -INFINITY;
      for (std::int64_t m = 0; m < images.n; ++m) {
        bool same = true;
        for (std::int64_t k = 0; k < images.channels; ++k)
          same = same && std::fabs(images.y[images.at(n, i, k)] - images.x[images.at(m, i, k)]) <=
                             images.slack();
        found = found || same;
        low = std::min(low, images.x[images.at(m, i, 0)]);
        high = std::max(high, images.x[images.at(m, i, 0)]);
      }
      const double y = images.y[images.at(n, i, 0)];
      if (kExact ? !found : y < low - images.slack() || y > high + images.slack())
        return broken("gives a pixel that is not made of those of the batch at its place", y, low,
                      high - low);
    }
  return kept();
}

// Pixels that changed have one value in each channel of an image.
PropertyResult erased(const LayerCall& call) {
  const auto fill = call.config.find("fill_value");
  require(fill != call.config.end() && fill->is_number(), "erased with noise");
  const Images images = images_of(call);
  for (std::int64_t n = 0; n < images.n; ++n)
    for (std::int64_t k = 0; k < images.channels; ++k) {
      Common value;
      for (std::int64_t i = 0; i < images.pixels(); ++i) {
        const double x = images.x[images.at(n, i, k)], y = images.y[images.at(n, i, k)];
        if (std::fabs(x - y) > images.slack())
          value.take(y, images.slack() + images.u * std::fabs(y));
      }
      if (value.low > value.high)
        return broken("erases with several values", value.low, value.high, 0);
    }
  return kept();
}

// At most 2^bits levels.
PropertyResult posterized(const LayerCall& call) {
  const PropertyResult range = within_range(call);
  if (range.broken || range.not_checked) return range;
  Images images = images_of(call);
  // The number of bits is held as the upper end of a range.
  const std::vector<double> factor = get_numbers(call.config, "factor");
  require(!factor.empty(), "no factor");
  const double bits = factor.back();
  std::sort(images.y.begin(), images.y.end());
  double levels = images.y.empty() ? 0 : 1;
  const double step = value_range(call).width() * 0x1p-12;
  for (std::size_t i = 1; i < images.y.size(); ++i) levels += images.y[i] - images.y[i - 1] > step;
  if (levels > std::exp2(bits))
    return broken("gives more levels than its bits hold", levels, std::exp2(bits));
  return kept();
}

const PropertyRegistrar registrars[] = {
    {"RandomBrightness", &in_training<brightness>},
    {"RandomContrast", &in_training<contrast>},
    {"RandomInvert", &in_training<inverted>},
    {"RandomGrayscale", &in_training<grayscale>},
    {"CutMix", &in_training<mixed<true>>},
    {"MixUp", &in_training<mixed<false>>},
    {"RandomErasing", &in_training<erased>},
    {"RandomPosterization", &in_training<posterized>},
    {"RandomHue", &in_training<within_range>},
    {"RandomSaturation", &in_training<within_range>},
    {"RandomSharpness", &in_training<within_range>},
    {"RandomGaussianBlur", &in_training<within_range>},
    {"RandomColorDegeneration", &in_training<within_range>},
    {"RandomColorJitter", &in_training<within_range>},
    {"AugMix", &in_training<within_range>},
    {"RandAugment", &in_training<within_range>},
    {"ContrastLimitedAdaptiveHistogramEqualization", &within_range},
};

}  // namespace
}  // namespace kerasan::reference

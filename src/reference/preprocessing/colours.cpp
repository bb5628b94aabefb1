// Random brightness and contrast: one amount for all pixels of an image, within the limits of the
// factor; inversion; grayscale; what is only known to stay within value_range.
#include <algorithm>
#include <cmath>

#include "reference/ops/guard.h"
#include "reference/ops/statistics.h"
#include "reference/preprocessing/common.h"
#include "reference/preprocessing/images.h"

namespace kerasan::reference {

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

PropertyResult Common::judge(const Range& limits, const std::string& what) const {
  if (!possible())
    return broken("does not change all pixels of an image by one " + what, low, high);
  if (high < limits.low || low > limits.high)
    return broken("changes an image by a " + what + " outside of the limits", low,
                  high < limits.low ? limits.low : limits.high, high - low);
  return kept();
}

namespace {

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
      // A pixel at an end of the range tells on one side only.
      const double told = (images.y[i] - images.x[i]) / range.width(),
                   error = slack / range.width();
      if (images.y[i] > range.low + slack) delta.at_least(told - error);
      if (images.y[i] < range.high - slack) delta.at_most(told + error);
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
        const double x = images.x[images.at(n, i, k)] - mean;
        const double y = images.y[images.at(n, i, k)];
        // A pixel at an end of the range tells on one side only.
        const bool above = y > range.low + slack, below = y < range.high - slack;
        if (std::fabs(x) < 100 * slack) {
          const double error = (1 + limits.high) * 101 * slack;
          if ((above && y > mean + error) || (below && y < mean - error))
            return broken("changes a pixel that is as bright as the mean of its channel", y, mean,
                          error);
          continue;
        }
        const double f = (y - mean) / x, error = 4 * slack * (1 + std::fabs(f)) / std::fabs(x);
        if (x > 0 ? above : below) factor.at_least(f - error);
        if (x > 0 ? below : above) factor.at_most(f + error);
      }
    }
    const PropertyResult result = factor.judge(limits, "contrast");
    if (result.broken) return result;
  }
  return kept();
}

// Every image as it was, or every pixel low + high - x; a chance drawn for each image from the
// range of the factor.
PropertyResult inverted(const LayerCall& call) {
  const Images images = images_of(call);
  const Range range = value_range(call);
  const double slack = 16 * images.u * (images.size + std::fabs(range.low) + std::fabs(range.high));
  const Range rate = factor_range(call, "factor", [](double f) { return Range{0, f}; });
  double told = 0, turned = 0;
  for (std::int64_t n = 0; n < images.n; ++n) {
    bool same = true, other = true;
    for (std::size_t i = images.at(n, 0, 0); i < images.at(n + 1, 0, 0); ++i) {
      same = same && std::fabs(images.y[i] - images.x[i]) <= slack;
      other = other && std::fabs(range.low + range.high - images.x[i] - images.y[i]) <= slack;
    }
    if (!same && !other)
      return broken("gives an image that is neither its input nor the inversion of it");
    told += same != other;
    turned += other && !same;
  }
  if (told > 0 && unlikely_count(turned, told, (rate.low + rate.high) / 2, kFalseAlarm))
    return broken("inverts another share of the images than its factor", turned / told,
                  (rate.low + rate.high) / 2);
  return kept();
}

// Every image as it was, or all its channels the luma of ITU-R BT.601; the share of those that are
// is the factor.
PropertyResult grayscale(const LayerCall& call) {
  const Images images = images_of(call);
  const double rate = get_number(call.config, "factor", 0.5);
  double told = 0, converted = 0;
  for (std::int64_t n = 0; n < images.n; ++n) {
    bool same = true, gray = true;
    for (std::int64_t i = 0; i < images.pixels(); ++i) {
      const Luma luma = luma_of(images, n, i);
      for (std::int64_t k = 0; k < images.channels; ++k) {
        const double y = images.y[images.at(n, i, k)];
        same = same && std::fabs(y - images.x[images.at(n, i, k)]) <= images.slack();
        gray = gray && std::fabs(y - luma.value) <= luma.error;
        gray = gray && std::fabs(y - images.y[images.at(n, i, 0)]) <= images.slack();
      }
    }
    if (!same && !gray) return broken("gives an image that is neither its input nor gray");
    told += same != gray;
    converted += gray && !same;
  }
  if (told > 0 && unlikely_count(converted, told, rate, kFalseAlarm))
    return broken("converts another share of the images than its factor", converted / told, rate);
  return kept();
}

// Amounts that are not given change nothing.
PropertyResult jittered(const LayerCall& call) {
  const PropertyResult range = within_range(call);
  if (range.broken || range.not_checked) return range;
  for (const char* key :
       {"brightness_factor", "contrast_factor", "saturation_factor", "hue_factor"})
    if (const auto held = call.config.find(key); held == call.config.end() || !held->is_null())
      return range;
  const Images images = images_of(call);
  for (std::size_t i = 0; i < images.y.size(); ++i)
    if (std::fabs(images.y[i] - images.x[i]) > images.slack())
      return broken("changes a pixel though no factor is given", images.y[i], images.x[i],
                    images.slack());
  return kept();
}

const PropertyRegistrar registrars[] = {
    {"RandomBrightness", &in_training<brightness>}, {"RandomContrast", &in_training<contrast>},
    {"RandomInvert", &in_training<inverted>},       {"RandomGrayscale", &in_training<grayscale>},
    {"RandomColorJitter", &in_training<jittered>},
};

}  // namespace
}  // namespace kerasan::reference

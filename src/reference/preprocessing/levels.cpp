// AutoContrast exactly; Equalization and Solarization by what they keep; the layers that do nothing
// at inference; Pipeline.
#include <algorithm>
#include <cmath>
#include <limits>

#include "reference/layers/wrapper.h"
#include "reference/ops/guard.h"
#include "reference/ops/reverse.h"
#include "reference/preprocessing/encode.h"
#include "reference/preprocessing/images.h"

namespace kerasan::reference {
namespace {

// Each channel of each image stretched to the whole range: (x - min) / (max - min). What becomes of
// a constant channel is not documented.
Bounded auto_contrast(const LayerCall& call) {
  const Bounded& input = call.inputs[0];
  require(input.shape.size() >= 3 && !channels_first(call.config), "input of unexpected rank");
  const Range range = value_range(call);
  const double u = precision_of(call).u;
  const auto channels = std::size_t(input.shape.back());
  const std::size_t images = input.shape.size() == 4 ? std::size_t(input.shape[0]) : 1;
  const std::size_t block = images == 0 ? 0 : input.size() / images;
  Bounded y(input.shape);
  for (std::size_t start = 0; start < images * channels; ++start) {
    const std::size_t begin = start / channels * block + start % channels;
    const std::size_t end = (start / channels + 1) * block;
    double low = INFINITY, high = -INFINITY;
    for (std::size_t i = begin; i < end; i += channels) {
      low = std::min(low, input.value[i]);
      high = std::max(high, input.value[i]);
    }
    require(low >= range.low && high <= range.high, "the input is outside of value_range");
    const double scale =
        high > low ? range.width() / (high - low) : std::numeric_limits<double>::quiet_NaN();
    for (std::size_t i = begin; i < end; i += channels) {
      y.value[i] = (input.value[i] - low) * scale + range.low;
      y.bound[i] = 16 * u *
                   (scale * (std::fabs(low) + std::fabs(high)) + std::fabs(range.low) +
                    std::fabs(range.high));
    }
  }
  return y;
}

// Each channel through the cumulative distribution F of its levels: F itself, or (F - F0) / (1 -
// F0) with F0 that of the darkest one, or between; both are in use. Rounded to a bin.
PropertyResult equalized(const LayerCall& call) {
  const Images images = images_of(call);
  const Range range = value_range(call);
  const double bins = get_number(call.config, "bins", 256);
  require(bins >= 2, "bins");
  const double slack = images.slack() + 1e-6 * range.width(), step = range.width() / (bins - 1);
  const double total = double(images.pixels());
  for (std::int64_t n = 0; n < images.n; ++n)
    for (std::int64_t k = 0; k < images.channels; ++k) {
      std::vector<std::pair<double, double>> pixels;  // bin, output
      for (std::int64_t i = 0; i < images.pixels(); ++i) {
        const double x = images.x[images.at(n, i, k)];
        const double at = (x - range.low) / step;
        require(at >= 0 && at <= bins - 1, "the input is outside of value_range");
        require(std::fabs(at - std::round(at)) < 1e-4, "a pixel between two bins");
        pixels.emplace_back(std::round(at), images.y[images.at(n, i, k)]);
      }
      std::sort(pixels.begin(), pixels.end());
      double first = 0;  // F0
      for (std::size_t i = 0, end = 0; i < pixels.size(); i = end) {
        while (end < pixels.size() && pixels[end].first == pixels[i].first) ++end;
        const double f = double(end) / total;
        if (i == 0) first = f;
        if (first == 1) break;  // what becomes of a constant channel is not documented
        const double low = range.low + range.width() * (f - first) / (1 - first) - step - slack;
        const double high = range.low + range.width() * f + step + slack;
        for (std::size_t j = i; j < end; ++j) {
          const double y = pixels[j].second;
          if (std::isnan(y) || y < std::max(low, range.low - slack) ||
              y > std::min(high, range.high + slack))
            return broken("gives a level that is not the share of darker pixels", y,
                          y < low ? low : high, step);
          if (std::fabs(y - pixels[i].second) > slack)
            return broken("gives equal pixels of a channel unlike levels", y, pixels[i].second,
                          slack);
        }
      }
    }
  return kept();
}

// y = low + high - v where v = x + a is above the threshold, else v; a and the threshold one for an
// image and within their limits. That it happens at inference is not said.
bool is_solarized(const Images& images, std::int64_t n, const Range& range, const Range& threshold,
                  double addition) {
  const double slack =
      32 * images.u * (images.size + std::fabs(range.low) + std::fabs(range.high) + addition);
  double least = INFINITY, most = -INFINITY;  // of what is inverted, and of what is not
  for (std::size_t i = images.at(n, 0, 0); i < images.at(n + 1, 0, 0); ++i) {
    const double v = std::min(images.x[i] + addition, range.high);
    const bool same = std::fabs(images.y[i] - v) <= slack;
    const bool inverted = std::fabs(images.y[i] - (range.low + range.high - v)) <= slack;
    if (!same && !inverted) return false;
    if (same && inverted) continue;
    if (inverted) least = std::min(least, v);
    if (same) most = std::max(most, v);
  }
  return most <= least + slack && least >= threshold.low - slack && most <= threshold.high + slack;
}

bool is_same(const Images& images, std::int64_t n) {
  for (std::size_t i = images.at(n, 0, 0); i < images.at(n + 1, 0, 0); ++i)
    if (std::fabs(images.y[i] - images.x[i]) > images.slack()) return false;
  return true;
}

PropertyResult solarized(const LayerCall& call) {
  const Images images = images_of(call);
  if (images.y.empty()) return kept();
  const Range range = value_range(call);
  const auto up_to = [](double f) { return Range{0, f}; };
  const Range added = factor_range(call, "addition_factor", up_to);
  const Range above = factor_range(call, "threshold_factor", up_to);
  const Range threshold{range.low + above.low * range.width(),
                        range.low + above.high * range.width()};
  const double slack = 32 * images.u * (images.size + std::fabs(range.low) + std::fabs(range.high));
  for (std::int64_t n = 0; n < images.n; ++n) {
    const std::size_t begin = images.at(n, 0, 0);
    const auto darkest =
        std::min_element(images.x.begin() + std::ptrdiff_t(begin),
                         images.x.begin() + std::ptrdiff_t(images.at(n + 1, 0, 0)));
    const double x = *darkest, y = images.y[std::size_t(darkest - images.x.begin())];
    bool found = !call.training && is_same(images, n);
    for (double a : {y - x, range.low + range.high - x - y})
      found = found ||
              (a >= added.low * range.width() - slack && a <= added.high * range.width() + slack &&
               is_solarized(images, n, range, threshold, a));
    if (!found) return broken("gives an image that its limits do not permit");
  }
  return kept();
}

// The leading bits of eight: their number is one for an image and within the limits.
bool is_posterized(const Images& images, std::int64_t n, const Range& range, double bits) {
  const double step = std::exp2(8 - bits);
  const double slack = 64 * images.u * (std::fabs(range.low) + std::fabs(range.high));
  for (std::size_t i = images.at(n, 0, 0); i < images.at(n + 1, 0, 0); ++i) {
    const double level = (images.x[i] - range.low) / range.width() * 255;
    if (std::fabs(level - std::round(level)) > 1e-3) continue;  // between two of 256 levels
    const double kept = std::floor(std::round(level) / step) * step;
    if (!(std::fabs(images.y[i] - (range.low + kept / 255 * range.width())) <= slack)) return false;
  }
  return true;
}

PropertyResult posterized(const LayerCall& call) {
  const PropertyResult within = within_range(call);
  if (within.broken || within.not_checked) return within;
  const Images images = images_of(call);
  const Range limits = factor_range(call, "factor", [](double f) { return Range{1, f}; });
  for (std::int64_t n = 0; n < images.n; ++n) {
    bool found = false;
    for (double bits = limits.low; !found && bits <= limits.high; ++bits)
      found = is_posterized(images, n, value_range(call), bits);
    if (!found) return broken("keeps something else than the leading bits within its limits");
  }
  return kept();
}

Bounded identity_at_inference(const LayerCall& call) {
  require(!call.training, "random in training: see layer-property");
  return call.inputs[0];
}

Bounded by_histogram(const LayerCall&) {
  throw Unsupported("its levels are not documented to the number: see layer-property");
}

LayerGradient identity_reverse(const LayerCall& call, const Bounded& seed) {
  require(!call.training, "random in training");
  return gradient_by_input(call, seed);
}

// The calls of the layers inside, in order; the last has no layer, but the output as its input.
std::vector<LayerCall> stages(const LayerCall& call) {
  const auto layers = call.config.find("layers");
  require(layers != call.config.end() && layers->is_array(), "the layers are not in the config");
  std::vector<LayerCall> calls;
  LayerCall inner = call;
  for (const Json& layer : *layers) {
    const auto described = get_layer(Json{{"layer", layer}}, "layer");
    require(described.has_value(), "the layers are not in the config");
    calls.push_back(inner_call(inner, *described));
    inner.inputs = {run_single(calls.back())};
  }
  calls.push_back(std::move(inner));
  return calls;
}

Bounded pipeline(const LayerCall& call) { return stages(call).back().inputs.at(0); }

LayerGradient pipeline_reverse(const LayerCall& call, const Bounded& seed) {
  std::vector<LayerCall> calls = stages(call);
  calls.pop_back();
  Bounded by = seed;
  for (auto stage = calls.rbegin(); stage != calls.rend(); ++stage) {
    LayerGradient one = run_inner_reverse(*stage, {by});
    require(one.inputs.size() == 1, "several inputs");
    by = std::move(one.inputs[0]);
  }
  return gradient_by_input(call, std::move(by));
}

const LayerRegistrar registrars[] = {
    {"AutoContrast", &checked<auto_contrast>},
    {"Pipeline", &checked<pipeline>},
    {"Equalization", &checked<by_histogram>},
    {"Solarization", &checked<by_histogram>},
    {"ContrastLimitedAdaptiveHistogramEqualization", &checked<by_histogram>},
    {"RandomFlip", &checked<identity_at_inference>},
    {"RandomRotation", &checked<identity_at_inference>},
    {"RandomZoom", &checked<identity_at_inference>},
    {"RandomTranslation", &checked<identity_at_inference>},
    {"RandomHeight", &checked<identity_at_inference>},
    {"RandomWidth", &checked<identity_at_inference>},
    {"RandomShear", &checked<identity_at_inference>},
    {"RandomPerspective", &checked<identity_at_inference>},
    {"RandomElasticTransform", &checked<identity_at_inference>},
    {"RandomBrightness", &checked<identity_at_inference>},
    {"RandomContrast", &checked<identity_at_inference>},
    {"RandomInvert", &checked<identity_at_inference>},
    {"RandomGrayscale", &checked<identity_at_inference>},
    {"RandomErasing", &checked<identity_at_inference>},
    {"RandomPosterization", &checked<identity_at_inference>},
    {"RandomHue", &checked<identity_at_inference>},
    {"RandomSaturation", &checked<identity_at_inference>},
    {"RandomSharpness", &checked<identity_at_inference>},
    {"RandomGaussianBlur", &checked<identity_at_inference>},
    {"RandomColorDegeneration", &checked<identity_at_inference>},
    {"RandomColorJitter", &checked<identity_at_inference>},
    {"AugMix", &checked<identity_at_inference>},
    {"RandAugment", &checked<identity_at_inference>},
    {"CutMix", &checked<identity_at_inference>},
    {"MixUp", &checked<identity_at_inference>},
};
const LayerGradientRegistrar reverse[] = {
    {"Pipeline", &reversed<pipeline_reverse>},
    {"RandomFlip", &reversed<identity_reverse>},
    {"RandomRotation", &reversed<identity_reverse>},
    {"RandomZoom", &reversed<identity_reverse>},
    {"RandomTranslation", &reversed<identity_reverse>},
    {"RandomHeight", &reversed<identity_reverse>},
    {"RandomWidth", &reversed<identity_reverse>},
    {"RandomShear", &reversed<identity_reverse>},
    {"RandomPerspective", &reversed<identity_reverse>},
    {"RandomElasticTransform", &reversed<identity_reverse>},
    {"RandomBrightness", &reversed<identity_reverse>},
    {"RandomContrast", &reversed<identity_reverse>},
    {"RandomInvert", &reversed<identity_reverse>},
    {"RandomGrayscale", &reversed<identity_reverse>},
    {"RandomErasing", &reversed<identity_reverse>},
    {"RandomPosterization", &reversed<identity_reverse>},
    {"RandomHue", &reversed<identity_reverse>},
    {"RandomSaturation", &reversed<identity_reverse>},
    {"RandomSharpness", &reversed<identity_reverse>},
    {"RandomGaussianBlur", &reversed<identity_reverse>},
    {"RandomColorDegeneration", &reversed<identity_reverse>},
    {"RandomColorJitter", &reversed<identity_reverse>},
    {"AugMix", &reversed<identity_reverse>},
    {"RandAugment", &reversed<identity_reverse>},
    {"CutMix", &reversed<identity_reverse>},
    {"MixUp", &reversed<identity_reverse>},
};
const PropertyRegistrar properties[] = {
    {"Equalization", &equalized},
    {"Solarization", &solarized},
    {"RandomPosterization", &in_training<posterized>},
};

}  // namespace
}  // namespace kerasan::reference

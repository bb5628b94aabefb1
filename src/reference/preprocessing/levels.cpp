// AutoContrast exactly; Equalization and Solarization by what they keep; the layers that do nothing
// at inference; Pipeline.
#include <algorithm>
#include <cmath>
#include <limits>

#include "reference/ops/guard.h"
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

// A cumulative distribution grows: a brighter pixel of a channel does not become the darker one.
PropertyResult equalized(const LayerCall& call) {
  const Images images = images_of(call);
  const double slack = 64 * images.u * std::max(1.0, images.size);
  for (std::int64_t n = 0; n < images.n; ++n)
    for (std::int64_t k = 0; k < images.channels; ++k) {
      std::vector<std::pair<double, double>> pixels;
      for (std::int64_t i = 0; i < images.pixels(); ++i)
        pixels.emplace_back(images.x[images.at(n, i, k)], images.y[images.at(n, i, k)]);
      std::sort(pixels.begin(), pixels.end());
      for (std::size_t i = 1; i < pixels.size(); ++i)
        if (pixels[i].first > pixels[i - 1].first &&
            pixels[i].second < pixels[i - 1].second - slack)
          return broken("makes the brighter of two pixels the darker one", pixels[i].second,
                        pixels[i - 1].second, slack);
    }
  return kept();
}

// Without an addition each pixel stays or becomes low + high - x.
PropertyResult solarized(const LayerCall& call) {
  for (double addition : get_numbers(call.config, "addition_factor"))
    require(addition == 0, "with an addition");
  const Images images = images_of(call);
  const Range range = value_range(call);
  const double slack = 16 * images.u * (images.size + std::fabs(range.low) + std::fabs(range.high));
  for (std::size_t i = 0; i < images.y.size(); ++i) {
    const double other = range.low + range.high - images.x[i];
    if (std::fabs(images.y[i] - images.x[i]) > slack && std::fabs(images.y[i] - other) > slack)
      return broken("gives a pixel that is neither its input nor the inversion of it", images.y[i],
                    other, slack);
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

Bounded pipeline(const LayerCall& call) {
  const auto layers = call.config.find("layers");
  require(layers != call.config.end() && layers->is_array(), "the layers are not in the config");
  LayerCall inner = call;
  for (const Json& layer : *layers) {
    const auto described = get_layer(Json{{"layer", layer}}, "layer");
    require(described.has_value(), "the layers are not in the config");
    inner.class_name = described->class_name;
    inner.config = described->config;
    const LayerFunction function = find_layer(inner.class_name);
    require(function != nullptr, "no reference for class " + inner.class_name);
    LayerResult result = function(inner);
    require(!result.not_checked, result.not_checked ? result.not_checked->reason : "");
    inner.inputs = std::move(result.outputs);
  }
  return inner.inputs.at(0);
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
const PropertyRegistrar properties[] = {
    {"Equalization", &equalized},
    {"Solarization", &solarized},
};

}  // namespace
}  // namespace kerasan::reference

// BatchNormalization (Ioffe and Szegedy 2015) and LayerNormalization (Ba et al. 2016).
#include <algorithm>

#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/moments.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

// Shape of x with 1 everywhere but on `axes`.
Shape kept_axes(const Shape& shape, const Ints& axes) {
  Shape kept(shape.size(), 1);
  for (std::int64_t axis : axes) kept[axis] = shape[axis];
  return kept;
}

Ints axes_of(const LayerCall& call, std::int64_t otherwise) {
  Ints axes = get_ints(call.config, "axis").value_or(Ints{otherwise});
  for (std::int64_t& axis : axes) axis = normal_axis(axis, call.inputs[0].shape.size());
  std::sort(axes.begin(), axes.end());
  return axes;
}

Bounded batch_normalization(const LayerCall& call) {
  const Precision p = precision_of(call);
  const Bounded& x = call.inputs[0];
  const Ints axes = axes_of(call, -1);
  require(axes.size() == 1, "several axes");
  require(!get_flag(call.config, "renorm", false), "renorm");
  require(
      !call.config.contains("virtual_batch_size") || call.config["virtual_batch_size"].is_null(),
      "virtual_batch_size");
  // Frozen layers use moving statistics in some generations, batch statistics in others.
  require(!call.training || get_flag(call.config, "trainable", true), "frozen, in training");
  require(!call.training || call.masks.empty() || !call.masks[0], "batch statistics with a mask");
  const auto channel = broadcast_index(kept_axes(x.shape, axes), x.shape);
  const auto channels = std::size_t(x.shape[axes[0]]);
  const Bounded* scale =
      get_flag(call.config, "scale", true) ? &get_weight(call, "gamma") : nullptr;
  const Bounded* shift =
      get_flag(call.config, "center", true) ? &get_weight(call, "beta") : nullptr;
  require((!scale || scale->size() == channels) && (!shift || shift->size() == channels),
          "weights of unexpected size");
  Moments m;
  if (call.training) {
    m = moments(x, channel, channels, p);
  } else {
    const Bounded& mean = get_weight(call, "moving_mean");
    const Bounded& variance = get_weight(call, "moving_variance");
    require(mean.size() == channels && variance.size() == channels, "weights of unexpected size");
    m = {mean.value, mean.bound, variance.value, variance.bound};
  }
  return normalize(x, m, get_number(call.config, "epsilon", 1e-3), {channel, channel, scale, shift},
                   p);
}

Bounded layer_normalization(const LayerCall& call) {
  const Precision p = precision_of(call);
  const Bounded& x = call.inputs[0];
  require(!get_flag(call.config, "rms_scaling", false), "rms_scaling");
  const Ints axes = axes_of(call, -1);
  Shape groups = x.shape;
  for (std::int64_t axis : axes) groups[axis] = 1;
  const auto group = broadcast_index(groups, x.shape);
  const auto index = broadcast_index(kept_axes(x.shape, axes), x.shape);
  const std::size_t size = element_count(kept_axes(x.shape, axes));
  const Bounded* scale =
      get_flag(call.config, "scale", true) ? &get_weight(call, "gamma") : nullptr;
  const Bounded* shift =
      get_flag(call.config, "center", true) ? &get_weight(call, "beta") : nullptr;
  require((!scale || scale->size() == size) && (!shift || shift->size() == size),
          "weights of unexpected size");
  const Moments m = moments(x, group, element_count(groups), p);
  return normalize(x, m, get_number(call.config, "epsilon", 1e-3), {group, index, scale, shift}, p);
}

const LayerRegistrar registrars[] = {
    {"BatchNormalization", &checked<batch_normalization>},
    {"BatchNormalizationV1", &checked<batch_normalization>},
    {"BatchNormalizationV2", &checked<batch_normalization>},
    {"LayerNormalization", &checked<layer_normalization>},
};

}  // namespace
}  // namespace kerasan::reference

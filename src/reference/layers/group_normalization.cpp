// RMSNormalization (Zhang and Sennrich 2019) and GroupNormalization (Wu and He 2018).
#include "reference/layers/normalization_axes.h"
#include "reference/ops/guard.h"
#include "reference/ops/moments.h"
#include "reference/ops/moments_reverse.h"
#include "reference/ops/reverse.h"

namespace kerasan::reference {
namespace {

// x / sqrt(mean(x^2) + epsilon) * scale.
struct Rms {
  AlongAxes along;
  const Bounded& scale;
  double epsilon;
  Precision p;

  explicit Rms(const LayerCall& call)
      : along(call),
        scale(get_weight(call, "scale")),
        epsilon(get_number(call.config, "epsilon", 1e-6)),
        p(precision_of(call)) {
    require(scale.size() == along.size, "weights of unexpected size");
  }
  Affine affine() const { return {along.group, along.index, &scale, nullptr}; }
  Moments moments(const Bounded& x) const { return mean_squares(x, along.group, along.groups, p); }
};

Bounded rms_normalization(const LayerCall& call) {
  const Rms rms(call);
  const Bounded& x = call.inputs[0];
  return normalize(x, rms.moments(x), rms.epsilon, rms.affine(), rms.p);
}

LayerGradient rms_reverse(const LayerCall& call, const Bounded& seed) {
  const Rms rms(call);
  const Bounded& x = call.inputs[0];
  NormalizeGradient by = normalize_reverse(x, rms.moments(x), rms.epsilon, rms.affine(), seed, true,
                                           rms.scale.shape, rms.p, false);
  LayerGradient out = gradient_by_input(call, std::move(by.input));
  set_gradient(out, call, "scale", std::move(by.scale));
  return out;
}

// Mean and variance of each sample over all positions and the channels of one group; groups = -1 is
// one group for each channel.
struct Grouped {
  std::vector<std::size_t> channel, group;
  std::size_t groups = 0;
  const Bounded *scale, *shift;
  double epsilon;

  explicit Grouped(const LayerCall& call)
      : scale(get_flag(call.config, "scale", true) ? &get_weight(call, "gamma") : nullptr),
        shift(get_flag(call.config, "center", true) ? &get_weight(call, "beta") : nullptr),
        epsilon(get_number(call.config, "epsilon", 1e-3)) {
    const Shape& shape = call.inputs[0].shape;
    const Ints axes = axes_of(call, -1);
    require(axes.size() == 1 && axes[0] > 0, "several axes");
    const std::int64_t channels = shape[std::size_t(axes[0])];
    auto each = std::int64_t(get_number(call.config, "groups", 32));
    if (each == -1) each = channels;
    require(each > 0 && channels % each == 0, "channels are not divisible by groups");
    channel = broadcast_index(kept_axes(shape, axes), shape);
    group = broadcast_index(kept_axes(shape, {0}), shape);
    for (std::size_t i = 0; i < group.size(); ++i)
      group[i] = group[i] * std::size_t(each) + channel[i] / std::size_t(channels / each);
    groups = std::size_t(shape[0] * each);
  }
  Affine affine() const { return {group, channel, scale, shift}; }
};

Bounded group_normalization(const LayerCall& call) {
  const Precision p = precision_of(call);
  const Grouped g(call);
  const Bounded& x = call.inputs[0];
  return normalize(x, moments(x, g.group, g.groups, p), g.epsilon, g.affine(), p);
}

LayerGradient group_reverse(const LayerCall& call, const Bounded& seed) {
  const Precision p = precision_of(call);
  const Grouped g(call);
  const Bounded& x = call.inputs[0];
  const std::int64_t channels = x.shape[std::size_t(axes_of(call, -1)[0])];
  NormalizeGradient by = normalize_reverse(x, moments(x, g.group, g.groups, p), g.epsilon,
                                           g.affine(), seed, true, Shape{channels}, p);
  LayerGradient out = gradient_by_input(call, std::move(by.input));
  if (g.scale != nullptr) set_gradient(out, call, "gamma", std::move(by.scale));
  if (g.shift != nullptr) set_gradient(out, call, "beta", std::move(by.shift));
  return out;
}

const LayerRegistrar registrars[] = {
    {"RMSNormalization", &checked<rms_normalization>},
    {"GroupNormalization", &checked<group_normalization>},
};
const LayerGradientRegistrar reverse[] = {
    {"RMSNormalization", &reversed<rms_reverse>},
    {"GroupNormalization", &reversed<group_reverse>},
};

}  // namespace
}  // namespace kerasan::reference

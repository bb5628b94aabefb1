// BatchNormalization (Ioffe and Szegedy 2015) and LayerNormalization (Ba et al. 2016).
#include <algorithm>
#include <cmath>

#include "reference/layers/normalization_axes.h"
#include "reference/ops/channel_moments.h"
#include "reference/ops/common_line.h"
#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/moments.h"
#include "reference/ops/moments_reverse.h"
#include "reference/ops/reverse.h"
#include "reference/ops/shape.h"
#include "reference/optimizers/elementwise.h"

namespace kerasan::reference {
namespace {

bool masked(const LayerCall& call) { return !call.masks.empty() && call.masks[0].has_value(); }

// Statistics of a batch. Masked positions take no part (call argument `mask`); generations whose
// `call` has no such argument let them take part.
Moments batch_moments(const LayerCall& call, const std::vector<std::size_t>& channel,
                      std::size_t channels, Precision p) {
  const Bounded& x = call.inputs[0];
  if (!masked(call)) return moments(x, channel, channels, p);
  const auto takes = std::find(call.parameters.begin(), call.parameters.end(), "mask");
  require(call.parameters.empty() || takes != call.parameters.end(),
          "batch statistics with a mask");
  Shape shape = call.masks[0]->shape;
  require(shape.size() <= x.shape.size(), "a mask of another shape");
  shape.resize(x.shape.size(), 1);
  const auto at = broadcast_index(shape, x.shape);
  std::vector<std::size_t> group = channel;
  std::vector<double> kept(channels);
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (call.masks[0]->value[at[i]] == 0)
      group[i] = channels;  // a group of its own, not looked at
    else
      kept[channel[i]] += 1;
  }
  Moments m = moments(x, group, channels + 1, p);
  // The count is protected against zero by adding keras.backend.epsilon(), 1e-7.
  for (std::size_t c = 0; c < channels; ++c) {
    require(kept[c] > 0, "every position is masked");
    const double drift = 1e-7 / kept[c] * std::fabs(m.mean[c]);
    m.mean_bound[c] += drift;
    m.variance_bound[c] += 1e-7 / kept[c] * m.variance[c] + drift * drift;
  }
  return m;
}

// The error of an element beside those of the mean and the deviation of its channel: the roundings
// of x scale + shift, or of (x - mean) / deviation * gamma + beta.
std::vector<double> own_errors(const Bounded& x, const Moments& m, double epsilon, const Affine& by,
                               Precision p) {
  std::vector<double> own(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t g = by.group[i], at = by.index[i];
    const double least = std::max(m.variance[g] - m.variance_bound[g], 0.0) + epsilon;
    const double scale = (by.scale != nullptr ? std::fabs(by.scale->value[at]) : 1) *
                         (1 + 8 * p.u) / std::sqrt(least);
    const double shift = by.shift != nullptr ? std::fabs(by.shift->value[at]) : 0;
    const double sizes = std::fabs(x.value[i]) + std::fabs(m.mean[g]) + m.mean_bound[g];
    own[i] = x.bound[i] * scale + 4 * p.u * (sizes * scale + shift) + 3 * p.tiny;
  }
  return own;
}

struct KeptMoments : Kept {
  Moments moments;
  explicit KeptMoments(Moments m) : moments(std::move(m)) {}
};

// Those that the forward pass found, or found now.
template <class Find>
Moments kept_moments(const LayerCall& call, const Find& find) {
  const auto* kept = dynamic_cast<const KeptMoments*>(call.kept.get());
  return kept != nullptr ? kept->moments : find();
}

// Whether `axes` is the last one alone: loops over its channels need no index.
bool is_last(const Shape& shape, const Ints& axes) {
  return axes.size() == 1 && std::size_t(axes[0]) + 1 == shape.size() && shape.back() > 0;
}

KeptOutputs batch_normalization(const LayerCall& call) {
  const Precision p = precision_of(call);
  const Bounded& x = call.inputs[0];
  const Ints axes = axes_of(call, -1);
  require(!get_flag(call.config, "renorm", false), "renorm");
  require(
      !call.config.contains("virtual_batch_size") || call.config["virtual_batch_size"].is_null(),
      "virtual_batch_size");
  // Frozen layers use moving statistics in some generations, batch statistics in others.
  require(!call.training || get_flag(call.config, "trainable", true), "frozen, in training");
  const std::size_t channels = element_count(kept_axes(x.shape, axes));
  const bool observed = call.training && call.observed.size() == 1;
  const bool last = is_last(x.shape, axes) && !masked(call) && !observed;
  const auto channel =
      last ? std::vector<std::size_t>() : broadcast_index(kept_axes(x.shape, axes), x.shape);
  const Bounded* scale =
      get_flag(call.config, "scale", true) ? &get_weight(call, "gamma") : nullptr;
  const Bounded* shift =
      get_flag(call.config, "center", true) ? &get_weight(call, "beta") : nullptr;
  require((!scale || scale->size() == channels) && (!shift || shift->size() == channels),
          "weights of unexpected size");
  Moments m;
  if (call.training) {
    m = last ? channel_moments(x, channels, p) : batch_moments(call, channel, channels, p);
  } else {
    const Bounded& mean = get_weight(call, "moving_mean");
    const Bounded& variance = get_weight(call, "moving_variance");
    require(mean.size() == channels && variance.size() == channels, "weights of unexpected size");
    m = {mean.value, mean.bound, variance.value, variance.bound};
  }
  const double epsilon = get_number(call.config, "epsilon", 1e-3);
  const Affine by{channel, channel, scale, shift};
  Bounded y =
      last ? channel_normalize(x, m, epsilon, scale, shift, p) : normalize(x, m, epsilon, by, p);
  // The sums over a batch are long, and their worst rounding far from what happens; but whatever it
  // is, it is the same for a whole channel.
  if (observed && call.observed[0].shape() == y.shape)
    narrow_to_line(y, call.observed[0].to_doubles(), x, channel, channels,
                   own_errors(x, m, epsilon, by, p));
  KeptOutputs out{{}, std::make_shared<KeptMoments>(std::move(m))};
  out.outputs.push_back(std::move(y));
  return out;
}

Bounded layer_normalization(const LayerCall& call) {
  const Precision p = precision_of(call);
  const Bounded& x = call.inputs[0];
  const AlongAxes a(call);
  const Bounded* scale =
      get_flag(call.config, "scale", true) ? &get_weight(call, "gamma") : nullptr;
  const Bounded* shift =
      get_flag(call.config, "center", true) ? &get_weight(call, "beta") : nullptr;
  require((!scale || scale->size() == a.size) && (!shift || shift->size() == a.size),
          "weights of unexpected size");
  if (get_flag(call.config, "rms_scaling", false)) {
    // Documented: center and scale are ignored, and x is scaled by gamma and the inverse root of
    // its mean square.
    const Moments m = mean_squares(x, a.group, a.groups, p);
    return normalize(x, m, get_number(call.config, "epsilon", 1e-3),
                     {a.group, a.index, find_weight(call, "gamma"), nullptr}, p);
  }
  const Moments m = moments(x, a.group, a.groups, p);
  return normalize(x, m, get_number(call.config, "epsilon", 1e-3), {a.group, a.index, scale, shift},
                   p);
}

const LayerRegistrar registrars[] = {
    {"BatchNormalization", &checked<batch_normalization>},
    {"BatchNormalizationV1", &checked<batch_normalization>},
    {"BatchNormalizationV2", &checked<batch_normalization>},
    {"LayerNormalization", &checked<layer_normalization>},
};

LayerGradient taken(const LayerCall& call, NormalizeGradient by, const Bounded* scale,
                    const Bounded* shift) {
  LayerGradient out = gradient_by_input(call, std::move(by.input));
  if (scale != nullptr) set_gradient(out, call, "gamma", std::move(by.scale));
  if (shift != nullptr) set_gradient(out, call, "beta", std::move(by.shift));
  return out;
}

LayerGradient batch_reverse(const LayerCall& call, const Bounded& seed) {
  const Precision p = precision_of(call);
  const Bounded& x = call.inputs[0];
  const Ints axes = axes_of(call, -1);
  require(axes.size() == 1, "several axes");
  require(!call.training || !masked(call), "batch statistics with a mask");
  const auto channels = std::size_t(x.shape[axes[0]]);
  const bool last = is_last(x.shape, axes);
  const auto channel =
      last ? std::vector<std::size_t>() : broadcast_index(kept_axes(x.shape, axes), x.shape);
  const Bounded* scale =
      get_flag(call.config, "scale", true) ? &get_weight(call, "gamma") : nullptr;
  const Bounded* shift =
      get_flag(call.config, "center", true) ? &get_weight(call, "beta") : nullptr;
  Moments m;
  if (call.training) {
    m = kept_moments(call, [&] {
      return last ? channel_moments(x, channels, p) : moments(x, channel, channels, p);
    });
  } else {
    const Bounded &mean = get_weight(call, "moving_mean"),
                  &variance = get_weight(call, "moving_variance");
    m = {mean.value, mean.bound, variance.value, variance.bound};
  }
  const double epsilon = get_number(call.config, "epsilon", 1e-3);
  const Shape parameters{std::int64_t(channels)};
  return taken(
      call,
      last ? channel_normalize_reverse(x, m, epsilon, scale, seed, call.training, parameters, p)
           : normalize_reverse(x, m, epsilon, {channel, channel, scale, shift}, seed, call.training,
                               parameters, p),
      scale, shift);
}

LayerGradient layer_reverse(const LayerCall& call, const Bounded& seed) {
  const Precision p = precision_of(call);
  const Bounded& x = call.inputs[0];
  require(!get_flag(call.config, "rms_scaling", false), "rms_scaling");
  const Ints axes = axes_of(call, -1);
  Shape groups = x.shape, parameters;
  for (std::int64_t axis : axes) groups[axis] = 1, parameters.push_back(x.shape[axis]);
  const auto group = broadcast_index(groups, x.shape);
  const auto index = broadcast_index(kept_axes(x.shape, axes), x.shape);
  const Bounded* scale =
      get_flag(call.config, "scale", true) ? &get_weight(call, "gamma") : nullptr;
  const Bounded* shift =
      get_flag(call.config, "center", true) ? &get_weight(call, "beta") : nullptr;
  const Moments m = moments(x, group, element_count(groups), p);
  return taken(call,
               normalize_reverse(x, m, get_number(call.config, "epsilon", 1e-3),
                                 {group, index, scale, shift}, seed, true, parameters, p),
               scale, shift);
}

// moving = momentum moving + (1 - momentum) of the batch. The variance of the batch is divided by n
// or, as a fused kernel does, by n - 1.
LayerState moving_averages(const LayerCall& call) {
  LayerState out;
  try {
    if (!call.training) return out;
    const Precision p = precision_of(call);
    const Bounded& x = call.inputs[0];
    const Ints axes = axes_of(call, -1);
    require(axes.size() == 1, "several axes");
    require(!masked(call), "batch statistics with a mask");
    const auto channels = std::size_t(x.shape[axes[0]]);
    const Moments m = kept_moments(call, [&] {
      return moments(x, broadcast_index(kept_axes(x.shape, axes), x.shape), channels, p);
    });
    const double momentum = get_number(call.config, "momentum", 0.99);
    const double n = double(x.size()) / double(std::max<std::size_t>(channels, 1));
    const auto moved = [&](const char* name, const std::vector<double>& value,
                           const std::vector<double>& bound, double factor) {
      const Bounded& held = get_weight(call, name);
      require(held.size() == channels, "weights of unexpected size");
      Bounded after(held.shape);
      for (std::size_t c = 0; c < channels; ++c) {
        const Approx before{held.value[c], held.bound[c], p.u, p.tiny};
        const Approx batch = Approx{value[c], bound[c], p.u, p.tiny} * Approx::rounded(factor, p);
        const Approx one = average(before, batch, Approx::rounded(momentum, p));
        after.value[c] = one.value;
        after.bound[c] = one.bound + p.u * std::fabs(one.value);
      }
      return after;
    };
    out.after["moving_mean"] = {moved("moving_mean", m.mean, m.mean_bound, 1)};
    out.after["moving_variance"] = {moved("moving_variance", m.variance, m.variance_bound, 1)};
    if (n > 1)
      out.after["moving_variance"].push_back(
          moved("moving_variance", m.variance, m.variance_bound, n / (n - 1)));
  } catch (const std::exception& error) {
    out.not_checked = NotChecked{call.class_name + ": " + error.what()};
  }
  return out;
}

const LayerGradientRegistrar reverse[] = {
    {"BatchNormalization", &reversed<batch_reverse>},
    {"BatchNormalizationV2", &reversed<batch_reverse>},
    {"LayerNormalization", &reversed<layer_reverse>},
};
const LayerStateRegistrar state[] = {
    {"BatchNormalization", &moving_averages},
    {"BatchNormalizationV2", &moving_averages},
};

}  // namespace
}  // namespace kerasan::reference

// The random part of dropout and noise layers: rate, distribution and independence of the draws,
// and that what shares a draw (whole feature maps, the axes of noise_shape) is treated alike. The
// chance of a false alarm is kFalseAlarm for one application.
#include <cmath>

#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/precision.h"
#include "reference/ops/reverse.h"
#include "reference/ops/shape.h"
#include "reference/ops/statistics.h"

namespace kerasan::reference {
namespace {

// The shape of the draws: 1 where positions share one.
Shape draw_shape(const LayerCall& call) {
  Shape shape = call.inputs[0].shape;
  if (call.class_name.starts_with("SpatialDropout")) {
    require(shape.size() >= 3, "input of unexpected rank");
    const bool first = channels_first(call.config) && call.class_name != "SpatialDropout1D";
    const std::size_t begin = first ? 2 : 1, end = shape.size() - (first ? 0 : 1);
    for (std::size_t i = begin; i < end; ++i) shape[i] = 1;
    return shape;
  }
  const auto noise = call.config.find("noise_shape");
  if (noise == call.config.end() || noise->is_null()) return shape;
  const auto& list = noise->is_object() && noise->size() == 1 ? noise->front() : *noise;
  require(list.is_array() && list.size() == shape.size(), "noise_shape of unexpected form");
  for (std::size_t i = 0; i < shape.size(); ++i)  // null: as the input
    if (list[i].is_number()) shape[i] = list[i].get<std::int64_t>();
  return shape;
}

std::vector<double> observed(const LayerCall& call) {
  require(call.observed.size() == 1 && call.observed[0].shape() == call.inputs[0].shape,
          "the output was not recorded in the input's shape");
  return call.observed[0].to_doubles();
}

PropertyResult nothing(const std::string& reason) { return {std::nullopt, NotChecked{reason}}; }

// `state_of(x, y)` tells a draw from one element, or -1.
template <class StateOf>
PropertyResult judge_draws(const LayerCall& call, double rate, StateOf state_of) {
  const Bounded& x = call.inputs[0];
  const std::vector<double> y = observed(call);
  Draws draws{draw_shape(call), {}};
  const auto at = broadcast_index(draws.shape, x.shape);
  draws.state.assign(element_count(draws.shape), -1);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const int state = state_of(x.value[i], y[i]);
    int& draw = draws.state[at[i]];
    if (state < 0) continue;
    if (draw >= 0 && draw != state)
      return {Broken{"treats elements unlike that share one draw", double(state), double(draw), 0},
              std::nullopt};
    draw = state;
  }
  return {broken_draws(draws, rate, kFalseAlarm), std::nullopt};
}

PropertyResult dropout_draws(const LayerCall& call) {
  const double rate = get_number(call.config, "rate", 0);
  if (!call.training || rate == 0) return nothing("nothing is drawn");
  // Some generations leave data_format out of the config: either order will do.
  const bool spatial =
      call.class_name == "SpatialDropout2D" || call.class_name == "SpatialDropout3D";
  if (spatial && !call.config.contains("data_format")) {
    LayerCall last = call, first = call;
    last.config["data_format"] = "channels_last";
    first.config["data_format"] = "channels_first";
    const PropertyResult result = dropout_draws(last);
    return result.broken ? dropout_draws(first) : result;
  }
  // Where x is not zero, the output is zero exactly where it was dropped.
  // A smaller element may be lost to underflow.
  const double least = call.compute_dtype == DType::kFloat16 ? 1e-3 : 1e-30;
  return judge_draws(call, rate, [&](double x, double y) {
    return std::fabs(x) < least || !std::isfinite(y) ? -1 : int(y == 0);
  });
}

struct AlphaForm {
  double dropped, scale, shift;
};

// Klambauer et al. 2017, "Self-normalizing neural networks", section 3: dropped elements take
// alpha' = -1.7580993..., then a (x) + b keeps mean 0 and variance 1.
AlphaForm alpha_form(double rate) {
  constexpr double kAlpha = -1.6732632423543772848 * 1.0507009873554804934;
  const double a = 1 / std::sqrt((1 - rate) * (1 + rate * kAlpha * kAlpha));
  const double b = -a * kAlpha * rate;
  return {a * kAlpha + b, a, b};
}

bool is_dropped(const AlphaForm& form, double x, double y) {
  return std::fabs(y - form.dropped) < std::fabs(y - (form.scale * x + form.shift));
}

// Whether all elements along some axis were dropped, or not, together.
bool shared_along_an_axis(const Shape& shape, const std::vector<bool>& dropped) {
  std::size_t stride = dropped.size();
  for (const std::int64_t length : shape) {
    stride /= std::size_t(length);
    bool shared = length > 1;
    for (std::size_t i = 0; shared && i < dropped.size(); ++i)
      shared = dropped[i] == dropped[i - i / stride % std::size_t(length) * stride];
    if (shared) return true;
  }
  return false;
}

PropertyResult alpha_draws(const LayerCall& call) {
  const double rate = get_number(call.config, "rate", 0);
  if (!call.training || rate == 0) return nothing("nothing is drawn");
  const AlphaForm form = alpha_form(rate);
  // docs/findings/alpha-dropout-noise-shape-not-saved.md
  if (!call.config.contains("noise_shape")) {
    const std::vector<double> y = observed(call);
    std::vector<bool> dropped(y.size());
    for (std::size_t i = 0; i < y.size(); ++i)
      dropped[i] = is_dropped(form, call.inputs[0].value[i], y[i]);
    if (shared_along_an_axis(call.inputs[0].shape, dropped))
      return nothing("a noise_shape that the config does not tell");
  }
  return judge_draws(call, rate, [&](double x, double y) {
    const double kept = form.scale * x + form.shift;
    const bool alike = std::fabs(kept - form.dropped) < 1e-3 * (1 + std::fabs(kept));
    return alike || !std::isfinite(y) ? -1 : int(is_dropped(form, x, y));
  });
}

Bounded alpha_dropout(const LayerCall& call) {
  const Precision p = precision_of(call);
  Bounded y = call.inputs[0];
  const double rate = get_number(call.config, "rate", 0);
  if (!call.training || rate == 0) return y;
  require(rate > 0 && rate < 1, "rate out of range");
  const AlphaForm form = alpha_form(rate);
  const std::vector<double> drawn = observed(call);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double x = y.value[i];
    const bool dropped = is_dropped(form, x, drawn[i]);
    y.value[i] = dropped ? form.dropped : form.scale * x + form.shift;
    const double sizes = std::fabs(form.scale * (dropped ? -1.7580993408473766 : x));
    y.bound[i] = (dropped ? 0 : form.scale * y.bound[i]) +
                 8 * p.u * (sizes + std::fabs(form.shift) + std::fabs(y.value[i])) + p.tiny;
  }
  return y;
}

// What was kept was scaled; what was dropped does not depend on the input.
LayerGradient alpha_dropout_reverse(const LayerCall& call, const Bounded& seed) {
  const double rate = get_number(call.config, "rate", 0);
  if (!call.training || rate == 0) return gradient_by_input(call, seed);
  const AlphaForm form = alpha_form(rate);
  const std::vector<double> drawn = observed(call);
  const Precision p = precision_of(call);
  const Bounded& x = call.inputs[0];
  Bounded factor(x.shape);
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    const double kept = form.scale * x.value[i] + form.shift;
    const double reach = form.scale * x.bound[i] + 1e-3 * (1 + std::fabs(kept));
    const bool either = std::fabs(kept - form.dropped) < reach;
    factor.value[i] = either                                   ? form.scale / 2
                      : is_dropped(form, x.value[i], drawn[i]) ? 0
                                                               : form.scale;
    factor.bound[i] =
        factor.value[i] == 0 ? 0 : (either ? form.scale / 2 : 0) + 8 * p.u * form.scale;
  }
  return gradient_by_input(call, product(factor, seed, p));
}

// Standard normal numbers that the layer must have drawn, from outputs that tell them well.
PropertyResult judge_normal(const std::vector<double>& z, const Shape& shape) {
  if (z.empty()) return nothing("no element tells the draw");
  if (const auto text = unlikely_normal(z, kFalseAlarm / 2))
    return {Broken{"draws noise that is not the normal one asked for: " + *text, 0, 0, 0},
            std::nullopt};
  // Signs of independent draws: dropped stands for negative.
  Draws signs{shape, {}};
  if (z.size() != element_count(shape)) return {};
  for (double v : z) signs.state.push_back(v < 0);
  return {broken_draws(signs, 0.5, kFalseAlarm / 2), std::nullopt};
}

PropertyResult gaussian_noise(const LayerCall& call) {
  const double deviation = get_number(call.config, "stddev", 0);
  if (!call.training || deviation == 0) return nothing("nothing is drawn");
  const Bounded& x = call.inputs[0];
  const std::vector<double> y = observed(call);
  std::vector<double> z;
  for (std::size_t i = 0; i < y.size(); ++i) {
    // The sum is rounded: the draw must be far larger than that.
    if (std::fabs(x.value[i]) * call.u() > 1e-4 * deviation) continue;
    if (std::isfinite(y[i])) z.push_back((y[i] - x.value[i]) / deviation);
  }
  return judge_normal(z, x.shape);
}

// Multiplied by draws of mean 1 and deviation sqrt(rate / (1 - rate)) (Srivastava et al. 2014).
PropertyResult gaussian_dropout(const LayerCall& call) {
  const double rate = get_number(call.config, "rate", 0);
  if (!call.training || rate == 0) return nothing("nothing is drawn");
  const double deviation = std::sqrt(rate / (1 - rate));
  const Bounded& x = call.inputs[0];
  const std::vector<double> y = observed(call);
  std::vector<double> z;
  for (std::size_t i = 0; i < y.size(); ++i)
    if (std::fabs(x.value[i]) > 1e-20 && std::isfinite(y[i]) && call.u() < 1e-3 * deviation)
      z.push_back((y[i] / x.value[i] - 1) / deviation);
  return judge_normal(z, x.shape);
}

const LayerGradientRegistrar reverse{"AlphaDropout", &reversed<alpha_dropout_reverse>};
const LayerRegistrar layer{"AlphaDropout", &checked<alpha_dropout>};
const PropertyRegistrar properties[] = {
    {"Dropout", &dropout_draws},
    {"SpatialDropout1D", &dropout_draws},
    {"SpatialDropout2D", &dropout_draws},
    {"SpatialDropout3D", &dropout_draws},
    {"AlphaDropout", &alpha_draws},
    {"GaussianNoise", &gaussian_noise},
    {"GaussianDropout", &gaussian_dropout},
};

}  // namespace
}  // namespace kerasan::reference

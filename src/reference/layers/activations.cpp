// Activation, and the layers that are one elementwise function.
#include <cmath>
#include <limits>

#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/reverse.h"
#include "reference/ops/shape.h"
#include "reference/ops/slope.h"

namespace kerasan::reference {
namespace {

Bounded activation(const LayerCall& call) {
  return activate(activation_name(call.config, "activation", "linear"), call.inputs[0],
                  precision_of(call));
}

Bounded relu_layer(const LayerCall& call) {
  return relu(call.inputs[0], get_number(call.config, "negative_slope", 0),
              get_number(call.config, "max_value", std::numeric_limits<double>::infinity()),
              get_number(call.config, "threshold", 0), precision_of(call));
}

// The argument is `alpha` up to Keras 2, `negative_slope` in Keras 3; both default to 0.3.
Bounded leaky_relu(const LayerCall& call) {
  const double alpha = get_number(call.config, "alpha", 0.3);
  return relu(call.inputs[0], get_number(call.config, "negative_slope", alpha),
              std::numeric_limits<double>::infinity(), 0, precision_of(call));
}

Bounded elu_layer(const LayerCall& call) {
  return elu(call.inputs[0], get_number(call.config, "alpha", 1), precision_of(call));
}

// x where x > theta, else 0.
Bounded thresholded_relu(const LayerCall& call) {
  const double theta = get_number(call.config, "theta", 1);
  const Precision p = precision_of(call);
  Bounded y = call.inputs[0];
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double v = y.value[i], reach = y.bound[i] + p.u * std::fabs(theta);
    if (v <= theta) y.value[i] = 0;
    if (std::fabs(v - theta) <= reach && v != theta)
      y.bound[i] += std::fabs(v);
    else if (v <= theta)
      y.bound[i] = 0;
  }
  return y;
}

Bounded prelu(const LayerCall& call) {
  const Precision p = precision_of(call);
  const Bounded& x = call.inputs[0];
  const Bounded& alpha = get_weight(call, "alpha");
  const auto at = broadcast_index(alpha.shape, x.shape);
  Bounded y(x.shape);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double a = alpha.value[at[i]], v = x.value[i];
    y.value[i] = v >= 0 ? v : a * v;
    y.bound[i] =
        x.bound[i] * std::max(1.0, std::fabs(a)) +
        (v < 0 ? alpha.bound[at[i]] * std::fabs(v) + 2 * p.u * std::fabs(a * v) + p.tiny : 0);
  }
  return y;
}

LayerGradient activation_reverse(const LayerCall& call, const Bounded& seed) {
  const std::string name = activation_name(call.config, "activation", "linear");
  return gradient_by_input(call, activate_reverse(
                                     name, call, [&] { return call.inputs[0]; }, seed));
}

LayerGradient relu_layer_reverse(const LayerCall& call, const Bounded& seed) {
  return gradient_by_input(
      call,
      relu_reverse(call.inputs[0], seed, get_number(call.config, "negative_slope", 0),
                   get_number(call.config, "max_value", std::numeric_limits<double>::infinity()),
                   get_number(call.config, "threshold", 0), precision_of(call)));
}

LayerGradient leaky_relu_reverse(const LayerCall& call, const Bounded& seed) {
  const double alpha = get_number(call.config, "alpha", 0.3);
  return gradient_by_input(
      call, relu_reverse(call.inputs[0], seed, get_number(call.config, "negative_slope", alpha),
                         std::numeric_limits<double>::infinity(), 0, precision_of(call)));
}

LayerGradient elu_layer_reverse(const LayerCall& call, const Bounded& seed) {
  return gradient_by_input(
      call,
      elu_reverse(call.inputs[0], seed, get_number(call.config, "alpha", 1), precision_of(call)));
}

// Of x where x > theta: the derivative there is 1, and 0 elsewhere.
LayerGradient thresholded_relu_reverse(const LayerCall& call, const Bounded& seed) {
  return gradient_by_input(
      call, relu_reverse(call.inputs[0], seed, 0, std::numeric_limits<double>::infinity(),
                         get_number(call.config, "theta", 1), precision_of(call)));
}

// By x: 1 or alpha; by alpha: min(x, 0), which is continuous.
LayerGradient prelu_reverse(const LayerCall& call, const Bounded& seed) {
  const Precision p = precision_of(call);
  const Bounded& x = call.inputs[0];
  const Bounded& alpha = get_weight(call, "alpha");
  const auto at = broadcast_index(alpha.shape, x.shape);
  Bounded factor(x.shape), below(x.shape);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double v = x.value[i], d = x.bound[i], a = alpha.value[at[i]], da = alpha.bound[at[i]];
    const bool kink = std::fabs(v) <= d;
    factor.value[i] = kink ? (1 + a) / 2 : v > 0 ? 1 : a;
    factor.bound[i] = (kink ? std::fabs(1 - a) / 2 : 0) + (v <= d ? da : 0);
    below.value[i] = std::min(v, 0.0);
    below.bound[i] = v - d < 0 ? d : 0;
  }
  LayerGradient out = gradient_by_input(call, product(factor, seed, p));
  set_gradient(out, call, "alpha", sum_groups(product(below, seed, p), at, alpha.shape, p));
  return out;
}

const LayerGradientRegistrar reverse[] = {
    {"Activation", &reversed<activation_reverse>},
    {"ReLU", &reversed<relu_layer_reverse>},
    {"LeakyReLU", &reversed<leaky_relu_reverse>},
    {"ELU", &reversed<elu_layer_reverse>},
    {"PReLU", &reversed<prelu_reverse>},
    {"ThresholdedReLU", &reversed<thresholded_relu_reverse>},
};

const LayerRegistrar registrars[] = {
    {"Activation", &checked<activation>}, {"ReLU", &checked<relu_layer>},
    {"LeakyReLU", &checked<leaky_relu>},  {"ELU", &checked<elu_layer>},
    {"PReLU", &checked<prelu>},           {"ThresholdedReLU", &checked<thresholded_relu>},
};

}  // namespace
}  // namespace kerasan::reference

// The derivative of each function of ops/activation.cpp over the interval in which its argument
// lies: its value, a Lipschitz constant times the width, and both sides of each kink within reach.
#include "reference/ops/slope.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "reference/ops/activation.h"
#include "reference/ops/guard.h"
#include "reference/ops/lines.h"
#include "reference/ops/reverse.h"

namespace kerasan::reference {
namespace {

constexpr double kSeluScale = 1.0507009873554805;
constexpr double kSeluAlpha = 1.6732632423543772;

double sigmoid(double x) {
  const double e = std::exp(-std::fabs(x));
  return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}
double d_sigmoid(double x) {
  const double e = std::exp(-std::fabs(x));
  return e / ((1 + e) * (1 + e));
}

struct Kink {
  double at, left, right;
};

struct Slope {
  std::function<double(double)> f;
  double lipschitz = 0;     // of f between kinks
  std::vector<Kink> kinks;  // where f jumps, with its limits
  double rounding = kSlopeRounding;
};

double d_tanh(double x) {
  const double y = std::tanh(x);
  return (1 - y) * (1 + y);
}
double d_swish(double x) { return sigmoid(x) * (1 + x * (1 - sigmoid(x))); }
double d_gelu(double x) {
  constexpr double kPhi = 0.3989422804014327;  // 1 / sqrt(2 pi)
  return 0.5 * std::erfc(-x / std::sqrt(2.0)) + x * kPhi * std::exp(-x * x / 2);
}
double d_mish(double x) {
  const double t = std::tanh(std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x))));
  return t + x * (1 - t * t) * sigmoid(x);
}
double inside(double x, double low, double high, double slope) {
  return x > low && x < high ? slope : 0;
}

const std::map<std::string, Slope, std::less<>>& table() {
  const auto hard = [](double x) { return x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5; };
  const Slope shrink{
      [](double x) { return std::fabs(x) > 0.5 ? 1 : 0; }, 0, {{-0.5, 1, 0}, {0.5, 0, 1}}};
  const Slope swish{d_swish, 0.6, {}}, hard_swish{hard, 0.34, {{-3, 0, -0.5}, {3, 1.5, 1}}};
  static const std::map<std::string, Slope, std::less<>> slopes{
      {"relu6", {[](double x) { return inside(x, 0, 6, 1); }, 0, {{0, 0, 1}, {6, 1, 0}}, 0}},
      {"leaky_relu", {[](double x) { return x > 0 ? 1 : 0.2; }, 0, {{0, 0.2, 1}}, 2}},
      {"sigmoid", {d_sigmoid, 0.1, {}}},
      {"tanh", {d_tanh, 0.8, {}}},
      {"softplus", {sigmoid, 0.25, {}}},
      {"softsign", {[](double x) { return 1 / ((1 + std::fabs(x)) * (1 + std::fabs(x))); }, 2, {}}},
      {"elu", {[](double x) { return x > 0 ? 1 : std::exp(x); }, 1, {}}},
      {"selu",
       {[](double x) { return kSeluScale * (x > 0 ? 1 : kSeluAlpha * std::exp(x)); },
        kSeluScale * kSeluAlpha,
        {{0, kSeluScale * kSeluAlpha, kSeluScale}}}},
      {"gelu", {d_gelu, 0.8, {}}},
      {"swish", swish},
      {"silu", swish},
      {"mish", {d_mish, 1.2, {}}},
      {"hard_silu", hard_swish},
      {"hard_swish", hard_swish},
      {"celu", {[](double x) { return x > 0 ? 1 : std::exp(x); }, 1, {}}},
      {"soft_shrink", shrink},
      {"hard_shrink", shrink},
      {"hard_tanh", {[](double x) { return inside(x, -1, 1, 1); }, 0, {{-1, 0, 1}, {1, 1, 0}}}},
      {"tanh_shrink", {[](double x) { return std::tanh(x) * std::tanh(x); }, 0.8, {}}},
      {"log_sigmoid", {[](double x) { return sigmoid(-x); }, 0.25, {}}},
      {"sparse_plus", {[](double x) { return std::clamp((x + 1) / 2, 0.0, 1.0); }, 0.5, {}}},
      {"sparse_sigmoid",
       {[](double x) { return inside(x, -1, 1, 0.5); }, 0, {{-1, 0, 0.5}, {1, 0.5, 0}}}},
      {"squareplus", {[](double x) { return 0.5 + 0.5 * x / std::sqrt(x * x + 4); }, 0.25, {}}},
  };
  return slopes;
}

Bounded apply(const Slope& slope, const Bounded& x, const Bounded& seed, Precision p) {
  require(x.size() == seed.size(), "sizes differ in a derivative");
  Bounded factor(x.shape);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double v = x.value[i], d = x.bound[i], at = slope.f(v);
    double lo = at, hi = at;
    for (const Kink& kink : slope.kinks)
      if (std::fabs(v - kink.at) <= d + 2 * p.u * std::fabs(kink.at)) {
        lo = std::min({lo, kink.left, kink.right});
        hi = std::max({hi, kink.left, kink.right});
      }
    factor.value[i] = (lo + hi) / 2;
    factor.bound[i] = (hi - lo) / 2 + slope.lipschitz * d +
                      slope.rounding * p.u * std::max(1.0, std::fabs(factor.value[i]));
  }
  return product(factor, seed, p);
}

// Both documented forms of hard_sigmoid are within reach (ops/activation.cpp).
Bounded hard_sigmoid_reverse(const Bounded& x, const Bounded& seed, Precision p) {
  const Slope old_one{
      [](double v) { return inside(v, -2.5, 2.5, 0.2); }, 0, {{-2.5, 0, 0.2}, {2.5, 0.2, 0}}, 4};
  const Slope new_one{[](double v) { return inside(v, -3, 3, 1.0 / 6); },
                      0,
                      {{-3, 0, 1.0 / 6}, {3, 1.0 / 6, 0}},
                      4};
  Bounded y = apply(old_one, x, seed, p);
  const Bounded z = apply(new_one, x, seed, p);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double half = 0.5 * std::fabs(y.value[i] - z.value[i]);
    y.value[i] = 0.5 * (y.value[i] + z.value[i]);
    y.bound[i] = half + std::max(y.bound[i], z.bound[i]);
  }
  return y;
}

// `y` is what max(x, 0) gave.
Bounded rectified_reverse(const Bounded& y, const Bounded& seed, Precision p) {
  Bounded out(seed.shape);
  lines::rectify_reverse({out.value.data(), out.bound.data(), out.size()}, y.value.data(),
                         y.bound.data(), seed.value.data(), seed.bound.data(), p.u, p.tiny);
  return out;
}

// Calls line(start, length, stride) for each line along the axis.
template <class Line>
void for_each_line(const Shape& shape, std::int64_t axis, Line line) {
  const auto rank = std::int64_t(shape.size());
  if (axis < 0) axis += rank;
  require(axis >= 0 && axis < rank, "softmax axis out of range");
  std::size_t stride = 1;
  for (std::int64_t i = axis + 1; i < rank; ++i) stride *= std::size_t(shape[i]);
  const auto length = std::size_t(shape[axis]);
  const std::size_t count = length == 0 ? 0 : element_count(shape) / length;
  for (std::size_t l = 0; l < count; ++l)
    line(l / stride * stride * length + l % stride, length, stride);
}

}  // namespace

Bounded activate_reverse(std::string_view name, const Bounded& x, const Bounded& seed,
                         Precision p) {
  if (name == "linear") return seed;
  if (name == "relu") {
    require(x.size() == seed.size(), "sizes differ in a derivative");
    return rectified_reverse(activate(name, x, p), seed, p);
  }
  if (name == "softmax") return softmax_reverse(softmax(x, -1, p), seed, -1, p);
  if (name == "log_softmax") return log_softmax_reverse(log_softmax(x, -1, p), seed, -1, p);
  if (name == "sparsemax") return sparsemax_reverse(x, seed, p);
  if (name == "glu") return glu_reverse(x, seed, p);
  if (name == "hard_sigmoid") return hard_sigmoid_reverse(x, seed, p);
  if (name == "exponential" || name == "exp") return product(activate(name, x, p), seed, p);
  const auto found = table().find(name);
  require(found != table().end(), "no derivative for activation " + std::string(name));
  return apply(found->second, x, seed, p);
}

bool is_by_element(std::string_view name) {
  static const std::set<std::string, std::less<>> others{"linear", "relu", "hard_sigmoid",
                                                         "exponential", "exp"};
  // hard_shrink jumps: its derivative does not tell how far it is off.
  return others.contains(name) || (name != "hard_shrink" && table().contains(name));
}

Bounded activate_reverse(std::string_view name, const LayerCall& call,
                         const std::function<Bounded()>& argument, const Bounded& seed) {
  const Precision p = precision_of(call);
  if (name == "linear") return seed;
  if (name != "relu" || call.output == nullptr || call.output->shape != seed.shape)
    return activate_reverse(name, argument(), seed, p);
  return rectified_reverse(*call.output, seed, p);
}

Bounded relu_reverse(const Bounded& x, const Bounded& seed, double negative_slope, double max_value,
                     double threshold, Precision p) {
  if (negative_slope == 0 && threshold == 0 && std::isinf(max_value) && max_value > 0) {
    require(x.size() == seed.size(), "sizes differ in a derivative");
    Bounded out(seed.shape);
    lines::relu_reverse({out.value.data(), out.bound.data(), out.size()}, x.value.data(),
                        x.bound.data(), seed.value.data(), seed.bound.data(), p.u, p.tiny);
    return out;
  }
  const auto f = [=](double v) { return v > max_value ? 0 : v >= threshold ? 1 : negative_slope; };
  // A sum of two clipped parts has a slope of 0 where both are cut off.
  Slope slope{f,
              0,
              {{threshold, negative_slope, 1}, {threshold, negative_slope, 0}},
              negative_slope == 0 ? 0.0 : 2.0};
  if (std::isfinite(max_value)) slope.kinks.push_back({max_value, 1, 0});
  return apply(slope, x, seed, p);
}

Bounded elu_reverse(const Bounded& x, const Bounded& seed, double alpha, Precision p) {
  return apply({[=](double v) { return v > 0 ? 1 : alpha * std::exp(v); },
                std::fabs(alpha),
                {{0, alpha, 1}}},
               x, seed, p);
}

namespace {

// At each element the sum of its line along the axis.
Bounded line_sums(const Bounded& x, std::int64_t axis, Precision p) {
  Bounded sums(x.shape);
  double g = 0;
  for_each_line(x.shape, axis, [&](std::size_t start, std::size_t length, std::size_t stride) {
    double sum = 0, bound = 0;
    if (start == 0) g = gamma(double(length) + 1, p);  // the same for all
    for (std::size_t j = 0; j < length; ++j) {
      const std::size_t at = start + j * stride;
      sum += x.value[at];
      bound += x.bound[at] + g * (std::fabs(x.value[at]) + x.bound[at]);
    }
    for (std::size_t j = 0; j < length; ++j) {
      sums.value[start + j * stride] = sum;
      sums.bound[start + j * stride] = bound;
    }
  });
  return sums;
}

}  // namespace

// dx_i = y_i (s_i - sum_j s_j y_j).
Bounded softmax_reverse(const Bounded& y, const Bounded& seed, std::int64_t axis, Precision p) {
  const Bounded sums = line_sums(product(seed, y, p), axis, p);
  Bounded inner(y.shape);
  for (std::size_t k = 0; k < inner.size(); ++k) {
    inner.value[k] = seed.value[k] - sums.value[k];
    inner.bound[k] = seed.bound[k] + sums.bound[k] +
                     p.u * (std::fabs(seed.value[k]) + std::fabs(sums.value[k]) + sums.bound[k]);
  }
  return product(y, inner, p);
}

// dx_i = s_i - exp(y_i) sum_j s_j.
Bounded log_softmax_reverse(const Bounded& y, const Bounded& seed, std::int64_t axis, Precision p) {
  Bounded sums = line_sums(seed, axis, p);
  for (double& value : sums.value) value = -value;
  const Bounded parts[] = {seed, product(activate("exponential", y, p), sums, p)};
  return sum_of(parts, p);
}

}  // namespace kerasan::reference

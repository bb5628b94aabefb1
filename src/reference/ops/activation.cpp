// Definitions: the "Layer activation functions" page of the Keras documentation. Accuracy:
// vectorised exp, tanh and logistic are polynomial or rational approximations, of a few
// units in the last place (Eigen and XLA document at most about 5); c = 8 covers them. The
// logistic and tanh ones are accurate relative to 1, not to a tiny value.
#include "reference/ops/activation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "reference/ops/guard.h"
#include "reference/ops/lines.h"

namespace kerasan::reference {
namespace {

using Function = double (*)(double);

constexpr double kUlps = 8;
constexpr double kSeluScale = 1.0507009873554805;
constexpr double kSeluAlpha = 1.6732632423543772;

double sigmoid(double x) {
  const double e = std::exp(-std::fabs(x));
  return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); }
double shrink_hard(double x) { return std::fabs(x) > 0.5 ? x : 0; }
double shrink_soft(double x) { return x > 0.5 ? x - 0.5 : x < -0.5 ? x + 0.5 : 0; }
double sparse_plus(double x) { return x <= -1 ? 0 : x >= 1 ? x : 0.25 * (x + 1) * (x + 1); }
double clip(double x, double low, double high) { return std::min(std::max(x, low), high); }

struct Elementary {
  Function f;
  double slope;     // Lipschitz constant; 0: f is monotone, use the values at both ends
  double relative;  // error in u, relative to |f(x)|
  double absolute;  // error in u
  double input;     // error in u, relative to |x|: an intermediate as large as x is rounded
};

const std::map<std::string, Elementary, std::less<>>& table() {
  static const std::map<std::string, Elementary, std::less<>> functions{
      {"relu6", {[](double x) { return clip(x, 0, 6); }, 0, 0, 0, 0}},
      {"softplus", {softplus, 0, kUlps, kUlps, 2}},
      {"softsign", {[](double x) { return x / (1 + std::fabs(x)); }, 0, 4, 0, 0}},
      {"exponential", {[](double x) { return std::exp(x); }, 0, kUlps, 0, 0}},
      {"exp", {[](double x) { return std::exp(x); }, 0, kUlps, 0, 0}},
      {"elu", {[](double x) { return x >= 0 ? x : std::expm1(x); }, 0, kUlps, kUlps, 0}},
      {"selu",
       {[](double x) { return kSeluScale * (x >= 0 ? x : kSeluAlpha * std::expm1(x)); }, 0,
        2 * kUlps, 2 * kUlps, 0}},
      {"gelu",
       {[](double x) { return 0.5 * x * std::erfc(-x / std::sqrt(2.0)); }, 1.13, kUlps, 0, kUlps}},
      {"swish", {[](double x) { return x * sigmoid(x); }, 1.1, kUlps, 0, kUlps}},
      {"silu", {[](double x) { return x * sigmoid(x); }, 1.1, kUlps, 0, kUlps}},
      {"mish", {[](double x) { return x * std::tanh(softplus(x)); }, 1.1, 2 * kUlps, 0, 2 * kUlps}},
      {"leaky_relu", {[](double x) { return x >= 0 ? x : 0.2 * x; }, 0, 2, 0, 0}},
      {"hard_silu", {[](double x) { return x * clip(x / 6 + 0.5, 0, 1); }, 1.5, 6, 0, 6}},
      {"celu", {[](double x) { return x >= 0 ? x : std::expm1(x); }, 0, kUlps, kUlps, 0}},
      {"hard_shrink", {shrink_hard, 0, 0, 0, 0}},
      {"soft_shrink", {shrink_soft, 0, 1, 0, 0}},
      {"hard_tanh", {[](double x) { return clip(x, -1, 1); }, 0, 0, 0, 0}},
      {"tanh_shrink", {[](double x) { return x - std::tanh(x); }, 0, 2, 0, kUlps}},
      {"log_sigmoid", {[](double x) { return -softplus(-x); }, 0, kUlps, kUlps, 2}},
      {"sparse_plus", {sparse_plus, 0, 4, 0, 0}},
      {"sparse_sigmoid", {[](double x) { return clip(0.5 * (x + 1), 0, 1); }, 0, 3, 0, 0}},
      {"squareplus", {[](double x) { return 0.5 * (x + std::sqrt(x * x + 4)); }, 0, 4, 4, 4}},
      {"hard_swish", {[](double x) { return x * clip(x / 6 + 0.5, 0, 1); }, 1.5, 6, 0, 6}},
  };
  return functions;
}

Bounded apply(const Elementary& e, const Bounded& x, Precision p) {
  Bounded y(x.shape);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double v = x.value[i], d = x.bound[i];
    y.value[i] = e.f(v);
    double spread = e.slope * d;
    if (e.slope == 0 && d > 0)
      spread = std::max(std::fabs(e.f(v + d) - y.value[i]), std::fabs(e.f(v - d) - y.value[i]));
    const double rounding =
        e.relative * (std::fabs(y.value[i]) + spread) + e.absolute + e.input * (std::fabs(v) + d);
    const bool copies = e.relative == 0 && e.absolute == 0 && e.input == 0;
    y.bound[i] = spread + p.u * rounding + (copies ? 0.0 : 2 * p.tiny);
  }
  return y;
}

// One evaluation, not three.
Bounded apply(const SmoothFunction& s, const Bounded& x, Precision p) {
  Bounded y(x.shape);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double v = s.f(x.value[i]), spread = s.spread(v, x.bound[i]);
    y.value[i] = v;
    y.bound[i] = spread + s.rounding(v, spread, p);
  }
  return y;
}

// Keras up to 2.x documents clip(0.2 x + 0.5, 0, 1), Keras 3 relu6(x + 3) / 6. The result
// covers both, so neither is reported.
Bounded hard_sigmoid(const Bounded& x, Precision p) {
  const Elementary old_one{[](double v) { return clip(0.2 * v + 0.5, 0, 1); }, 0, 4, 4, 0};
  const Elementary new_one{[](double v) { return clip(v / 6 + 0.5, 0, 1); }, 0, 4, 4, 0};
  Bounded y = apply(old_one, x, p);
  const Bounded z = apply(new_one, x, p);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double half = 0.5 * std::fabs(y.value[i] - z.value[i]);
    y.value[i] = 0.5 * (y.value[i] + z.value[i]);
    y.bound[i] = half + std::max(y.bound[i], z.bound[i]);
  }
  return y;
}

struct Lines {
  std::size_t count, length, stride;
  std::size_t start(std::size_t line) const {
    return line / stride * stride * length + line % stride;
  }
};

Lines lines_along(const Shape& shape, std::int64_t axis) {
  const auto rank = std::int64_t(shape.size());
  if (axis < 0) axis += rank;
  require(axis >= 0 && axis < rank, "softmax axis out of range");
  Lines lines{1, std::size_t(shape[axis]), 1};
  for (std::int64_t i = axis + 1; i < rank; ++i) lines.stride *= std::size_t(shape[i]);
  lines.count = lines.length == 0 ? 0 : element_count(shape) / lines.length;
  return lines;
}

// One line of a (log) softmax. d log p_i = dx_i - sum_j p_j dx_j.
struct Line {
  double peak = 0, sum = 0, drift = 0;  // max x, sum of exp(x - max), sum of p_j dx_j
};

// `to`: of y, takes exp(x - max) of each element.
Line measure(const Bounded& x, const Lines& lines, std::size_t start, Precision p,
             std::vector<double>& to) {
  Line line{-std::numeric_limits<double>::infinity(), 0, 0};
  for (std::size_t j = 0; j < lines.length; ++j)
    line.peak = std::max(line.peak, x.value[start + j * lines.stride]);
  for (std::size_t j = 0; j < lines.length; ++j) {
    const std::size_t at = start + j * lines.stride;
    const double e = std::exp(x.value[at] - line.peak);
    to[at] = e;
    line.sum += e;
    line.drift += e * (x.bound[at] + p.u * std::fabs(x.value[at] - line.peak));
  }
  line.drift /= line.sum;
  return line;
}

// At least expm1(a) of a >= 0.
double grown(double a) { return a < 0x1p-10 ? a * (1 + a) : std::expm1(a); }

// Sets each element of y, which holds exp(x - max): each(y, position, its line, length of a line).
template <class Each>
Bounded along_lines(const Bounded& x, std::int64_t axis, Precision p, Each each) {
  Bounded y(x.shape);
  const Lines lines = lines_along(x.shape, axis);
  for (std::size_t l = 0; l < lines.count; ++l) {
    const Line line = measure(x, lines, lines.start(l), p, y.value);
    for (std::size_t j = 0; j < lines.length; ++j)
      each(y, lines.start(l) + j * lines.stride, line, double(lines.length));
  }
  return y;
}

}  // namespace

// sigmoid' = y (1 - y), |sigmoid''| <= 1 / (6 sqrt 3); tanh' = 1 - y^2, |tanh''| <= 4 / (3 sqrt 3).
const SmoothFunction* find_smooth(std::string_view name) {
  static const SmoothFunction logistic{sigmoid, 0, 1, 0.0963, kUlps, kUlps},
      tangent{[](double v) { return std::tanh(v); }, -1, 1, 0.77, kUlps, 0};
  return name == "sigmoid" ? &logistic : name == "tanh" ? &tangent : nullptr;
}

Bounded softmax(const Bounded& x, std::int64_t axis, Precision p) {
  return along_lines(x, axis, p, [&](Bounded& y, std::size_t at, const Line& line, double length) {
    const double shifted = x.value[at] - line.peak;
    y.value[at] /= line.sum;
    const double argument = x.bound[at] + p.u * std::fabs(shifted) + line.drift;
    const double rounding = gamma(length + 2 * kUlps + 4, p), more = grown(argument);
    y.bound[at] = y.value[at] * (more + rounding * (1 + more)) + length * p.tiny;
  });
}

Bounded log_softmax(const Bounded& x, std::int64_t axis, Precision p) {
  return along_lines(x, axis, p, [&](Bounded& y, std::size_t at, const Line& line, double length) {
    y.value[at] = x.value[at] - line.peak - std::log(line.sum);
    const double sizes = std::fabs(x.value[at]) + std::fabs(line.peak) + std::log(line.sum);
    y.bound[at] = x.bound[at] + line.drift + 4 * p.u * sizes + gamma(length + 2 * kUlps, p);
  });
}

Bounded relu(const Bounded& x, double negative_slope, double max_value, double threshold,
             Precision p) {
  if (negative_slope == 0 && threshold == 0 && std::isinf(max_value) && max_value > 0)
    return activate("relu", x, p);
  Bounded y(x.shape);
  const double jump = std::fabs(threshold) * std::max(1.0, std::fabs(negative_slope));
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double v = x.value[i], d = x.bound[i];
    y.value[i] = v >= threshold ? std::min(v, max_value) : negative_slope * (v - threshold);
    const bool at_jump = threshold != 0 && std::fabs(v - threshold) <=
                                               d + p.u * (std::fabs(v) + std::fabs(threshold));
    y.bound[i] =
        d * std::max(1.0, std::fabs(negative_slope)) + (at_jump ? jump : 0.0) +
        2 * p.u *
            (v < threshold ? std::fabs(negative_slope) * (std::fabs(v) + std::fabs(threshold))
                           : 0) +
        (v < threshold && negative_slope != 0 ? p.tiny : 0.0) +
        (y.value[i] == max_value ? p.u * max_value : 0.0);
  }
  return y;
}

Bounded elu(const Bounded& x, double alpha, Precision p) {
  Bounded y = apply(table().at("elu"), x, p);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const bool negative = x.value[i] < 0;
    if (negative) y.value[i] *= alpha;
    // Near 0 both branches are within reach.
    y.bound[i] *= std::max(1.0, std::fabs(alpha));
    y.bound[i] += negative ? p.u * std::fabs(y.value[i]) : 0.0;
  }
  return y;
}

// Exact; apart from the table because it is everywhere, and this loop is one that vectorises.
Bounded plain_relu(Bounded x) {
  lines::rectify({x.value.data(), x.bound.data(), x.size()});
  return x;
}

Bounded activate(std::string_view name, Bounded x, Precision p) {
  if (name == "linear") return x;
  if (name == "relu") return plain_relu(std::move(x));
  if (name == "softmax") return softmax(x, -1, p);
  if (name == "log_softmax") return log_softmax(x, -1, p);
  if (name == "sparsemax") return sparsemax(x, -1, p);
  if (name == "glu") return glu(x, -1, p);
  if (name == "hard_sigmoid") return hard_sigmoid(x, p);
  if (const SmoothFunction* smooth = find_smooth(name)) return apply(*smooth, x, p);
  const auto found = table().find(name);
  require(found != table().end(), "no reference for activation " + std::string(name));
  return apply(found->second, x, p);
}

}  // namespace kerasan::reference

// Operations on elements. Accuracy as in reference/ops/activation.cpp: a few units in the last
// place for elementary functions; sums are given the magnitudes of their terms, so that terms may
// be gathered in another order.
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "reference/graph/operation.h"
#include "reference/ops/activation.h"

namespace kerasan::reference::graph {
namespace {

constexpr double kUlps = 8;

using Unary = Known (*)(double v, double d, Precision p);
using Binary = Known (*)(Known a, Known b, Precision p);

// A monotone function, with errors of its own in u relative to the value and to one.
Known monotone(double (*f)(double), double v, double d, double own, Precision p) {
  const double y = f(v);
  const double spread = d == 0 ? 0 : std::max(std::fabs(f(v + d) - y), std::fabs(f(v - d) - y));
  return {y, spread + own + (own == 0 ? 0 : p.tiny)};
}

Known exact(double (*f)(double), double v, double d, Precision p) {
  return monotone(f, v, d, 0, p);
}

Known relative(double (*f)(double), double v, double d, double ulps, Precision p) {
  const Known k = monotone(f, v, d, 0, p);
  return {k.value, k.bound + ulps * p.u * (std::fabs(k.value) + k.bound) + p.tiny};
}

Known times(Known a, Known b, Precision p) {
  const double y = a.value * b.value;
  const double d = a.bound * std::fabs(b.value) + b.bound * std::fabs(a.value) + a.bound * b.bound;
  return {y, d + 2 * p.u * (std::fabs(y) + d) + (p.u > 0 ? p.tiny : 0)};
}

Known plus(Known a, Known b, Precision p) {
  const double d = a.bound + b.bound;
  return {a.value + b.value, d + p.u * (std::fabs(a.value) + std::fabs(b.value) + d)};
}

Known minus(Known a, Known b, Precision p) { return plus(a, {-b.value, b.bound}, p); }

Known divided(Known a, Known b, Precision p) {
  const double least = std::fabs(b.value) - b.bound;
  require(p.u > 0, "a division of integers");
  if (least <= 4 * p.tiny) return Known::unknown();
  const double y = a.value / b.value;
  const double d = (a.bound + std::fabs(y) * b.bound) / least;
  return {y, d + 3 * p.u * (std::fabs(y) + d) + p.tiny};
}

double quiet_log(double v) { return v > 0 ? std::log(v) : -HUGE_VAL; }

const std::map<std::string, Unary, std::less<>>& unary() {
  static const std::map<std::string, Unary, std::less<>> functions{
      {"Neg",
       [](double v, double d, Precision) {
         return Known{-v, d};
       }},
      {"Abs",
       [](double v, double d, Precision) {
         return Known{std::fabs(v), d};
       }},
      {"Square",
       [](double v, double d, Precision p) {
         return times({v, d}, {v, d}, p);
       }},
      {"Relu",
       [](double v, double d, Precision p) {
         return exact([](double x) { return std::max(x, 0.0); }, v, d, p);
       }},
      {"Relu6",
       [](double v, double d, Precision p) {
         return exact([](double x) { return std::min(std::max(x, 0.0), 6.0); }, v, d, p);
       }},
      {"Sign",
       [](double v, double d, Precision p) {
         return exact([](double x) { return x > 0 ? 1.0 : x < 0 ? -1.0 : 0.0; }, v, d, p);
       }},
      {"Floor", [](double v, double d,
                   Precision p) { return exact([](double x) { return std::floor(x); }, v, d, p); }},
      {"Ceil", [](double v, double d,
                  Precision p) { return exact([](double x) { return std::ceil(x); }, v, d, p); }},
      {"Exp",
       [](double v, double d, Precision p) {
         return relative([](double x) { return std::exp(x); }, v, d, kUlps, p);
       }},
      {"Expm1",
       [](double v, double d, Precision p) {
         return relative([](double x) { return std::expm1(x); }, v, d, kUlps, p);
       }},
      {"Log",
       [](double v, double d, Precision p) {
         if (v - d <= p.tiny) return Known::unknown();
         const Known k = relative(quiet_log, v, d, kUlps, p);
         return Known{k.value, k.bound + kUlps * p.u};
       }},
      {"Log1p",
       [](double v, double d, Precision p) {
         if (v - d <= -1 + p.u) return Known::unknown();
         return relative([](double x) { return std::log1p(x); }, v, d, kUlps, p);
       }},
      {"Sqrt",
       [](double v, double d, Precision p) {
         if (v - d < 0) return Known::unknown();
         const Known k = relative([](double x) { return std::sqrt(x); }, v, d, 2, p);
         return Known{k.value, k.bound + (v < p.tiny ? std::sqrt(p.tiny) : 0)};
       }},
      {"Rsqrt",
       [](double v, double d, Precision p) {
         if (v - d <= 4 * p.tiny) return Known::unknown();
         return relative([](double x) { return 1 / std::sqrt(x); }, v, d, kUlps, p);
       }},
      {"Reciprocal",
       [](double v, double d, Precision p) {
         return divided({1, 0}, {v, d}, p);
       }},
      {"Inv",
       [](double v, double d, Precision p) {
         return divided({1, 0}, {v, d}, p);
       }},
      // Larger arguments are reduced less exactly.
      {"Sin",
       [](double v, double d, Precision p) {
         return std::fabs(v) > 100 ? Known::unknown() : Known{std::sin(v), d + kUlps * p.u};
       }},
      {"Cos",
       [](double v, double d, Precision p) {
         return std::fabs(v) > 100 ? Known::unknown() : Known{std::cos(v), d + kUlps * p.u};
       }},
      {"Erf",
       [](double v, double d, Precision p) {
         return Known{std::erf(v), 1.13 * d + kUlps * p.u};
       }},
  };
  return functions;
}

// Functions that the reference of activations has, and their names there.
const std::map<std::string, std::string, std::less<>>& activations() {
  static const std::map<std::string, std::string, std::less<>> names{
      {"Tanh", "tanh"}, {"Sigmoid", "sigmoid"},   {"Elu", "elu"},
      {"Selu", "selu"}, {"Softplus", "softplus"}, {"Softsign", "softsign"}};
  return names;
}

Known by_activation(const std::string& name, Known x, Precision p) {
  Bounded one(Shape{});
  one.value[0] = x.value;
  one.bound[0] = x.bound;
  const Bounded y = activate(name, std::move(one), p);
  return {y.value[0], y.bound[0]};
}

// A function of one number: no number has no value, whatever is known of the rest.
std::vector<Value> apply_unary(const Call& call) {
  const Value& x = call.input(0);
  Value y = make(x.number.shape, x.dtype);
  const Precision p = precision(x.dtype);
  const auto direct = unary().find(call.node.op);
  const auto named = activations().find(call.node.op);
  const double slope = call.number("alpha", 0.2);
  for (std::size_t i = 0; i < y.number.size(); ++i) {
    const Known k = at(x, i);
    if (std::isnan(k.value) || !std::isfinite(k.bound)) {
      set(y, i, std::isnan(k.value) && k.bound == 0 ? k : Known::unknown());
    } else if (!std::isfinite(k.value)) {
      set(y, i, Known::unknown());
    } else if (call.node.op == "LeakyRelu") {
      const Known low = times(k, {slope, 0}, p);
      set(y, i,
          k.value >= 0 ? Known{k.value, std::max(k.bound, k.bound * std::fabs(slope))}
                       : Known{low.value, low.bound + k.bound});
    } else {
      set(y, i,
          direct != unary().end() ? direct->second(k.value, k.bound, p)
                                  : by_activation(named->second, k, p));
    }
  }
  return {std::move(y)};
}

Known larger(Known a, Known b, Precision) {
  if (std::isnan(a.value) || std::isnan(b.value)) return Known::unknown();  // which, is not said
  return {std::max(a.value, b.value), std::max(a.bound, b.bound)};
}

Known smaller(Known a, Known b, Precision) {
  if (std::isnan(a.value) || std::isnan(b.value)) return Known::unknown();
  return {std::min(a.value, b.value), std::max(a.bound, b.bound)};
}

Known power(Known a, Known b, Precision p) {
  if (p.u == 0) {
    require(b.value >= 0, "a negative power of an integer");
    return {std::pow(a.value, b.value), 0};
  }
  if (a.value - a.bound <= p.tiny) {
    const bool whole = b.bound == 0 && b.value == std::trunc(b.value) && std::fabs(b.value) < 64;
    if (a.bound > 0 || !whole || (a.value == 0 && b.value <= 0)) return Known::unknown();
  }
  const double y = std::pow(a.value, b.value);
  if (a.value == 0) return {y, p.tiny};
  const double size = std::fabs(std::log(std::fabs(a.value)));
  const double least = std::fabs(a.value) - a.bound;
  const double error = std::fabs(b.value) * a.bound / least + (size + 1) * b.bound +
                       kUlps * p.u * (1 + std::fabs(b.value) * size);
  return {y, std::fabs(y) * std::expm1(error) + p.tiny};
}

Known squared_difference(Known a, Known b, Precision p) {
  const Known d = minus(a, b, p);
  return times(d, d, p);
}

Known or_zero(Known a, Known b, Precision p) {
  if (b.value == 0 && b.bound == 0) return {0, 0};
  return divided(a, b, p);
}

// What NaN compares as is left open.
template <class Holds>
Known compared(Known a, Known b, Precision) {
  if (std::isnan(a.value) || std::isnan(b.value)) return Known::unknown();
  const double d = a.bound + b.bound;
  if (d > 0 && std::fabs(a.value - b.value) <= d) return Known::unknown();
  return {Holds{}(a.value, b.value) ? 1.0 : 0.0, 0};
}

// False and anything is false; true or anything is true.
template <bool kDecides>
Known logical(Known a, Known b, Precision) {
  for (const Known k : {a, b})
    if (k.bound == 0 && (k.value != 0) == kDecides) return {kDecides ? 1.0 : 0.0, 0};
  return a.bound + b.bound > 0 ? Known::unknown() : Known{kDecides ? 0.0 : 1.0, 0};
}

struct TwoArguments {
  Binary f;
  bool arithmetic;  // NaN of either is NaN of the result
  bool truth;       // the result is a truth value
};

const std::map<std::string, TwoArguments, std::less<>>& binary() {
  static const std::map<std::string, TwoArguments, std::less<>> functions{
      {"Add", {plus, true, false}},
      {"AddV2", {plus, true, false}},
      {"Sub", {minus, true, false}},
      {"Mul", {times, true, false}},
      {"Div", {divided, true, false}},
      {"RealDiv", {divided, true, false}},
      {"DivNoNan", {or_zero, false, false}},
      {"Pow", {power, false, false}},
      {"SquaredDifference", {squared_difference, true, false}},
      {"Maximum", {larger, false, false}},
      {"Minimum", {smaller, false, false}},
      {"Greater", {compared<std::greater<>>, false, true}},
      {"GreaterEqual", {compared<std::greater_equal<>>, false, true}},
      {"Less", {compared<std::less<>>, false, true}},
      {"LessEqual", {compared<std::less_equal<>>, false, true}},
      {"Equal", {compared<std::equal_to<>>, false, true}},
      {"NotEqual", {compared<std::not_equal_to<>>, false, true}},
      {"LogicalAnd", {logical<false>, false, true}},
      {"LogicalOr", {logical<true>, false, true}},
  };
  return functions;
}

Known apply(const TwoArguments& two, Known a, Known b, Precision p) {
  const bool open_a = !std::isfinite(a.bound), open_b = !std::isfinite(b.bound);
  const bool nan_a = std::isnan(a.value) && a.bound == 0,
             nan_b = std::isnan(b.value) && b.bound == 0;
  if (two.arithmetic && (nan_a || nan_b)) return Known::nan();
  if (two.f == logical<true> || two.f == logical<false>) return two.f(a, b, p);
  if (open_a || open_b || std::isinf(a.value) || std::isinf(b.value)) return Known::unknown();
  if (!two.truth && (nan_a || nan_b)) return Known::unknown();
  return two.f(a, b, p);
}

Value combine(const TwoArguments& two, const Value& a, const Value& b) {
  const Shape shape = common_shape(a.number.shape, b.number.shape);
  Value y = make(shape, two.truth ? DType::kBool : a.dtype);
  const auto from_a = source_index(a.number.shape, shape);
  const auto from_b = source_index(b.number.shape, shape);
  const Precision p = precision(a.dtype);
  for (std::size_t i = 0; i < y.number.size(); ++i)
    set(y, i, apply(two, at(a, from_a[i]), at(b, from_b[i]), p));
  return y;
}

std::vector<Value> apply_binary(const Call& call) {
  return {combine(binary().find(call.node.op)->second, call.input(0), call.input(1))};
}

std::vector<Value> add_n(const Call& call) {
  Value sum = call.input(0);
  for (std::size_t i = 1; i < call.inputs.size(); ++i)
    sum = combine(binary().at("Add"), sum, call.inputs[i]);
  return {std::move(sum)};
}

std::vector<Value> bias_add(const Call& call) {
  const auto format = call.node.attributes.find("data_format");
  require(format == call.node.attributes.end() || format->second.text.value_or("NHWC") == "NHWC",
          "channels first");
  require(call.input(1).number.shape.size() == 1, "a bias that is no vector");
  return {combine(binary().at("Add"), call.input(0), call.input(1))};
}

std::vector<Value> logical_not(const Call& call) {
  Value y = call.input(0);
  for (std::size_t i = 0; i < y.number.size(); ++i)
    if (y.number.bound[i] == 0) y.number.value[i] = y.number.value[i] == 0 ? 1 : 0;
  return {std::move(y)};
}

std::vector<Value> is_nan(const Call& call) {
  const Value& x = call.input(0);
  Value y = make(x.number.shape, DType::kBool);
  for (std::size_t i = 0; i < y.number.size(); ++i)
    set(y, i,
        std::isfinite(x.number.bound[i]) ? Known{std::isnan(x.number.value[i]) ? 1.0 : 0.0, 0}
                                         : Known::unknown());
  return {std::move(y)};
}

// The condition is a scalar, of the shape of the others, or (of old) one for each row.
std::vector<Value> select(const Call& call) {
  const Value &condition = call.input(0), &yes = call.input(1), &no = call.input(2);
  Shape of_condition = condition.number.shape;
  const Shape shape =
      call.node.op == "Select"
          ? yes.number.shape
          : common_shape(common_shape(yes.number.shape, no.number.shape), of_condition);
  if (call.node.op == "Select" && of_condition.size() == 1) of_condition.resize(shape.size(), 1);
  Value y = make(shape, yes.dtype);
  const auto c = source_index(of_condition, shape);
  const auto from_yes = source_index(yes.number.shape, shape);
  const auto from_no = source_index(no.number.shape, shape);
  for (std::size_t i = 0; i < y.number.size(); ++i) {
    const Known k = at(condition, c[i]), a = at(yes, from_yes[i]), b = at(no, from_no[i]);
    Known chosen = k.value != 0 ? a : b;
    if (k.bound > 0) chosen = {a.value, std::max(a.bound, std::fabs(a.value - b.value) + b.bound)};
    if (k.bound > 0 && (std::isnan(a.value) || std::isnan(b.value))) chosen = Known::unknown();
    y.number.value[i] = chosen.value;  // moved, not computed: infinities stay
    y.number.bound[i] = chosen.bound;
  }
  return {std::move(y)};
}

Known cast_one(Known k, DType from, DType to) {
  if (!is_float(to) && to != DType::kBool && is_float(from)) {
    if (std::isnan(k.value) || std::isinf(k.value)) return Known::unknown();
    return exact([](double x) { return std::trunc(x); }, k.value, k.bound, {});
  }
  if (to == DType::kBool) {
    if (std::isnan(k.value)) return Known::unknown();
    if (k.bound > 0 && std::fabs(k.value) <= k.bound) return Known::unknown();
    return {k.value != 0 ? 1.0 : 0.0, 0};
  }
  if (!is_float(to) || std::isnan(k.value)) return k;
  const double rounded = Tensor::from_doubles(to, {}, std::vector<double>{k.value}).to_doubles()[0];
  if (k.bound == 0) return {rounded, 0};
  const Precision p = precision(to);
  return {k.value, k.bound + p.u * (std::fabs(k.value) + k.bound) + p.tiny};
}

std::vector<Value> cast(const Call& call) {
  const Value& x = call.input(0);
  Value y = make(x.number.shape, call.type("DstT"));
  for (std::size_t i = 0; i < y.number.size(); ++i) {
    const Known k = at(x, i);
    set(y, i, std::isfinite(k.bound) ? cast_one(k, x.dtype, y.dtype) : Known::unknown());
  }
  return {std::move(y)};
}

const OperationRegistrar one_argument{
    {"Neg",   "Abs",  "Square",  "Relu", "Relu6", "Sign",     "Floor",      "Ceil",     "Exp",
     "Expm1", "Log",  "Log1p",   "Sqrt", "Rsqrt", "Inv",      "Reciprocal", "Sin",      "Cos",
     "Erf",   "Tanh", "Sigmoid", "Elu",  "Selu",  "Softplus", "Softsign",   "LeakyRelu"},
    &apply_unary};
const OperationRegistrar two_arguments{
    {"Add", "AddV2", "Sub", "Mul", "Div", "RealDiv", "DivNoNan", "Pow", "SquaredDifference",
     "Maximum", "Minimum", "Greater", "GreaterEqual", "Less", "LessEqual", "Equal", "NotEqual",
     "LogicalAnd", "LogicalOr"},
    &apply_binary};
const OperationRegistrar sums{{"AddN"}, &add_n};
const OperationRegistrar biases{{"BiasAdd"}, &bias_add};
const OperationRegistrar negations{{"LogicalNot"}, &logical_not};
const OperationRegistrar nans{{"IsNan"}, &is_nan};
const OperationRegistrar selections{{"Select", "SelectV2"}, &select};
const OperationRegistrar casts{{"Cast"}, &cast};

}  // namespace
}  // namespace kerasan::reference::graph

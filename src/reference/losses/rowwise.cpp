#include "reference/losses/rowwise.h"

#include <algorithm>
#include <cmath>

namespace kerasan::reference {

Interval range_of(const Scalar& f, double target, double p, double bound) {
  const double at = f(target, p);
  Interval r{at, at};
  if (bound == 0) return r;
  for (double q : {p - bound, p + bound}) {
    const double v = f(target, q);
    r.lo = std::min(r.lo, v);
    r.hi = std::max(r.hi, v);
  }
  if (std::abs(target - p) <= bound) r.lo = std::min(r.lo, f(target, target));
  return r;
}

bool same_elements(const LossCall& call) {
  if (call.y_true.shape == call.y_pred.shape) return true;
  if (call.y_pred.shape.size() == 1 && call.y_true.shape == Shape{call.y_pred.shape[0], 1})
    return true;
  if (call.y_pred.shape.empty() || call.y_pred.shape.back() != 1) return false;
  return Shape(call.y_pred.shape.begin(), call.y_pred.shape.end() - 1) == call.y_true.shape;
}

LossRows shape_mismatch(const LossCall& call) {
  LossRows out;
  out.not_checked = NotChecked{"targets " + shape_text(call.y_true.shape) +
                               " against predictions " + shape_text(call.y_pred.shape)};
  return out;
}

Bounded empty_rows(const LossCall& call) {
  Shape shape = call.y_pred.shape;
  if (!shape.empty()) shape.pop_back();
  return Bounded(shape);
}

LossRows rowwise(const LossCall& call, Reduce reduce, double rounding, const Scalar& f) {
  if (!same_elements(call) || call.y_pred.shape.empty()) return shape_mismatch(call);
  LossRows out{empty_rows(call), std::nullopt};
  const auto n =
      static_cast<std::size_t>(call.y_pred.size() / std::max<std::size_t>(1, out.rows.size()));
  const double u = unit_roundoff(call.precision);
  for (std::size_t row = 0; row < out.rows.size(); ++row) {
    double sum = 0, magnitude = 0, spread = 0;
    for (std::size_t k = row * n; k < (row + 1) * n; ++k) {
      const double v = f(call.y_true.value[k], call.y_pred.value[k]);
      const Interval r =
          range_of(f, call.y_true.value[k], call.y_pred.value[k], call.y_pred.bound[k]);
      sum += v;
      magnitude += std::abs(v);
      spread += std::max(r.hi - v, v - r.lo);
    }
    const double scale = reduce == Reduce::kMean ? 1.0 / static_cast<double>(n) : 1.0;
    out.rows.value[row] = sum * scale;
    out.rows.bound[row] =
        scale * (spread + gamma(static_cast<double>(n) + rounding, u) * magnitude);
  }
  return out;
}

std::optional<Bounded> axis_last(const Bounded& values, std::int64_t axis) {
  const auto rank = static_cast<std::int64_t>(values.shape.size());
  if (axis < 0) axis += rank;
  if (axis < 0 || axis >= rank) return std::nullopt;
  if (axis == rank - 1) return values;
  Shape shape = values.shape;
  shape.erase(shape.begin() + axis);
  shape.push_back(values.shape[static_cast<std::size_t>(axis)]);
  Bounded out(shape);
  std::size_t inner = 1, n = static_cast<std::size_t>(shape.back());
  for (auto k = static_cast<std::size_t>(axis) + 1; k < values.shape.size(); ++k)
    inner *= static_cast<std::size_t>(values.shape[k]);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t outer = i / (inner * n), k = i / inner % n, rest = i % inner;
    out.value[(outer * inner + rest) * n + k] = values.value[i];
    out.bound[(outer * inner + rest) * n + k] = values.bound[i];
  }
  return out;
}

std::optional<LossCall> features_last(const LossCall& call, bool targets) {
  const auto axis = static_cast<std::int64_t>(number(call.config, "axis", -1));
  if (axis == -1) return call;
  LossCall moved = call;
  const auto pred = axis_last(call.y_pred, axis), truth = axis_last(call.y_true, axis);
  if (!pred || (targets && !truth)) return std::nullopt;
  moved.y_pred = *pred;
  if (targets) moved.y_true = *truth;
  moved.config["axis"] = -1;
  return moved;
}

bool flag(const nlohmann::json& config, const char* name) {
  const auto it = config.find(name);
  return it != config.end() && it->is_boolean() && it->get<bool>();
}

double number(const nlohmann::json& config, const char* name, double otherwise) {
  const auto it = config.find(name);
  return it != config.end() && it->is_number() ? it->get<double>() : otherwise;
}

}  // namespace kerasan::reference

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
  const auto n = static_cast<std::size_t>(call.y_pred.shape.back());
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

bool flag(const nlohmann::json& config, const char* name) {
  const auto it = config.find(name);
  return it != config.end() && it->is_boolean() && it->get<bool>();
}

double number(const nlohmann::json& config, const char* name, double otherwise) {
  const auto it = config.find(name);
  return it != config.end() && it->is_number() ? it->get<double>() : otherwise;
}

}  // namespace kerasan::reference

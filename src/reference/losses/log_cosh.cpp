// mean of log(cosh(p - t)) = |x| + log1p(exp(-2|x|)) - log 2.
#include <algorithm>
#include <cmath>

#include "reference/losses/rowwise.h"
#include "reference/losses/slope.h"
#include "reference/ranged.h"

namespace kerasan::reference {
namespace {

LossRows apply(const LossCall& call) {
  if (!same_elements(call) || call.y_pred.shape.empty()) return shape_mismatch(call);
  LossRows out{empty_rows(call), std::nullopt};
  const double u = unit_roundoff(call.precision);
  const std::size_t n = call.y_pred.size() / std::max<std::size_t>(1, out.rows.size());
  const auto f = [](double x) { return x + std::log1p(std::exp(-2 * x)) - std::log(2.0); };
  for (std::size_t r = 0; r < out.rows.size(); ++r) {
    RangedSum sum;
    for (std::size_t k = r * n; k < (r + 1) * n; ++k) {
      const Ranged d = at(call.y_pred, k) - at(call.y_true, k);
      const double x = std::abs(d.value);
      const Ranged there(std::max(x - d.bound(), 0.0), x, x + d.bound());
      // Near zero the terms cancel: their own roundings stay.
      sum.add(widened(rising(there, f), (kElementary + 4) * u * (x + std::log(2.0))));
    }
    const Ranged mean = sum.result(u, 2) * (1.0 / static_cast<double>(n));
    out.rows.value[r] = mean.value;
    out.rows.bound[r] = mean.bound();
  }
  return out;
}

const LossRegistrar registrar{"LogCosh", &apply};

// tanh, as 1 - 2 sigmoid(-2 x).
LossGradient reverse(const LossGradientCall& call) {
  return rowwise_gradient(call.loss, Reduce::kMean, kElementary + 4, convex([](double t, double p) {
                            const double slope = std::tanh(p - t);
                            return Sides{slope, slope, 3};
                          }));
}

const LossGradientRegistrar gradient{"LogCosh", &reverse};

}  // namespace
}  // namespace kerasan::reference

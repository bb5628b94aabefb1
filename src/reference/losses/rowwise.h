// Shared shape of most losses: a function of (target, prediction), averaged or summed over
// the last axis.
#pragma once

#include <functional>

#include "reference/loss.h"

namespace kerasan::reference {

// Relative error allowed for one elementary function (log, exp): 4 ulps, i.e. 8u.
inline constexpr double kElementary = 8;

// f(t, p) with p in [lo, hi]. `f` must be monotone or convex in p with its minimum at p == t
// (every loss that uses this is), so its range is taken at lo, hi and t.
struct Interval {
  double lo = 0;
  double hi = 0;
};
using Scalar = std::function<double(double target, double prediction)>;
Interval range_of(const Scalar& f, double target, double p, double bound);

enum class Reduce { kMean, kSum };

// Targets of the prediction's shape, or of its shape without a last axis of size 1.
bool same_elements(const LossCall& call);
LossRows shape_mismatch(const LossCall& call);
// `rounding`: relative rounding error of one evaluation of f, in units of u.
LossRows rowwise(const LossCall& call, Reduce reduce, double rounding, const Scalar& f);
Bounded empty_rows(const LossCall& call);
// The call with the axis that the config names moved to the end; nullopt for a missing axis.
std::optional<LossCall> features_last(const LossCall& call, bool targets = true);
std::optional<Bounded> axis_last(const Bounded& values, std::int64_t axis);
bool flag(const nlohmann::json& config, const char* name);
double number(const nlohmann::json& config, const char* name, double otherwise);

}  // namespace kerasan::reference

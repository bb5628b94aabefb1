// MaxNorm, UnitNorm and MinMaxNorm, as documented.
#include "reference/constraints/norms.h"

namespace kerasan::reference {
namespace {

// A run of the constraint rounds each weight: norms recomputed from them may exceed the limit by
// the roundings of norm, quotient and product, which `norm.bound` holds once for the recomputed
// one.
Approx widened(const Approx& limit, const Approx& norm) {
  Approx wide = limit;
  wide.bound += norm.bound + 8 * norm.u * limit.high();
  return wide;
}

ConstraintResult max_norm(const ConstraintCall& call) {
  const Norms norms(call);
  const Approx most = norms.number(call, "max_value", 2);
  std::vector<Approx> wanted;
  ConstraintResult result;
  for (std::size_t g = 0; g < norms.count(); ++g) {
    const Approx& norm = norms.norm(g);
    wanted.push_back(norm.value < most.value ? norm : most);
    wanted.back().bound = std::max(norm.bound, most.bound);
    if (result.broken.empty()) result.broken = above(norm, widened(most, norm));
  }
  result.value = norms.scaled(call, wanted);
  return result;
}

// Zeros stay zeros and very small weights stay short of the norm, so that only too large a norm
// tells that the constraint was not kept.
ConstraintResult unit_norm(const ConstraintCall& call) {
  const Norms norms(call);
  const Approx one = norms.exact(1);
  ConstraintResult result;
  for (std::size_t g = 0; g < norms.count() && result.broken.empty(); ++g)
    result.broken = above(norms.norm(g), widened(one, norms.norm(g)));
  result.value = norms.scaled(call, std::vector<Approx>(norms.count(), one));
  return result;
}

// (1 - rate) norm + rate clip(norm, min, max).
ConstraintResult min_max_norm(const ConstraintCall& call) {
  const Norms norms(call);
  const Approx least = norms.number(call, "min_value", 0),
               most = norms.number(call, "max_value", 1), rate = norms.number(call, "rate", 1);
  std::vector<Approx> wanted;
  ConstraintResult result;
  for (std::size_t g = 0; g < norms.count(); ++g) {
    const Approx& norm = norms.norm(g);
    Approx inside = norm.value < least.value ? least : norm.value > most.value ? most : norm;
    inside.bound = std::max({norm.bound, least.bound, most.bound});
    const bool strict = rate.value == 1;
    wanted.push_back(strict ? inside : (norms.exact(1) - rate) * norm + rate * inside);
    if (strict && result.broken.empty()) result.broken = above(norm, widened(most, norm));
  }
  result.value = norms.scaled(call, wanted);
  return result;
}

const ConstraintRegistrar max_class{"MaxNorm", &constrained<max_norm>};
const ConstraintRegistrar unit_class{"UnitNorm", &constrained<unit_norm>};
const ConstraintRegistrar min_max_class{"MinMaxNorm", &constrained<min_max_norm>};

}  // namespace
}  // namespace kerasan::reference

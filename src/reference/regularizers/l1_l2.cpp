// l1 sum |w| + l2 sum w^2, as documented for L1, L2 and L1L2.
#include "reference/regularizers/regularized.h"

namespace kerasan::reference {
namespace {

RegularizerResult penalty(const RegularizerCall& call, double l1, double l2) {
  const Precision p = precision_of(call.precision);
  Approx total = Approx::exact(0, p);
  if (l1 != 0)
    total = total + weighted_sum(call, l1, [](Approx w) {
              w.value = std::abs(w.value);
              return w;
            });
  if (l2 != 0) total = total + weighted_sum(call, l2, [](const Approx& w) { return w * w; });
  RegularizerResult result{total.value, total.bound, Bounded(call.variable.shape), {}};
  // The subgradient of |w| at 0 is taken as 0, as sign(w) is.
  for (std::size_t k = 0; k < call.variable.size(); ++k) {
    const Approx w{call.variable.value[k], call.variable.bound[k], p.u, p.tiny};
    const double sign = w.value > 0 ? 1 : w.value < 0 ? -1 : 0;
    const double unsure = std::abs(w.value) <= w.bound && w.bound > 0 ? 2 : 0;
    const Approx slope =
        Approx::rounded(l1, p) * Approx{sign, unsure, p.u, p.tiny} + Approx::rounded(2 * l2, p) * w;
    result.gradient->value[k] = slope.value;
    result.gradient->bound[k] = slope.bound;
  }
  return result;
}

RegularizerResult l1(const RegularizerCall& call) {
  return penalty(call, get_number(call.config, "l1", 0.01), 0);
}
RegularizerResult l2(const RegularizerCall& call) {
  return penalty(call, 0, get_number(call.config, "l2", 0.01));
}
RegularizerResult both(const RegularizerCall& call) {
  return penalty(call, get_number(call.config, "l1", 0), get_number(call.config, "l2", 0));
}

// By their names alone (kernel_regularizer="l2") all factors are 0.01.
RegularizerResult named(const RegularizerCall& call) { return penalty(call, 0.01, 0.01); }

const RegularizerRegistrar l1_class{"L1", &regularized<l1>}, l1_name{"l1", &regularized<l1>};
const RegularizerRegistrar l2_class{"L2", &regularized<l2>}, l2_name{"l2", &regularized<l2>};
const RegularizerRegistrar both_class{"L1L2", &regularized<both>},
    both_name{"l1_l2", &regularized<named>};

}  // namespace
}  // namespace kerasan::reference

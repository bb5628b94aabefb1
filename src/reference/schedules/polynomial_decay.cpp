// (initial - end) (1 - step / decay_steps)^power + end, as documented; with `cycle` the period
// grows to the next multiple of decay_steps.
#include "reference/schedules/schedule.h"

namespace kerasan::reference {
namespace {

Approx rate(const Schedule& s) {
  const Approx period = s.number("decay_steps"), end = s.number("end_learning_rate", 1e-4);
  Approx passed = s.step, whole = period;
  if (s.flag("cycle")) {
    if (s.step.value > 0) whole = period * whole_above(s.step / period);
  } else if (passed.value > period.value) {
    passed = period;
  }
  const Approx left = s.exact(1) - passed / whole;
  const Approx exponent = s.number("power", 1);
  const Approx range = s.number("initial_learning_rate") - end;
  // A base of about zero: only its size is known.
  if (!(left.value - left.bound > 0)) {
    require(exponent.value > 0, "power of about zero");
    const double most =
        std::pow(std::max(0.0, left.value + left.bound), exponent.value - exponent.bound);
    return range * Approx{0, most, left.u, left.tiny} + end;
  }
  return range * power(left, exponent) + end;
}

const ScheduleRegistrar registrar{"PolynomialDecay", &scheduled<rate>};

}  // namespace
}  // namespace kerasan::reference

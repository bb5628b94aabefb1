// initial_learning_rate decay_rate ^ (step / decay_steps), as documented.
#include "reference/schedules/schedule.h"

namespace kerasan::reference {
namespace {

Approx rate(const Schedule& s) {
  return s.number("initial_learning_rate") * power(s.number("decay_rate"), s.periods());
}

const ScheduleRegistrar registrar{"ExponentialDecay", &scheduled<rate>};

}  // namespace
}  // namespace kerasan::reference

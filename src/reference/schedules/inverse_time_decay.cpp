// initial_learning_rate / (1 + decay_rate step / decay_steps), as documented.
#include "reference/schedules/schedule.h"

namespace kerasan::reference {
namespace {

Approx rate(const Schedule& s) {
  return s.number("initial_learning_rate") / (s.exact(1) + s.number("decay_rate") * s.periods());
}

const ScheduleRegistrar registrar{"InverseTimeDecay", &scheduled<rate>};

}  // namespace
}  // namespace kerasan::reference

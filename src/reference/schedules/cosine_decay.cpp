// Loshchilov & Hutter 2016; a linear rise to warmup_target first, where one is given.
#include <numbers>

#include "reference/schedules/schedule.h"

namespace kerasan::reference {
namespace {

Approx rate(const Schedule& s) {
  const Approx initial = s.number("initial_learning_rate"), period = s.number("decay_steps");
  Approx from = initial, passed = s.step;
  if (s.has("warmup_target")) {
    const Approx warmup = s.number("warmup_steps", 0);
    from = s.number("warmup_target");
    if (s.step.value < warmup.value) return initial + (from - initial) * (s.step / warmup);
    passed = s.step - warmup;
  }
  if (passed.value > period.value) passed = period;
  const Approx angle =
      Approx::rounded(std::numbers::pi, precision_of(DType::kFloat32)) * (passed / period);
  // |cos'| <= 1.
  const Approx cosine{std::cos(angle.value), angle.bound + kElementary * angle.u, angle.u,
                      angle.tiny};
  const Approx half = s.exact(0.5) * (s.exact(1) + cosine), alpha = s.number("alpha", 0);
  return from * ((s.exact(1) - alpha) * half + alpha);
}

const ScheduleRegistrar registrar{"CosineDecay", &scheduled<rate>};

}  // namespace
}  // namespace kerasan::reference

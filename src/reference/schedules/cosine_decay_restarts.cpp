// Loshchilov & Hutter 2016 with warm restarts: period i is t_mul^i times as long as the first and
// starts at m_mul^i times the first rate.
#include <numbers>

#include "reference/schedules/schedule.h"

namespace kerasan::reference {
namespace {

constexpr int kMostPeriods = 100000;

Approx rate(const Schedule& s) {
  const Approx first = s.number("first_decay_steps");
  const Approx longer = s.number("t_mul", 2), smaller = s.number("m_mul", 1);
  require(first.value > 0 && longer.value >= 1, "periods that shrink");
  // The period at hand is found by subtraction in float64; implementations take a logarithm in
  // float32, so near a restart the period itself is not sure.
  double began = 0, length = first.value;
  int period = 0;
  while (s.step.value >= began + length && period < kMostPeriods) {
    began += length;
    length *= longer.value;
    ++period;
  }
  require(period < kMostPeriods, "too many restarts");
  const double passed = s.step.value - began;
  // The logarithm is wrong by less than kElementary + 4 roundings of the whole; step / first is one
  // of three such terms.
  const double unsure = 16 * (kElementary + 4) * s.step.u * (s.step.value + first.value);
  const bool edge = (period > 0 && passed <= unsure) || length - passed <= unsure;
  require(!edge || longer.value == 1, "at a restart of the schedule");
  if (longer.value == 1) {
    const double distance =
        std::abs(s.step.value / first.value - std::round(s.step.value / first.value));
    require(distance == 0 || distance > 4 * s.step.u * s.step.value / first.value,
            "at a restart of the schedule");
  }
  // The fraction of the period is (step - began) / length, or what remains of a logarithm of it.
  Approx fraction =
      Approx{passed, unsure, s.step.u, s.step.tiny} / Approx{length, unsure, s.step.u, s.step.tiny};
  const Approx angle = Approx::rounded(std::numbers::pi, precision_of(DType::kFloat32)) * fraction;
  const Approx cosine{std::cos(angle.value), angle.bound + kElementary * angle.u, angle.u,
                      angle.tiny};
  const Approx fall = power(smaller, Schedule::exact(period));
  const Approx alpha = s.number("alpha", 0);
  const Approx half = s.exact(0.5) * fall * (s.exact(1) + cosine);
  return s.number("initial_learning_rate") * ((s.exact(1) - alpha) * half + alpha);
}

const ScheduleRegistrar registrar{"CosineDecayRestarts", &scheduled<rate>};

}  // namespace
}  // namespace kerasan::reference

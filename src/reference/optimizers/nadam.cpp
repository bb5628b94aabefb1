// Nadam (Dozat 2016): Adam with Nesterov momentum and a momentum schedule.
#include "reference/optimizers/elementwise.h"

namespace kerasan::reference {
namespace {

constexpr std::int64_t kMostSteps = 1000000;  // of the product below

// The schedule beta_1 (1 - 0.96^(speed t) / 2), and its product up to step t.
class Momentum {
 public:
  Momentum(const Step& step, double speed) : step_(step), speed_(speed) {}
  Approx at(std::int64_t t) const {
    const Approx exponent = Approx::rounded(speed_ * static_cast<double>(t), step_.precision);
    const Approx base = Approx::rounded(0.96, precision_of(DType::kFloat32));
    return step_.hyper("beta_1", 0.9) * (step_.exact(1) - step_.exact(0.5) * power(base, exponent));
  }
  Approx product(std::int64_t t) const {
    Approx all = step_.exact(1);
    for (std::int64_t k = 1; k <= t && all.high() > step_.precision.tiny; ++k) all = all * at(k);
    return all;
  }

 private:
  const Step& step_;
  double speed_;
};

UpdateVariant form(const Step& s, double speed) {
  const Approx rate = s.hyper("learning_rate", 0);  // what early releases call decay is the speed
  const Approx b1 = s.hyper("beta_1", 0.9), b2 = s.hyper("beta_2", 0.999),
               epsilon = s.hyper("epsilon", 1e-7);
  const Bounded g = s.gradient_by("m", b1), m = s.slot("m"), v = s.slot("v");
  const Approx one = s.exact(1), c2 = one - power(b2, s.count());
  const Momentum momentum(s, speed);
  const std::int64_t t = s.call.iteration + 1;
  const Approx now = momentum.at(t), next = momentum.at(t + 1), product = momentum.product(t);
  UpdateVariant out{
      speed < 1 ? "momentum schedule of 0.96^(0.004 t)" : "momentum schedule of 0.96^t",
      {},
      {},
      {},
      true};
  const Bounded mean_now =
      s.each([&](std::size_t k) { return average(s.at(m, k), s.at(g, k), b1); });
  if (s.call.gradient)
    out.slots["m"] = mean_now;
  else
    out.implied = g;
  out.slots["v"] =
      s.each([&](std::size_t k) { return average(s.at(v, k), s.at(g, k) * s.at(g, k), b2); });
  const Bounded first = s.slot_after("m", mean_now), second = s.slot_after("v", out.slots["v"]);
  const Approx of_gradient = (one - now) / (one - product), of_mean = next / (one - product * next);
  out.after = s.each([&](std::size_t k) {
    const Approx mean = of_gradient * s.at(g, k) + of_mean * s.at(first, k);
    return s.weight(k) - rate * mean / (root(s.at(second, k) / c2) + epsilon);
  });
  return out;
}

UpdateResult nadam(const Step& s) {
  require(s.call.iteration < kMostSteps, "the product of momentums is too long");
  const double decay = s.call.number("decay", 0);
  return {{form(s, decay > 0 ? decay : 0.004), form(s, 1)}, {}};
}

const OptimizerRegistrar registrar{"Nadam", &stepped<nadam>};

}  // namespace
}  // namespace kerasan::reference

#include "reference/optimizers/elementwise.h"

#include <cmath>

namespace kerasan::reference {

Step::Step(const UpdateCall& c) : call(c), precision(precision_of(c.precision)) {
  require(is_float(c.precision), "precision of the variable");
  require(c.hyper.count("learning_rate") > 0, "the learning rate is not known");
  rate = hyper("learning_rate", 0);
  // Keras 1 and tf.keras before 2.11: rate / (1 + decay * iterations).
  if (const double decay = c.number("decay", 0); decay > 0)
    rate = rate / (exact(1) + hyper("decay", 0) * exact(static_cast<double>(c.iteration)));
  // Loshchilov & Hutter 2019, with Keras's scaling by the learning rate.
  if (const double decay = c.number("weight_decay", 0); decay != 0 && c.decays)
    decay_ = hyper("weight_decay", 0) * rate;
}

Approx Step::hyper(const std::string& name, double otherwise) const {
  const double value = call.number(name, otherwise);
  // Held in float32, and rounded to the precision of a variable of half precision.
  const double u = std::max(unit_roundoff(DType::kFloat32), half() ? precision.u : 0);
  const double subnormal = half() ? 2 * precision.u * precision.tiny : 0;
  return {value, u * std::abs(value) + subnormal, precision.u, precision.tiny};
}

const Bounded& Step::slot(const std::string& name, double initial) const {
  if (const auto found = call.slots_before.find(name); found != call.slots_before.end()) {
    require(found->second.shape == call.before.shape, "slot " + name + " has another shape");
    return found->second;
  }
  require(observed(name), "slot " + name + " was not recorded");
  Bounded& created = made_.emplace_back(call.before.shape);
  created.value.assign(created.value.size(), initial);
  created.bound.assign(created.bound.size(), unit_roundoff(DType::kFloat32) * std::abs(initial));
  return created;
}

Bounded Step::slot_after(const std::string& name, const Bounded& computed) const {
  const auto found = call.slots_after.find(name);
  if (found == call.slots_after.end()) return computed;
  Bounded held = found->second;  // a fused kernel may go on with the value before rounding
  for (std::size_t k = 0; k < held.size(); ++k)
    held.bound[k] += precision.u * std::abs(held.value[k]) + precision.tiny;
  return held;
}

Approx Step::sum_of_squares(const Bounded& x) const {
  double sum = 0, carried = 0;
  for (std::size_t k = 0; k < x.size(); ++k) {
    sum += x.value[k] * x.value[k];
    carried += x.bound[k] * (2 * std::abs(x.value[k]) + x.bound[k]);
  }
  const double n = static_cast<double>(x.size());
  return {sum, carried + gamma(n + 1, precision.u) * (sum + carried) + n * precision.tiny,
          precision.u, precision.tiny};
}

const Bounded& Step::gradient_by(const std::string& mean, const Approx& beta) const {
  if (call.gradient) return *call.gradient;
  require(observed(mean), "the gradient is not known");
  const Bounded &before = slot(mean), after = slot_after(mean, {});
  return made_.emplace_back(
      each([&](std::size_t k) { return averaged(at(before, k), at(after, k), beta); }));
}

Approx averaged(const Approx& before, const Approx& after, const Approx& beta) {
  const double rest = 1 - beta.value;
  if (!(std::abs(rest) > beta.bound)) return {0, detail::unknown(), after.u, after.tiny};
  const double x = (after.value - beta.value * before.value) / rest;
  Approx guess{x, 0, after.u, after.tiny};
  // |x' - x| (1 - beta) <= error of the average itself, whose terms hold x' too: one correction.
  const double error = average(before, guess, beta).bound + after.bound;
  const double least =
      std::abs(rest) - beta.bound - gamma(4, after.u) * (std::abs(rest) + beta.bound);
  return least > 0 ? Approx{x, error / least, after.u, after.tiny}
                   : Approx{x, detail::unknown(), after.u, after.tiny};
}

}  // namespace kerasan::reference

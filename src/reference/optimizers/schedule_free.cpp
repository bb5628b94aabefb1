// Schedule-free AdamW (Defazio et al. 2024, algorithm 1): the gradient is taken at
// y = (1 - beta_1) z + beta_1 x, z takes the steps, x is the average of z and follows from y and z.
#include "reference/optimizers/elementwise.h"

namespace kerasan::reference {
namespace {

constexpr std::int64_t kMostSteps = 1000000;  // of the sum below

// sqrt(1 - beta_2^t) and the linear warm-up, for step t.
struct Rates {
  explicit Rates(const Step& step)
      : step(step),
        beta(step.hyper("beta_2", 0.999)),
        warmup(step.call.number("warmup_steps", 0)) {}
  Approx warm(std::int64_t t) const {
    return warmup > double(t) ? step.exact(double(t)) / step.exact(warmup) : step.exact(1);
  }
  Approx correction(std::int64_t t) const {
    return root(step.exact(1) - power(beta, step.exact(double(t))));
  }
  const Step& step;
  Approx beta;
  double warmup;
};

// What the newest z weighs in the average. The paper gives the plain average, counted from the
// first point (equation 5) or from the first step, and in algorithm 1 weights of the squared rate,
// which follow from nothing recorded but a constant rate.
struct Weighting {
  std::string name;
  Approx share;
};

std::vector<Weighting> weightings(const Step& s, const Rates& rates) {
  const std::int64_t t = s.call.iteration + 1;
  std::vector<Weighting> out{{"plain average of the steps", s.exact(1) / s.exact(double(t))},
                             {"plain average", s.exact(1) / s.exact(double(t + 1))}};
  const auto rate = s.call.config.find("learning_rate");
  if (rate == s.call.config.end() || !rate->is_number()) return out;
  Approx sum = s.exact(0), last = s.exact(0);
  for (std::int64_t k = 1; k <= t; ++k) {
    const Approx one = rates.correction(k) * rates.warm(k);
    last = one * one;
    sum = sum + last;
  }
  out.push_back({"average by the squared rate", last / sum});
  return out;
}

// (1 - share) a + share b, or a + share (b - a): an error of the share moves it along b - a only.
Approx mixed(const Approx& a, const Approx& b, const Approx& share) {
  Approx sum = a + share * (b - a);
  sum.bound += gamma(3, sum.u) * (a.high() + b.high());
  return sum;
}

// `decay_of_z`: weight decay moves z, as in the paper, and not the variable.
UpdateVariant form(const Step& s, const Rates& rates, const Weighting& weighting, bool decay_of_z) {
  const std::int64_t t = s.call.iteration + 1;
  const Approx one = s.exact(1), b1 = s.hyper("beta_1", 0.9), b2 = rates.beta;
  const Approx rate = s.rate * rates.warm(t), correction = rates.correction(t);
  const Approx epsilon = s.hyper("epsilon", 1e-8), decay = s.hyper("weight_decay", 0);
  const bool first = s.call.iteration == 0;
  const Bounded g = *s.call.gradient, v = s.slot("v");
  const Bounded z = first ? s.call.before : s.slot("z");  // both start at the variable
  UpdateVariant out{weighting.name + (decay_of_z ? ", decay of z" : ""), {}, {}, {}, true};
  out.slots["v"] =
      s.each([&](std::size_t k) { return average(s.at(v, k), s.at(g, k) * s.at(g, k), b2); });
  const Bounded second = s.slot_after("v", out.slots["v"]);
  out.slots["z"] = s.each([&](std::size_t k) {
    // The correction belongs to the rate or to v: epsilon is rounded away or covered.
    const Approx size = root(s.at(second, k)) / correction;
    Approx step = rate * s.at(g, k) / (size + epsilon);
    const Approx folded = rate * s.at(g, k) / (size + epsilon / correction);
    step.bound = std::max(step.bound, folded.bound) + std::abs(step.value - folded.value);
    if (decay_of_z && s.call.decays) step = step + rate * decay * s.at(s.call.before, k);
    return s.at(z, k) - step;
  });
  const Bounded moved = s.slot_after("z", out.slots["z"]);
  out.after = s.each([&](std::size_t k) {
    const Approx y = decay_of_z ? s.at(s.call.before, k) : s.weight(k);
    const Approx x = first ? y : (y - (one - b1) * s.at(z, k)) / b1;
    const Approx mean = mixed(x, s.at(moved, k), weighting.share);
    return (one - b1) * s.at(moved, k) + b1 * mean;
  });
  return out;
}

UpdateResult schedule_free(const Step& s) {
  require(s.call.gradient.has_value(), "the gradient is not known");
  require(s.call.iteration < kMostSteps, "the sum of squared rates is too long");
  require(s.call.number("beta_1", 0.9) > 0, "beta_1 of zero");
  const Rates rates(s);
  UpdateResult result;
  for (const Weighting& weighting : weightings(s, rates))
    for (const bool decay_of_z : {false, true})
      if (!decay_of_z || s.call.number("weight_decay", 0) != 0)
        result.variants.push_back(form(s, rates, weighting, decay_of_z));
  return result;
}

const OptimizerRegistrar registrar{"ScheduleFreeAdamW", &stepped<schedule_free>};

}  // namespace
}  // namespace kerasan::reference

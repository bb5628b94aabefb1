// FTRL-proximal (McMahan et al. 2013, algorithm 1). Keras documents "+ lambda_2" in the
// denominator, TensorFlow (ResourceApplyFtrlV2) "+ 2 l2" and the shrinkage g + 2 l2_shrinkage w.
#include "reference/optimizers/elementwise.h"

namespace kerasan::reference {
namespace {

struct Settings {
  Approx power, l1, l2, shrinkage, beta;
  double times = 1;      // l2 counts so many times
  bool shrinks = false;  // the shrinkage is part of the accumulated squares
};

// Solves for the weight at which the gradient of the linearized problem is zero.
Approx minimum(const Step& s, const Settings& set, const Approx& n, const Approx& z) {
  // "|z| < lambda_1" may go either way where z is at the edge: then w is small.
  const Approx magnitude{std::abs(z.value), z.bound, z.u, z.tiny};
  const Approx left = set.l1 - magnitude;
  if (left.value > left.bound) return s.exact(0);
  const Approx signed_l1{z.value > 0 ? set.l1.value : -set.l1.value, set.l1.bound, set.l1.u,
                         set.l1.tiny};
  Approx top = signed_l1 - z;
  if (left.value + left.bound > 0) top.bound += std::abs(top.value);  // either
  return top /
         ((set.beta + power(n, s.exact(0) - set.power)) / s.rate + s.exact(set.times) * set.l2);
}

UpdateVariant form(const Step& s, const Settings& set) {
  const Bounded n = s.slot("accumulator", s.call.number("initial_accumulator_value", 0.1)),
                z = s.slot("linear");
  const Bounded& g = *s.call.gradient;
  UpdateVariant out{set.times == 1 ? "l2 counted once" : "l2 counted twice", {}, {}, {}, true};
  const auto shrunk = [&](std::size_t k) {
    return s.at(g, k) + s.exact(2) * set.shrinkage * s.weight(k);
  };
  out.slots["accumulator"] = s.each([&](std::size_t k) {
    const Approx one = set.shrinks ? shrunk(k) : s.at(g, k);
    return s.at(n, k) + one * one;
  });
  const Bounded sum = s.slot_after("accumulator", out.slots["accumulator"]);
  const Approx exponent = s.exact(0) - set.power;
  out.slots["linear"] = s.each([&](std::size_t k) {
    const Approx sigma = (power(s.at(sum, k), exponent) - power(s.at(n, k), exponent)) / s.rate;
    return s.at(z, k) + shrunk(k) - sigma * s.weight(k);
  });
  const Bounded held = s.slot_after("linear", out.slots["linear"]);
  out.after = s.each([&](std::size_t k) { return minimum(s, set, s.at(sum, k), s.at(held, k)); });
  return out;
}

UpdateResult ftrl(const Step& s) {
  require(s.call.gradient.has_value(), "the gradient is not known");
  Settings set{s.hyper("learning_rate_power", -0.5), s.hyper("l1_regularization_strength", 0),
               s.hyper("l2_regularization_strength", 0),
               s.hyper("l2_shrinkage_regularization_strength", 0), s.hyper("beta", 0)};
  UpdateResult result;
  for (const double times : {1, 2})
    for (const bool shrinks : {false, true}) {
      if ((times > 1 && set.l2.value == 0) || (shrinks && set.shrinkage.value == 0)) continue;
      set.times = times, set.shrinks = shrinks;
      result.variants.push_back(form(s, set));
    }
  return result;
}

const OptimizerRegistrar registrar{"Ftrl", &stepped<ftrl>};

}  // namespace
}  // namespace kerasan::reference

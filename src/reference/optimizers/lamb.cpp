// Lamb (You et al. 2019, algorithm 2) with phi(z) = z and without decay inside the ratio: Adam's
// step, scaled by the norm of the variable over its own norm.
#include "reference/optimizers/elementwise.h"

namespace kerasan::reference {
namespace {

UpdateResult lamb(const Step& s) {
  const Approx b1 = s.hyper("beta_1", 0.9), b2 = s.hyper("beta_2", 0.999),
               epsilon = s.hyper("epsilon", 1e-7), one = s.exact(1);
  const Approx c1 = one - power(b1, s.count()), c2 = one - power(b2, s.count());
  const Bounded g = s.gradient_by("m", b1), m = s.slot("m"), v = s.slot("v");
  UpdateVariant out{"as published", {}, {}, {}, true};
  const Bounded mean = s.each([&](std::size_t k) { return average(s.at(m, k), s.at(g, k), b1); });
  if (s.call.gradient)
    out.slots["m"] = mean;
  else
    out.implied = g;
  out.slots["v"] =
      s.each([&](std::size_t k) { return average(s.at(v, k), s.at(g, k) * s.at(g, k), b2); });
  const Bounded first = s.slot_after("m", mean), second = s.slot_after("v", out.slots["v"]);
  const Bounded step = s.each([&](std::size_t k) {
    return (s.at(first, k) / c1) / (root(s.at(second, k) / c2) + epsilon);
  });
  const Bounded decayed = s.each([&](std::size_t k) { return s.weight(k); });
  const Approx length = root(s.sum_of_squares(step));
  UpdateResult result;
  for (const Bounded* weights : {&s.call.before, &decayed}) {  // the norm before or after decay
    const Approx size = root(s.sum_of_squares(*weights));
    // A norm of zero leaves Adam's step as it is.
    const bool zero = size.value == 0 || length.value == 0;
    const Approx ratio = zero ? one : size / length;
    UpdateVariant form = out;
    form.after =
        s.each([&](std::size_t k) { return s.weight(k) - s.rate * ratio * s.at(step, k); });
    result.variants.push_back(std::move(form));
    if (s.call.number("weight_decay", 0) == 0) break;
  }
  return result;
}

const OptimizerRegistrar registrar{"Lamb", &stepped<lamb>};

}  // namespace
}  // namespace kerasan::reference

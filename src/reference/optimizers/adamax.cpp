// Adamax (Kingma & Ba 2015, section 7.1); Keras adds epsilon to the infinity norm.
#include "reference/optimizers/elementwise.h"

namespace kerasan::reference {
namespace {

UpdateResult adamax(const Step& s) {
  const Approx b1 = s.hyper("beta_1", 0.9), b2 = s.hyper("beta_2", 0.999),
               epsilon = s.hyper("epsilon", 1e-7);
  const Bounded g = s.gradient_by("m", b1), m = s.slot("m"), v = s.slot("v");
  const Bounded first = s.each([&](std::size_t k) { return average(s.at(m, k), s.at(g, k), b1); });
  const Bounded norm = s.each([&](std::size_t k) {
    Approx size = s.at(g, k);
    size.value = std::abs(size.value);
    return larger(b2 * s.at(v, k), size);
  });
  const Bounded mean = s.slot_after("m", first), held = s.slot_after("v", norm);
  const Approx rate = s.rate / (s.exact(1) - power(b1, s.count()));
  UpdateResult result;
  for (const bool safe : {true, false}) {
    UpdateVariant out{safe ? "epsilon beside the norm" : "no epsilon", {{"v", norm}}, {}, {}, true};
    if (s.call.gradient)
      out.slots["m"] = first;
    else
      out.implied = g;
    out.after = s.each([&](std::size_t k) {
      return s.weight(k) - rate * s.at(mean, k) / (safe ? s.at(held, k) + epsilon : s.at(held, k));
    });
    result.variants.push_back(std::move(out));
  }
  return result;
}

const OptimizerRegistrar registrar{"Adamax", &stepped<adamax>};

}  // namespace
}  // namespace kerasan::reference

// Adagrad (Duchi, Hazan & Singer 2011).
#include "reference/optimizers/elementwise.h"

namespace kerasan::reference {
namespace {

UpdateResult adagrad(const Step& s) {
  require(s.call.gradient.has_value(), "the gradient is not known");
  const Bounded& g = *s.call.gradient;
  const Bounded before = s.slot("accumulator", s.call.number("initial_accumulator_value", 0.1));
  const Approx epsilon = s.hyper("epsilon", 1e-7);
  const Bounded sum = s.each([&](std::size_t k) { return s.at(before, k) + s.at(g, k) * s.at(g, k); });
  const Bounded held = s.slot_after("accumulator", sum);
  UpdateResult result;
  for (const bool inside : {true, false}) {
    UpdateVariant out{inside ? "epsilon inside the root" : "epsilon beside the root", {{"accumulator", sum}}, {}, {}, true};
    out.after = s.each([&](std::size_t k) {
      const Approx a = s.at(held, k);
      return s.weight(k) - s.rate * s.at(g, k) / (inside ? root(a + epsilon) : root(a) + epsilon);
    });
    result.variants.push_back(std::move(out));
  }
  return result;
}

const OptimizerRegistrar registrar{"Adagrad", &stepped<adagrad>};

}  // namespace
}  // namespace kerasan::reference

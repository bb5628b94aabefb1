// Adagrad (Duchi, Hazan & Singer 2011).
#include "reference/optimizers/elementwise.h"

namespace kerasan::reference {
namespace {

UpdateResult adagrad(const Step& s) {
  const Bounded before = s.slot("accumulator", s.call.number("initial_accumulator_value", 0.1));
  require(s.call.gradient || s.observed("accumulator"), "the gradient is not known");
  const Bounded after = s.slot_after("accumulator", {});
  const Bounded g = s.call.gradient ? *s.call.gradient : s.signed_root([&](std::size_t k) {
    return s.at(after, k) - s.at(before, k);
  });
  const Approx epsilon = s.hyper("epsilon", 1e-7);
  const Bounded sum =
      s.each([&](std::size_t k) { return s.at(before, k) + s.at(g, k) * s.at(g, k); });
  const Bounded held = s.slot_after("accumulator", sum);
  UpdateResult result;
  for (const bool inside : {true, false}) {
    UpdateVariant out{
        inside ? "epsilon inside the root" : "epsilon beside the root", {}, {}, {}, true};
    if (s.call.gradient)
      out.slots["accumulator"] = sum;
    else
      out.implied = g;
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

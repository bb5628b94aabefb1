// Adadelta (Zeiler 2012), with Keras's rate.
#include "reference/optimizers/elementwise.h"

namespace kerasan::reference {
namespace {

UpdateResult adadelta(const Step& s) {
  require(s.call.gradient.has_value(), "the gradient is not known");
  const Bounded &g = *s.call.gradient, squares = s.slot("accum_grad"), moves = s.slot("accum_var");
  const Approx rho = s.hyper("rho", 0.95), epsilon = s.hyper("epsilon", 1e-7);
  UpdateVariant out{"as published", {}, {}, {}, true};
  out.slots["accum_grad"] = s.each(
      [&](std::size_t k) { return average(s.at(squares, k), s.at(g, k) * s.at(g, k), rho); });
  const Bounded held = s.slot_after("accum_grad", out.slots["accum_grad"]);
  const auto move = [&](std::size_t k) {
    return root(s.at(moves, k) + epsilon) / root(s.at(held, k) + epsilon) * s.at(g, k);
  };
  out.slots["accum_var"] =
      s.each([&](std::size_t k) { return average(s.at(moves, k), move(k) * move(k), rho); });
  out.after = s.each([&](std::size_t k) { return s.weight(k) - s.rate * move(k); });
  return {{std::move(out)}, {}};
}

const OptimizerRegistrar registrar{"Adadelta", &stepped<adadelta>};

}  // namespace
}  // namespace kerasan::reference

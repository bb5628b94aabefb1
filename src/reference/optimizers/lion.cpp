// Lion (Chen et al. 2023, algorithm 2): the sign of an interpolation of momentum and gradient.
#include "reference/optimizers/elementwise.h"

namespace kerasan::reference {
namespace {

// The sign of a value that may be zero or of the other sign is one of both.
Approx sign_of(const Approx& x) {
  if (std::abs(x.value) <= x.bound) return {0, x.bound > 0 ? 1.0 : 0.0, x.u, x.tiny};
  return {x.value > 0 ? 1.0 : -1.0, 0, x.u, x.tiny};
}

UpdateResult lion(const Step& s) {
  const Approx b1 = s.hyper("beta_1", 0.9), b2 = s.hyper("beta_2", 0.99);
  const Bounded g = s.gradient_by("momentum", b2), m = s.slot("momentum");
  UpdateVariant out{"as published", {}, {}, {}, true};
  if (s.call.gradient)
    out.slots["momentum"] =
        s.each([&](std::size_t k) { return average(s.at(m, k), s.at(g, k), b2); });
  else
    out.implied = g;
  out.after = s.each([&](std::size_t k) {
    return s.weight(k) - s.rate * sign_of(average(s.at(m, k), s.at(g, k), b1));
  });
  return {{std::move(out)}, {}};
}

const OptimizerRegistrar registrar{"Lion", &stepped<lion>};

}  // namespace
}  // namespace kerasan::reference

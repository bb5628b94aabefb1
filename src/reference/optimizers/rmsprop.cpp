// RMSprop (Tieleman & Hinton 2012), centered (Graves 2013), with momentum.
#include "reference/optimizers/elementwise.h"

namespace kerasan::reference {
namespace {

// TensorFlow documents epsilon inside the root, Keras beside it.
UpdateVariant form(const Step& s, bool inside) {
  const Approx rho = s.hyper("rho", 0.9), momentum = s.hyper("momentum", 0), epsilon = s.hyper("epsilon", 1e-7);
  const bool centered = s.flag("centered"), moving = momentum.value != 0;
  const Bounded &g = *s.call.gradient, rms = s.slot("rms");
  UpdateVariant out{inside ? "epsilon inside the root" : "epsilon beside the root", {}, {}, {}, true};
  out.slots["rms"] = s.each([&](std::size_t k) { return average(s.at(rms, k), s.at(g, k) * s.at(g, k), rho); });
  const Bounded square = s.slot_after("rms", out.slots["rms"]);
  Bounded mean;
  if (centered) {
    const Bounded before = s.slot("mg");
    out.slots["mg"] = s.each([&](std::size_t k) { return average(s.at(before, k), s.at(g, k), rho); });
    mean = s.slot_after("mg", out.slots["mg"]);
  }
  const auto step = [&](std::size_t k) {
    Approx spread = s.at(square, k);
    if (centered) spread = spread - s.at(mean, k) * s.at(mean, k);
    return s.rate * s.at(g, k) / (inside ? root(spread + epsilon) : root(spread) + epsilon);
  };
  if (!moving) {
    out.after = s.each([&](std::size_t k) { return s.weight(k) - step(k); });
    return out;
  }
  const Bounded before = s.slot("momentum");
  out.slots["momentum"] = s.each([&](std::size_t k) { return momentum * s.at(before, k) + step(k); });
  const Bounded held = s.slot_after("momentum", out.slots["momentum"]);
  out.after = s.each([&](std::size_t k) { return s.weight(k) - s.at(held, k); });
  return out;
}

UpdateResult rmsprop(const Step& s) {
  if (s.call.gradient) return {{form(s, true), form(s, false)}, {}};
  // Without the gradient: the weights move by the momentum.
  require(s.call.number("momentum", 0) != 0 && s.observed("momentum"), "the gradient is not known");
  const Bounded held = s.slot_after("momentum", {});
  UpdateVariant out{"w - momentum", {}, {}, {}, true};
  out.after = s.each([&](std::size_t k) { return s.weight(k) - s.at(held, k); });
  return {{std::move(out)}, {}};
}

const OptimizerRegistrar registrar{"RMSprop", &stepped<rmsprop>};

}  // namespace
}  // namespace kerasan::reference

// RMSprop (Tieleman & Hinton 2012), centered (Graves 2013), with momentum.
#include "reference/optimizers/elementwise.h"

namespace kerasan::reference {
namespace {

Bounded gradient(const Step& s, const Approx& rho) {
  if (s.call.gradient || s.flag("centered")) return s.gradient_by("mg", rho);
  require(s.observed("rms"), "the gradient is not known");
  const Bounded before = s.slot("rms"), after = s.slot_after("rms", {});
  return s.signed_root(
      [&](std::size_t k) { return averaged(s.at(before, k), s.at(after, k), rho); });
}

// TensorFlow documents epsilon inside the root, Keras beside it.
UpdateVariant form(const Step& s, bool inside) {
  const Approx rho = s.hyper("rho", 0.9), momentum = s.hyper("momentum", 0),
               epsilon = s.hyper("epsilon", 1e-7);
  const bool centered = s.flag("centered"), moving = momentum.value != 0;
  const Bounded g = gradient(s, rho), rms = s.slot("rms");
  UpdateVariant out{
      inside ? "epsilon inside the root" : "epsilon beside the root", {}, {}, {}, true};
  if (!s.call.gradient) out.implied = g;
  const Bounded square_now =
      s.each([&](std::size_t k) { return average(s.at(rms, k), s.at(g, k) * s.at(g, k), rho); });
  if (s.call.gradient || centered) out.slots["rms"] = square_now;
  const Bounded square = s.slot_after("rms", square_now);
  Bounded mean;
  if (centered) {
    const Bounded before = s.slot("mg");
    mean = s.each([&](std::size_t k) { return average(s.at(before, k), s.at(g, k), rho); });
    if (s.call.gradient) out.slots["mg"] = mean;
    mean = s.slot_after("mg", mean);
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
  const Bounded now = s.each([&](std::size_t k) { return momentum * s.at(before, k) + step(k); });
  if (s.call.gradient || centered) out.slots["momentum"] = now;  // otherwise its sign is not known
  const Bounded held = s.slot_after("momentum", now);
  require(s.call.gradient || centered || s.observed("momentum"), "the gradient is not known");
  out.after = s.each([&](std::size_t k) { return s.weight(k) - s.at(held, k); });
  return out;
}

UpdateResult rmsprop(const Step& s) { return {{form(s, true), form(s, false)}, {}}; }

const OptimizerRegistrar registrar{"RMSprop", &stepped<rmsprop>};

}  // namespace
}  // namespace kerasan::reference

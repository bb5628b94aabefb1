// Gradient descent, with momentum (Polyak 1964) or Nesterov's (Sutskever et al. 2013).
#include "reference/optimizers/elementwise.h"

namespace kerasan::reference {
namespace {

UpdateResult plain(const Step& s) {
  UpdateResult result;
  UpdateVariant variant{"w - rate g", {}, {}, {}, true};
  if (s.call.gradient) {
    variant.after =
        s.each([&](std::size_t k) { return s.weight(k) - s.rate * s.at(*s.call.gradient, k); });
  } else {
    require(s.call.update_alone, "the gradient is not known");
    variant.after = s.call.after;
    variant.proves = false;
    variant.implied = s.each([&](std::size_t k) {
      Approx moved = s.weight(k) - s.at(s.call.after, k);
      moved.bound += s.precision.u * std::abs(s.call.after.value[k]);
      return moved / s.rate;
    });
  }
  result.variants.push_back(std::move(variant));
  return result;
}

// Keras: velocity = momentum velocity - rate g, w + velocity. TensorFlow's ApplyMomentum:
// velocity = momentum velocity + g, w - rate velocity. `scaled`: the rate is in the velocity.
UpdateVariant with_velocity(const Step& s, bool scaled) {
  const Approx momentum = s.hyper("momentum", 0);
  const Bounded before = s.slot("momentum");
  UpdateVariant variant{
      scaled ? "velocity holds the rate" : "velocity without the rate", {}, {}, {}, true};
  const auto push = [&](std::size_t k) {  // what the gradient adds to the velocity
    if (!s.call.gradient)
      return s.at(s.call.slots_after.at("momentum"), k) - momentum * s.at(before, k);
    const Approx g = s.at(*s.call.gradient, k);
    return scaled ? s.exact(0) - s.rate * g : g;
  };
  Bounded velocity;
  if (s.call.gradient) {
    velocity = s.each([&](std::size_t k) { return momentum * s.at(before, k) + push(k); });
    variant.slots["momentum"] = velocity;
  } else {
    require(s.observed("momentum"), "the gradient is not known");
    variant.implied =
        s.each([&](std::size_t k) { return scaled ? (s.exact(0) - push(k)) / s.rate : push(k); });
  }
  const Bounded held = s.slot_after("momentum", velocity);
  const bool nesterov = s.flag("nesterov");
  const auto moved = [&](const Approx& from, const Approx& move) {
    return scaled ? from + move : from - s.rate * move;
  };
  // Nesterov's two parts one after the other: the order with the most roundings of the weight.
  variant.after = s.each([&](std::size_t k) {
    if (!nesterov) return moved(s.weight(k), s.at(held, k));
    return moved(moved(s.weight(k), momentum * s.at(held, k)), push(k));
  });
  return variant;
}

UpdateResult sgd(const Step& s) {
  if (s.call.number("momentum", 0) == 0) return plain(s);
  UpdateResult result;
  for (const bool scaled : {true, false}) result.variants.push_back(with_velocity(s, scaled));
  return result;
}

const OptimizerRegistrar registrar{"SGD", &stepped<sgd>};

}  // namespace
}  // namespace kerasan::reference

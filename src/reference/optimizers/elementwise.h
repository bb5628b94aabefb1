// An update is the same formula for every element: what those formulas share.
#pragma once

#include <cmath>
#include <deque>
#include <string>
#include <vector>

#include "base/pieces.h"
#include "reference/ops/guard.h"
#include "reference/optimizer.h"
#include "reference/optimizers/approx.h"

namespace kerasan::reference {

// Of a variable; some ten microseconds.
inline constexpr std::size_t kElementsOfPiece = 2048;

// The step as scalars; hyperparameters are held in float32 even beside float64 variables.
class Step {
 public:
  explicit Step(const UpdateCall& call);

  const UpdateCall& call;
  Precision precision;
  Approx rate;  // after the time decay of old optimizers

  Approx exact(double value) const { return Approx::exact(value, precision); }
  Approx hyper(const std::string& name, double otherwise) const;
  bool half() const { return precision.u > 2 * unit_roundoff(DType::kFloat32); }
  bool flag(const std::string& name) const { return call.number(name, 0) != 0; }
  Approx count() const { return exact(static_cast<double>(call.iteration + 1)); }
  std::size_t size() const { return call.before.size(); }

  // `slot` before the step: as recorded, or `initial` if this step created it.
  const Bounded& slot(const std::string& name, double initial = 0) const;
  // The slot after the step: as observed, else as computed.
  Bounded slot_after(const std::string& name, const Bounded& computed) const;
  bool observed(const std::string& name) const { return call.slots_after.count(name) > 0; }
  Approx at(const Bounded& values, std::size_t k) const {
    return {values.value[k], values.bound[k], precision.u, precision.tiny};
  }
  Approx sum_of_squares(const Bounded& values) const;
  // The weight before the step, after decoupled weight decay.
  Approx weight(std::size_t k) const {
    const Approx held = at(call.before, k);
    return decay_.value == 0 ? held : held - held * decay_;
  }
  // The gradient where it is known, else as the mean `slot` tells it.
  const Bounded& gradient_by(const std::string& mean, const Approx& beta) const;
  // A gradient that is known by its square only, with the sign that the step shows.
  template <class F>
  Bounded signed_root(F square) const {
    require(call.update_alone, "the gradient is not known");
    return each([&](std::size_t k) {
      Approx size = root(square(k));
      if (call.after.value[k] > weight(k).value)
        size.value = -size.value;  // it moved against the gradient
      return size;
    });
  }
  // `formula` for every element; variables are large, so it is inlined.
  template <class F>
  Bounded each(F formula) const {
    Bounded out(call.before.shape);
    for_pieces(out.size(), kElementsOfPiece, [&](std::size_t begin, std::size_t end) {
      for (std::size_t k = begin; k < end; ++k) {
        const Approx one = formula(k);
        out.value[k] = one.value;
        out.bound[k] = std::isnan(one.bound) ? detail::unknown() : one.bound;
      }
    });
    return out;
  }

 private:
  Approx decay_;
  mutable std::deque<Bounded> made_;  // what the references above refer to where it is not held
};

// beta a + (1 - beta) x, in either of its forms: a beta + x (1 - beta), a + (x - a) (1 - beta).
inline Approx average(const Approx& a, const Approx& x, const Approx& beta) {
  const double rest = 1 - beta.value, value = beta.value * a.value + rest * x.value;
  const double u = std::max(a.u, x.u), tiny = std::max(a.tiny, x.tiny);
  const double spread = a.high() + x.high();
  const double carried =
      std::abs(beta.value) * a.bound + std::abs(rest) * x.bound + beta.bound * spread;
  // Four roundings, each of a term no larger than these.
  const double terms = a.high() + (std::abs(rest) + beta.bound) * spread;
  return {value, carried + gamma(4, u) * (terms + carried) + 2 * tiny, u, tiny};
}
// The x of that average.
Approx averaged(const Approx& before, const Approx& after, const Approx& beta);

// Registers `F: const Step& -> UpdateResult` so that it reports and never throws.
template <UpdateResult (*F)(const Step&)>
UpdateResult stepped(const UpdateCall& call) {
  try {
    return F(Step(call));
  } catch (const std::exception& error) {
    UpdateResult result;
    result.not_checked = NotChecked{call.class_name + ": " + error.what()};
    return result;
  }
}

}  // namespace kerasan::reference

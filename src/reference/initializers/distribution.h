// Whether values are a sample of a distribution, with a probability of being wrong that is proved
// for every number of values (docs/rules/initializer-distribution.md has the derivation).
#pragma once

#include <exception>
#include <vector>

#include "reference/initializer.h"
#include "reference/ops/config.h"
#include "reference/ops/guard.h"

namespace kerasan::reference {

struct Distribution {
  enum Kind { kUniform, kNormal, kTruncated } kind = kUniform;
  double center = 0;
  // Half the width of a uniform one; the standard deviation of a normal one, before truncation at
  // two of them.
  double scale = 1;

  double variance() const;
  // Var(y^2) and the largest |y^2 - variance| of y = x - center; infinite for a normal one.
  double variance_of_square() const;
  double largest_square() const;
  double cumulative(double x) const;
  double highest_density() const;
  // Infinity where every value is possible.
  double reach() const;
};

// Empty where the values may be a sample. Throws Unsupported where they are too few to tell.
std::optional<Departure> departure_from(const Distribution& d, const InitializerCall& call);
// The same for documented forms that differ: a departure from all of them.
InitializerResult judged(const std::vector<Distribution>& forms, const InitializerCall& call);

// Registers `F: const InitializerCall& -> InitializerResult` so that it reports and never throws.
template <InitializerResult (*F)(const InitializerCall&)>
InitializerResult initialized(const InitializerCall& call) {
  try {
    return F(call);
  } catch (const std::exception& error) {
    return {std::nullopt, NotChecked{call.class_name + ": " + error.what()}};
  }
}

}  // namespace kerasan::reference

// What regularizers share.
#pragma once

#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/optimizers/approx.h"
#include "reference/regularizer.h"

namespace kerasan::reference {

// factor * sum of `term(x)` over the variable, in any order: gamma_n times the sum of magnitudes.
// `term` is an Approx of a value that is not negative.
template <class Term>
Approx weighted_sum(const RegularizerCall& call, double factor, Term term) {
  const Precision p = precision_of(call.precision);
  double sum = 0, carried = 0;
  for (std::size_t k = 0; k < call.variable.size(); ++k) {
    const Approx one = term(Approx{call.variable.value[k], call.variable.bound[k], p.u, p.tiny});
    sum += one.value;
    carried += one.bound;
  }
  const double error = gamma(static_cast<double>(call.variable.size()), p.u) * (sum + carried);
  return Approx::rounded(factor, p) * Approx{sum, carried + error, p.u, p.tiny};
}

// Registers `F: const RegularizerCall& -> RegularizerResult` so that it reports and never throws.
template <RegularizerResult (*F)(const RegularizerCall&)>
RegularizerResult regularized(const RegularizerCall& call) {
  RegularizerResult result;
  try {
    require(is_float(call.precision), "a variable of integers");
    result = F(call);
    const double most = call.precision == DType::kFloat16 ? 65504 : 3.4e38;  // largest of the type
    if (result.value + result.bound < most) return result;
    result.not_checked = NotChecked{call.class_name + ": the penalty is not finite"};
  } catch (const std::exception& error) {
    result.not_checked = NotChecked{call.class_name + ": " + error.what()};
  }
  return result;
}

}  // namespace kerasan::reference

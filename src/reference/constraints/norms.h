// What the constraints of a norm share.
#pragma once

#include "reference/constraint.h"
#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/optimizers/approx.h"

namespace kerasan::reference {

// The norms of a variable along `axis` of the configuration: a group for each of them.
class Norms {
 public:
  explicit Norms(const ConstraintCall& call);

  std::size_t count() const { return norms_.size(); }
  const Approx& norm(std::size_t group) const { return norms_[group]; }
  std::size_t group_of(std::size_t element) const { return group_[element]; }
  // The variable with each group scaled from its norm to the one wanted. Keras divides by the norm
  // plus the fuzz factor of the backend (documented as 1e-7) so that zeros stay zeros; the bound
  // holds the quotients with and without it.
  Bounded scaled(const ConstraintCall& call, const std::vector<Approx>& wanted) const;
  Approx exact(double value) const { return Approx::exact(value, precision_); }
  Approx number(const ConstraintCall& call, const char* name, double otherwise) const {
    return Approx::rounded(get_number(call.config, name, otherwise), precision_);
  }

 private:
  Precision precision_;
  std::vector<std::size_t> group_;
  std::vector<Approx> norms_;
};

// |x - limit| beyond every bound, in words; empty otherwise.
std::string above(const Approx& norm, const Approx& limit);
std::string below(const Approx& norm, const Approx& limit);

// Registers `F: const ConstraintCall& -> ConstraintResult` so that it reports and never throws.
template <ConstraintResult (*F)(const ConstraintCall&)>
ConstraintResult constrained(const ConstraintCall& call) {
  try {
    require(is_float(call.precision), "a variable of integers");
    return F(call);
  } catch (const std::exception& error) {
    ConstraintResult result;
    result.not_checked = NotChecked{call.class_name + ": " + error.what()};
    return result;
  }
}

}  // namespace kerasan::reference

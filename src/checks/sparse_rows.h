// Updates by gradients that have some rows of a variable only.
#pragma once

#include <vector>

#include "checks/optimizer_step.h"

namespace kerasan::checks {

// The step of some rows of a variable. What an optimizer does is the same for every element.
StepOfVariable step_of_rows(const StepOfVariable& var, const std::vector<std::size_t>& rows);

// How often each of these rows may have been looked up in the batch: as often as its number is
// among the values of the inputs; as often as there are values, where that of one is not. Empty
// where an input is not known.
std::vector<double> lookups(const model::Json& x, const model::Run& run,
                            const std::vector<std::size_t>& rows);

// The parts of a row's gradient may be added one after the other, each to the variable or slot
// itself: each addition is one more rounding of it. `step` has rows that were looked up `times`.
void add_roundings(const StepOfVariable& step, const std::vector<double>& times,
                   std::vector<reference::UpdateVariant>& variants);

// A sparse gradient leaves the rows that it does not have as they are, or treats them as zero: both
// are documented of one optimizer or another. Whether those rows rightly did either; `touched` are
// the others.
bool others_follow(const StepOfVariable& var, std::vector<std::size_t>& touched);

}  // namespace kerasan::checks

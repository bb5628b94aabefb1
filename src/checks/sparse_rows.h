// Updates by gradients that have some rows of a variable only.
#pragma once

#include <vector>

#include "checks/optimizer_step.h"

namespace kerasan::checks {

// The step of some rows of a variable. What an optimizer does is the same for every element.
StepOfVariable step_of_rows(const StepOfVariable& var, const std::vector<std::size_t>& rows);

// A sparse gradient leaves the rows that it does not have as they are, or treats them as zero: both
// are documented of one optimizer or another. Whether those rows rightly did either; `touched` are
// the others.
bool others_follow(const StepOfVariable& var, std::vector<std::size_t>& touched);

}  // namespace kerasan::checks

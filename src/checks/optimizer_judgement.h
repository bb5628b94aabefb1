// An observed step of a variable against the forms of its optimizer's published update.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "checks/optimizer_step.h"

namespace kerasan::checks {

// The worst disagreement of one quantity (the variable, or a slot) with one form.
struct Distance {
  std::string quantity;  // "" is the variable itself
  std::size_t index = 0, beyond = 0, count = 0, wide = 0;
  double nearest = 0;  // the largest |error| / bound within the bound
  double factor = 0, claimed = 0, expected = 0, bound = 0;
  bool agrees() const { return beyond == 0; }
};

struct Judged {
  bool agrees = false, wide = false;
  Distance worst;  // of the nearest form
  const reference::UpdateVariant* form = nullptr;
};

// The largest value, or the largest change where `from` is given.
double scale_of(const std::vector<double>& values, const std::vector<double>* from);
// The form that the step followed, or else the nearest one. `forms` must outlive the answer.
Judged judge_forms(const StepOfVariable& var, const std::vector<reference::UpdateVariant>& forms);
// That the variable or a slot is not what `by` gives ("its published update gives"); `who` left it
// so. Claim, place and what evidence every such finding has.
Finding finding_of_distance(const RuleInfo& rule, const model::Event& event, const model::Run& run,
                            const StepOfVariable& var, const Distance& distance,
                            const std::string& who, const std::string& by);
// The gradient as the optimizer works on it; nullopt where the norm needs others, not known.
std::optional<reference::Bounded> clipped(const OptimizerStep& step, const StepOfVariable& var);

}  // namespace kerasan::checks

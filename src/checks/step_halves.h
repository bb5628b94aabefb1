// A training step judged in two halves: the derivative that it was made with is the one that its
// batch gives, and the step is what the optimizer makes of that derivative.
//
// An optimizer that divides by the size of the derivative makes a whole step of what rounding
// leaves of one that is zero (of an attention's key bias, as a softmax does not see what all of its
// arguments share; of a bias before a normalisation). A bound of that derivative says nothing of
// the step, and still all of the derivative where it is small beside others.
#pragma once

#include <map>
#include <string>

#include "checks/optimizer_judgement.h"
#include "model/graph.h"

namespace kerasan::checks {

// By weight, a size that the largest derivative of every other weight of its layer exceeds; of
// those that are more than their bounds. None for a weight that has no such neighbour.
std::map<std::string, double> sizes_beside(
    const model::Json& model, const std::map<std::string, reference::Bounded>& gradients);

// More than half of the elements are bounded by what is as large as the largest of them.
bool too_wide(const reference::Bounded& gradient);

struct Halves {
  bool told = false;   // both halves say something
  bool update = true;  // the step is what the optimizer makes of the derivative it used
  Distance gradient;   // that derivative from the expected one, of `var`
};

// `var` has the expected derivative, `used` the framework's where it is known; else the step itself
// tells it. Each element of the expected one, and its bound, is to be below `beside`: the
// derivative of a neighbour in its place would be beyond it.
Halves judge_halves(const StepOfVariable& var, const std::optional<reference::Bounded>& used,
                    double beside);

}  // namespace kerasan::checks

// From an `update` event to the calls of the reference.
#pragma once

#include <string>
#include <vector>

#include "checks/rule.h"
#include "reference/optimizer.h"

namespace kerasan::checks {

struct StepOfVariable {
  std::string name;
  std::string unchecked;  // why this variable is not checked, or empty
  reference::UpdateCall call;
  reference::Aftermath more;  // constraint and moving average
  bool waits = false;         // gradients are accumulated: the variable moves at a later step
  bool unmoved = false;       // variable and slots are bit for bit what they were
  bool sparse = false;        // the gradient may be sparse, which is then why it is not checked
};

// How gradients are clipped: "" for not at all.
struct Clipping {
  std::string kind;  // "clipvalue", "clipnorm", "global_clipnorm"
  double limit = 0;
};

struct OptimizerStep {
  std::string class_name;
  std::string unchecked;  // why nothing of this step is checked, or empty
  Clipping clipping;
  bool all_gradients = false;
  bool direct = true;  // false: gradients are scaled or accumulated on their way
  std::vector<StepOfVariable> variables;
};

// The documented outcomes of the whole step on this variable: accumulation or update, constraint,
// moving average. The gradient of `call` is the one after clipping.
reference::UpdateResult outcomes(const StepOfVariable& var, const reference::UpdateCall& call);

OptimizerStep read_step(const model::Event& event, const model::Run& run);

// {"api", "call", "step", "file", "line"} of an update.
model::Json where_of_update(const model::Event& event, const model::Run& run);

}  // namespace kerasan::checks

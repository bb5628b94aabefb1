// What layers that wrap another one share.
#pragma once

#include "reference/gradient.h"
#include "reference/ops/config.h"
#include "reference/ops/guard.h"

namespace kerasan::reference {

// Runs the reference of `call.class_name`; throws Unsupported where it has none or gives none.
Outputs run_inner(const LayerCall& call);
// The same for a layer of one output.
Bounded run_single(const LayerCall& call);
// The derivative of `call.class_name`; throws Unsupported where it has none or gives none.
LayerGradient run_inner_reverse(const LayerCall& call, const std::vector<Bounded>& seeds);
// The call of an inner layer on the input and weights of the outer one.
LayerCall inner_call(const LayerCall& call, const InnerLayer& inner);
// The layer in the config under "layer".
InnerLayer wrapped(const LayerCall& call);

}  // namespace kerasan::reference

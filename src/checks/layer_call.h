// From an `application` event to what the reference is asked.
#pragma once

#include <optional>
#include <string>

#include "model/run.h"
#include "reference/layer.h"

namespace kerasan::checks {

// Fills `call`, or gives the reason why it cannot.
std::optional<std::string> take_layer_call(const model::Json& body, const model::Run& run,
                                           reference::LayerCall& call);

// Values as a layer sees them after its cast to the compute precision.
reference::Bounded cast(const Tensor& values, DType compute);
// "dense/kernel:0" -> "kernel"
std::string weight_name(const std::string& path);

}  // namespace kerasan::checks

// What in a model decides whether its losses and metrics can be recomputed from predictions.
#pragma once

#include <optional>
#include <string>

#include "checks/evaluation_compile.h"

namespace kerasan::checks {

// A boolean field; `otherwise` if absent or null.
bool truth(const model::Json& body, const char* name, bool otherwise);
// Empty, or the reason. In training, layers that draw random numbers or use batch statistics
// make a second run of the same batch incomparable.
std::string why_not_recomputable(const model::Json& model, bool training);
bool has_masking(const model::Json& model);
bool may_have_penalties(const model::Json& model);
double largest_weight(const model::Json& model);  // elements
// Model id that a loaded model was saved from; empty if none.
std::string saved_as(const model::Json& model);
// A metric of the same name in the model as saved decides what it should mean after loading.
void take_meanings(const std::optional<CompileSpec>& saved, CompileSpec& loaded);
// Values of the k-th validation in a fit's history, by name without "val_".
model::Json validation_result(const model::Json& fit_result, std::size_t k);
// Second axis of the first input; 1 if it has none.
std::int64_t time_steps(const model::Json& step, const model::Run& run);

}  // namespace kerasan::checks

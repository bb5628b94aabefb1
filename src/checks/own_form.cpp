#include "checks/own_form.h"

#include <algorithm>

#include "model/fields.h"
#include "model/graph.h"

namespace kerasan::checks {
namespace {

using model::Json;

bool any_config(const Json& model, bool (*holds)(const Json& config)) {
  return std::ranges::any_of(model::leaf_layers(model), [&](const Json* layer) {
    const Json* config = model::find_field(*layer, "config");
    return config != nullptr && config->is_object() && holds(*config);
  });
}

bool adapted(const Json& config) {
  const Json* rank = model::find_field(config, "lora_rank");
  return rank != nullptr && rank->is_number();
}

bool quantised(const Json& config) {
  const Json* how = model::find_field(config, "quantization_config");
  const Json* policy = model::find_field(config, "dtype");
  const bool named = policy != nullptr && policy->is_object() &&
                     model::string_or(*policy, "class_name", "").starts_with("Quantized");
  return named || (how != nullptr && !how->is_null());
}

}  // namespace

std::string merged_when_saved(const Json& model) {
  return any_config(model, adapted) ? "low-rank matrices, which are merged when they are saved"
                                    : "";
}

std::string reordered_when_saved(const Json& model) {
  return any_config(model, quantised) ? "quantised layers, whose arrays have an order of their own"
                                      : "";
}

}  // namespace kerasan::checks

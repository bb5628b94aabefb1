#include "checks/last_layers.h"

#include <algorithm>
#include <cmath>

#include "checks/layer_call.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

// Small, so that the layer is linear over it; far above the rounding of float64.
constexpr double kPerturbation = 0x1p-20;
constexpr int kDeepest = 8;

const Json& only_output(const Json& application) {
  static const Json none;
  const auto outputs = application.find("outputs");
  if (outputs == application.end()) return none;
  return outputs->is_array() && outputs->size() == 1 ? (*outputs)[0] : *outputs;
}

const Json* input(const Json& application, std::size_t index) {
  const auto inputs = application.find("inputs");
  if (inputs == application.end() || !inputs->is_array() || index >= inputs->size()) return nullptr;
  return &(*inputs)[index];
}

bool has_weights(const Json& application) {
  const auto weights = application.find("weights");
  return weights != application.end() && weights->is_array() && !weights->empty();
}

}  // namespace

void LastLayers::take(const model::Event& application) {
  const auto step = [](const Json& body) {
    return model::optional_integer(body, "step").value_or(-1);
  };
  if (!applications_.empty() && step(applications_.front()) != step(application.body))
    applications_.clear();
  applications_.push_back(application.body);
  if (applications_.size() > kKept) applications_.pop_front();
}

// The first one: layers that pass their input on make the same tensor again.
const Json* LastLayers::producer(const Json& tensor) const {
  if (!tensor.is_object() || !tensor.contains("$tensor")) return nullptr;
  for (const Json& application : applications_)
    if (only_output(application) == tensor) return &application;
  return nullptr;
}

std::optional<std::vector<double>> LastLayers::amplification(const Json& prediction,
                                                             const model::Run& run) const {
  return through(prediction, run, 0);
}

std::optional<std::vector<double>> LastLayers::through(const Json& tensor, const model::Run& run,
                                                       int depth) const {
  const Json* application = producer(tensor);
  if (application == nullptr || depth > kDeepest) return std::nullopt;
  const auto function = reference::find_layer(model::string_or(*application, "class", ""));
  reference::LayerCall call;
  if (function == nullptr || take_layer_call(*application, run, call)) return std::nullopt;
  call.compute_dtype = DType::kFloat64;  // its own rounding is not what is asked
  for (std::size_t k = 0; k < call.inputs.size(); ++k) {
    const Json* from = has_weights(*application) ? nullptr : input(*application, k);
    const auto before = from == nullptr ? std::nullopt : through(*from, run, depth + 1);
    reference::Bounded& x = call.inputs[k];
    for (std::size_t i = 0; i < x.size(); ++i) {
      double size = std::fabs(x.value[i]);
      if (before && before->size() == x.size()) size = std::max(size, (*before)[i]);
      x.bound[i] = kPerturbation * size;
    }
  }
  const auto result = function(call);
  if (result.not_checked || result.outputs.size() != 1) return std::nullopt;
  std::vector<double> moved = result.outputs[0].bound;
  for (double& m : moved) m /= kPerturbation;
  return moved;
}

}  // namespace kerasan::checks

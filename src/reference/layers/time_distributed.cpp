// TimeDistributed: the inner layer on every step of axis 1 by itself.
#include <algorithm>
#include <array>

#include "reference/layers/wrapper.h"
#include "reference/ops/reverse.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

// Whether values of the inner layer may follow from a mask that is handed on to it, by the
// documentation of each class.
bool uses_mask(const std::string& name) {
  constexpr std::array<std::string_view, 8> kUsers{
      "RNN",     "LSTM",      "GRU",           "Bidirectional",
      "Softmax", "Attention", "Normalization", "GlobalAveragePooling1D"};
  return std::any_of(kUsers.begin(), kUsers.end(),
                     [&](std::string_view user) { return name.find(user) != std::string::npos; });
}

void check(const LayerCall& call, const LayerCall& inner) {
  require(call.inputs.size() == 1 && call.inputs[0].shape.size() >= 2, "input of unexpected rank");
  // Statistics and random draws may be those of each step or of all steps together.
  require(!call.training || (inner.class_name != "BatchNormalization" &&
                             inner.class_name.find("Dropout") == std::string::npos),
          inner.class_name + " inside, in training");
  require(call.masks.empty() || !call.masks[0] || !uses_mask(inner.class_name),
          inner.class_name + " inside, with a mask");
  require(!get_flag(inner.config, "stateful", false), "a stateful layer inside");
}

// Axes 0 and 1 as one.
Bounded steps_as_rows(const Bounded& x) {
  require(x.shape.size() >= 2, "output of unexpected shape");
  Shape flat(x.shape.begin() + 1, x.shape.end());
  flat[0] = x.shape[0] * x.shape[1];
  return reshape(x, flat);
}

LayerCall call_of_steps(const LayerCall& call) {
  LayerCall inner = inner_call(call, wrapped(call));
  check(call, inner);
  inner.masks.clear();
  inner.inputs = {steps_as_rows(call.inputs[0])};
  inner.observed.clear();
  return inner;
}

Outputs time_distributed(const LayerCall& call) {
  const LayerCall inner = call_of_steps(call);
  const std::int64_t batch = call.inputs[0].shape[0], steps = call.inputs[0].shape[1];
  Outputs outputs = run_inner(inner);
  for (Bounded& y : outputs) {
    require(!y.shape.empty() && y.shape[0] == batch * steps, "output of unexpected shape");
    y.shape[0] = steps;
    y.shape.insert(y.shape.begin(), batch);
  }
  return outputs;
}

LayerGradient time_distributed_reverse(const LayerCall& call, const std::vector<Bounded>& seeds) {
  std::vector<Bounded> flat;
  for (const Bounded& seed : seeds) flat.push_back(steps_as_rows(seed));
  LayerGradient out = run_inner_reverse(call_of_steps(call), flat);
  require(out.inputs.size() == 1, "several inputs");
  if (out.inputs[0].size() > 0) out.inputs[0] = reshape(out.inputs[0], call.inputs[0].shape);
  return out;
}

const LayerRegistrar registrar{"TimeDistributed", &checked<time_distributed>};
const LayerGradientRegistrar reverse{"TimeDistributed", &reversed_many<time_distributed_reverse>};

}  // namespace
}  // namespace kerasan::reference

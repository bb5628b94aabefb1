// TimeDistributed: the inner layer on every step of axis 1 by itself.
#include <algorithm>
#include <array>

#include "reference/layers/wrapper.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

// Whether values of the inner layer may follow from a mask that is handed on to it, by the
// documentation of each class.
bool uses_mask(const std::string& name) {
  constexpr std::array<std::string_view, 8> kUsers{
      "RNN",     "LSTM",      "GRU",           "Bidirectional",
      "Softmax", "Attention", "Normalization", "GlobalAveragePooling1D"};
  return std::any_of(kUsers.begin(), kUsers.end(), [&](std::string_view user) {
    return name.find(user) != std::string::npos;
  });
}

void check(const LayerCall& call, const LayerCall& inner) {
  require(call.inputs.size() == 1 && call.inputs[0].shape.size() >= 2,
          "input of unexpected rank");
  // Statistics and random draws may be those of each step or of all steps together.
  require(!call.training || (inner.class_name != "BatchNormalization" &&
                             inner.class_name.find("Dropout") == std::string::npos),
          inner.class_name + " inside, in training");
  require(call.masks.empty() || !call.masks[0] || !uses_mask(inner.class_name),
          inner.class_name + " inside, with a mask");
  require(!get_flag(inner.config, "stateful", false), "a stateful layer inside");
}

Outputs time_distributed(const LayerCall& call) {
  LayerCall inner = inner_call(call, wrapped(call));
  check(call, inner);
  const Bounded& x = call.inputs[0];
  const std::int64_t batch = x.shape[0], steps = x.shape[1];
  inner.masks.clear();
  Shape flat = x.shape;
  flat.erase(flat.begin());
  flat[0] = batch * steps;
  inner.inputs = {reshape(x, flat)};
  inner.observed.clear();
  Outputs outputs = run_inner(inner);
  for (Bounded& y : outputs) {
    require(!y.shape.empty() && y.shape[0] == batch * steps, "output of unexpected shape");
    y.shape[0] = steps;
    y.shape.insert(y.shape.begin(), batch);
  }
  return outputs;
}

const LayerRegistrar registrar{"TimeDistributed", &checked<time_distributed>};

}  // namespace
}  // namespace kerasan::reference

// Reverse mode: what a layer or a loss makes of the derivative of the total loss, with bounds; and
// how a training step changes what a layer keeps besides trained weights.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reference/layer.h"
#include "reference/loss.h"

namespace kerasan::reference {

// Where a function has no derivative within the bound of its argument (ReLU at 0, a tie in a
// maximum), value and bound cover every one-sided derivative there.
struct LayerGradient {
  std::vector<Bounded>
      inputs;  // by each of LayerCall::inputs; of size 0 where none flows (indices)
  std::vector<std::optional<Bounded>> weights;  // by each of LayerCall::weights; none: not trained
  std::map<std::string, std::vector<Bounded>> tensors;  // by each of LayerCall::tensors
  std::optional<NotChecked> not_checked;
};

// `seeds`: the derivative of the loss by each output of the call.
using LayerGradientFunction = LayerGradient (*)(const LayerCall& call,
                                                const std::vector<Bounded>& seeds);

// Used once, at namespace scope, in the file of the class.
struct LayerGradientRegistrar {
  LayerGradientRegistrar(std::string_view class_name, LayerGradientFunction function);
};

LayerGradientFunction find_layer_gradient(std::string_view class_name);

// The weights that a layer itself writes in a training step, by name: each documented outcome.
struct LayerState {
  std::map<std::string, std::vector<Bounded>> after;
  std::optional<NotChecked> not_checked;
};

using LayerStateFunction = LayerState (*)(const LayerCall& call);

struct LayerStateRegistrar {
  LayerStateRegistrar(std::string_view class_name, LayerStateFunction function);
};

LayerStateFunction find_layer_state(std::string_view class_name);

// The derivative of each row's loss by the row's own predictions; of a loss that is defined over
// the whole batch, that of the sum of its values.
struct LossGradient {
  Bounded gradient;  // of y_pred's shape
  std::optional<NotChecked> not_checked;
  std::size_t rows = 0;  // values of the loss, where not one for each prediction without last axis
  bool of_batch = false;
};

// A probability comes from a softmax or sigmoid. Differentiating the two together loses nothing to
// saturation, and is what the documentation of from_logits recommends.
struct LossGradientCall {
  LossCall loss;
  bool of_probabilities = false;  // y_pred are the logits of probabilities that the loss was given
};

using LossGradientFunction = LossGradient (*)(const LossGradientCall& call);

struct LossGradientRegistrar {
  LossGradientRegistrar(std::string_view class_name, LossGradientFunction function);
};

LossGradientFunction find_loss_gradient(std::string_view canonical);

}  // namespace kerasan::reference

// One training step followed through the reference: forward, loss, penalties and reverse.
#pragma once

#include <map>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "checks/evaluation_compile.h"
#include "model/graph.h"
#include "reference/gradient.h"

namespace kerasan::checks {

inline constexpr const char* kTooWide = "bound too wide";

// Why a step cannot be followed; the text is shown in the coverage.
class NotFollowed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// One call of a layer in the step.
struct AppliedLayer {
  const model::Json* layer = nullptr;  // of the `model` event
  std::vector<model::GraphTensor> inputs;
  reference::LayerCall call;
  std::vector<reference::Bounded> outputs;  // of those that went on to another layer, the shapes
  bool logits = false;                      // its softmax or sigmoid was left to the loss
  bool trains = false;                      // it, or what comes before it, has weights that train
};

// The `application` events of a step, by layer; null for a layer that was applied several times.
using Applications = std::map<std::string, model::Json>;

// What a step is to bring about.
struct Followed {
  // The derivative of the total loss by each weight that has one, by variable id.
  std::map<std::string, reference::Bounded> gradients;
  // What layers keep besides trained weights, by layer id; of those that change it in training.
  std::map<std::string, reference::LayerState> states;
  bool drawn = false;  // it rests on random numbers that a re-run drew
};

class TrainingPass {
 public:
  // `model` and `step` are events and must outlive the pass. Throws NotFollowed. `applications`:
  // those of the step's re-run, where the random numbers of layers that draw some are taken from.
  // `roundings`: none, and bounds are carried.
  TrainingPass(const model::Json& model, const model::Json& step, const model::Run& run,
               const Applications& applications, reference::Roundings* roundings = nullptr);
  Followed followed() const;

 private:
  using Key = std::pair<std::string, std::int64_t>;
  void forward();
  void take_inputs();
  AppliedLayer call_of(const model::GraphNode& node);
  reference::Bounded taken(const model::GraphTensor& tensor);
  bool take_draw(const model::GraphNode& node, reference::LayerCall& call);
  void leave_activation_to_loss(AppliedLayer& applied, const model::GraphNode& node) const;
  const reference::Bounded& value(const model::GraphTensor& tensor) const;
  void settle(std::span<reference::Bounded> outcome) const;
  std::map<std::string, reference::Bounded> gradients() const;
  std::map<std::string, reference::LayerState> states() const;

  const model::Json& model_;
  const model::Json& step_;
  const model::Run& run_;
  const Applications& applications_;
  reference::Roundings* roundings_;
  bool drawn_ = false;
  model::Graph graph_;
  CompileSpec spec_;
  std::map<Key, std::size_t> at_;  // into applied_
  std::map<Key, reference::Bounded> inputs_;
  std::vector<AppliedLayer> applied_;
};

// The derivative of the loss of output `k` by its predictions, with sample and loss weights.
reference::Bounded loss_seed(const model::Json& step, const model::Run& run, const LossSpec& spec,
                             std::size_t k, const reference::Bounded& predictions, DType precision,
                             bool of_probabilities);

// Adds the derivatives of the penalties on the weights of a layer.
void add_penalties(const model::Json& layer, const model::Json& weights, const model::Run& run,
                   std::map<std::string, std::vector<reference::Bounded>>& parts);
// How many penalties the layers have: of all weights, and of those that train.
std::pair<std::size_t, std::size_t> count_penalties(const model::Json& model);

}  // namespace kerasan::checks

// Rule reload-keeps-predictions.
#include <algorithm>
#include <cmath>
#include <deque>

#include "checks/evaluation_model.h"
#include "checks/evaluation_predictions.h"
#include "checks/finding_text.h"
#include "checks/last_layers.h"
#include "checks/products_of.h"
#include "checks/rule.h"
#include "model/fields.h"
#include "model/graph.h"

namespace kerasan::checks {
namespace {

using model::Json;
using model::string_or;
using reference::Bounded;

constexpr std::size_t kKept = 64, kMostValues = 1000000;

// What one batch gave.
struct Sample {
  std::int64_t pid = 0, call = 0;
  std::string model, saved_as;  // saved_as: of a loaded model, the one that was saved
  std::string given;            // digests of the weights and of x
  bool results = false;         // what the program got, or else what a re-run gave
  std::vector<Bounded> outputs;
};

// Digests of the weights, in no order, and of the batch; empty where one was not recorded.
std::string given_text(const Json& step) {
  std::vector<std::string> digests;
  for (const Json& value : step.value("weights", Json::object())) digests.push_back(value.dump());
  if (digests.empty() || step.value("x", Json()).is_null()) return {};
  std::ranges::sort(digests);
  std::string text = step["x"].dump();
  for (const std::string& digest : digests) text += digest;
  return text.find("$array") == std::string::npos ? text : std::string();
}

// What a second run of the same batch need not give again: random numbers, states of earlier ones.
bool may_vary(const Json& model) {
  const auto layers = model::leaf_layers(model);
  for (const Json* layer : layers) {
    const std::string name = string_or(*layer, "class", "");
    if (!layer->value("builtin", false) || name.find("Lambda") != std::string::npos ||
        name.find("Random") != std::string::npos || name.starts_with("TensorFlowOp") ||
        layer->value("config", Json::object()).value("stateful", Json()) == true) {
      return true;
    }
  }
  // A call in training mode, in this model or one inside.
  const std::string text = model.dump(-1, ' ', false, Json::error_handler_t::replace);
  return text.find("\"training\":true") != std::string::npos;
}

class ReloadKeepsPredictions : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "reload-keeps-predictions", "wrong-save-reload", 4,
        "A model loaded from a file predicts what the model saved to it predicts: with the same "
        "weights, each value for the same batch is equal, as far as the precision of the layers "
        "allows. Models that draw random numbers or keep states are left out."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind == "application") last_.take(event);
    if (event.kind != "step" || string_or(event.body, "phase", "") == "train") return;
    const model::Model* model = run.model(event.pid, string_or(event.body, "model", ""));
    if (model == nullptr) return;
    auto sample = sample_of(event, model->raw, run);
    if (!sample) return;
    for (auto other = kept_.rbegin(); other != kept_.rend(); ++other) {
      if (matches(*other, *sample)) {
        judge(*other, *sample, model->raw, run, verdicts);
      } else if (matches(*sample, *other)) {
        judge(*sample, *other, model->raw, run, verdicts);
      } else {
        continue;
      }
      break;  // the latest counterpart is enough
    }
    kept_.push_back(std::move(*sample));
    if (kept_.size() > kKept) kept_.pop_front();
  }

 private:
  std::optional<Sample> sample_of(const model::Event& event, const Json& model,
                                  const model::Run& run) const {
    const Json& step = event.body;
    Sample out{event.pid,
               model::optional_integer(step, "call").value_or(-1),
               string_or(step, "model", ""),
               saved_as(model),
               given_text(step),
               false,
               {}};
    out.results = !step.value("results", Json()).is_null();
    const Json told = step.value(out.results ? "results" : "predictions", Json());
    if (out.given.empty() || told.is_null()) return std::nullopt;
    const double g =
        relative_error(model, static_cast<double>(time_steps(step, run)), products_of(run));
    for (const Tensor& tensor : run.tensors(told)) {
      if (tensor.size() > kMostValues) return std::nullopt;
      out.outputs.push_back(is_float(tensor.dtype())
                                ? with_allowance(tensor, g, last_.amplification(told, run))
                                : Bounded::exact(tensor));
    }
    return out.outputs.empty() ? std::nullopt : std::optional(std::move(out));
  }

  static bool matches(const Sample& saved, const Sample& loaded) {
    return saved.pid == loaded.pid && !loaded.saved_as.empty() && loaded.saved_as == saved.model &&
           saved.given == loaded.given && saved.results == loaded.results;
  }

  void judge(const Sample& saved, const Sample& loaded, const Json& model, const model::Run& run,
             Verdicts& verdicts) {
    const std::string& name = info().name;
    if (may_vary(model)) {
      return verdicts.not_checked(name, "a model whose predictions may vary from run to run");
    }
    if (saved.outputs.size() != loaded.outputs.size()) {
      return verdicts.not_checked(name, "another number of outputs");
    }
    for (std::size_t k = 0; k < saved.outputs.size(); ++k) {
      compare(saved, loaded, k, run, verdicts);
    }
  }

  void compare(const Sample& saved, const Sample& loaded, std::size_t k, const model::Run& run,
               Verdicts& verdicts) {
    const Bounded &a = saved.outputs[k], &b = loaded.outputs[k];
    if (a.shape != b.shape) return verdicts.not_checked(info().name, "outputs of other shapes");
    std::size_t beyond = 0, at = 0;
    double worst = 0, largest = 0, widest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const double off = std::abs(a.value[i] - b.value[i]), bound = a.bound[i] + b.bound[i];
      if (!std::isfinite(off) || !std::isfinite(bound)) {
        return verdicts.not_checked(info().name, "values that are not finite");
      }
      largest = std::max(largest, std::abs(a.value[i]));
      widest = std::max(widest, bound);
      if (off <= bound) continue;
      ++beyond;
      if (off > worst) worst = off, at = i;
    }
    if (beyond == 0) {
      if (widest > largest && widest > 0)
        return verdicts.not_checked(info().name, "bound too wide");
      return verdicts.agrees(info().name);
    }
    Finding f = finding_of(info());
    f.claimed = b.value[at];
    f.recomputed = a.value[at];
    f.bound = a.bound[at] + b.bound[at];
    if (const model::Call* call = run.call(loaded.pid, loaded.call)) f.where = where_of(*call);
    f.message = "the loaded model predicts " + number_text(b.value[at]) +
                ", but the model that was saved predicted " + number_text(a.value[at]) +
                " with the same weights for the same row (" + std::to_string(beyond) + " of " +
                std::to_string(a.size()) + " values differ).";
    f.evidence = {{"saved", loaded.saved_as}, {"loaded", loaded.model}, {"output", k}};
    f.identity = info().name + "|" + std::to_string(k);
    verdicts.disagrees(std::move(f));
  }

  LastLayers last_;
  std::deque<Sample> kept_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ReloadKeepsPredictions>(); }};

}  // namespace
}  // namespace kerasan::checks

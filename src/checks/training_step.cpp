// training-step: the weights after a step of a known model are what its batch gives.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "base/pieces.h"
#include "checks/evaluation_model.h"
#include "checks/finding_text.h"
#include "checks/held_verdicts.h"
#include "checks/layer_call.h"
#include "checks/optimizer_judgement.h"
#include "checks/products_of.h"
#include "checks/rule.h"
#include "checks/sampled_roundings.h"
#include "checks/sparse_rows.h"
#include "checks/step_halves.h"
#include "checks/training_pass.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;
using reference::Bounded;

constexpr const char* kName = "training-step";

std::string text(const Json& body, const char* key) { return model::string_or(body, key, ""); }

class TrainingStep : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        kName, "wrong-calculation", 4,
        "A training step of a model of built-in layers is followed from its recorded batch: "
        "forward, losses with sample and class weights, penalties, derivatives, clipping and the "
        "optimizer's published update. Each weight afterwards is what that gives, within a bound "
        "that covers every order of evaluation; what is frozen stays as it is, and what a layer "
        "itself keeps (moving averages) moves as documented."};
    return info;
  }
  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    try {
      if (event.kind == "model") note_model(event.body);
      if (event.kind == "application") note_application(event.body);
      if (event.kind == "step" && text(event.body, "phase") == "train") step_ = event.body;
      if (event.kind == "update") judge(event, run, verdicts);
    } catch (const NotFollowed& reason) {
      verdicts.not_checked(kName, reason.what());
    } catch (const std::exception& error) {
      verdicts.not_checked(kName, std::string("unreadable event: ") + error.what());
    }
  }

 private:
  void note_model(const Json& body);
  void note_application(const Json& body);
  void judge(const model::Event& event, const model::Run& run, Verdicts& verdicts);
  Followed follow(const Json& model, const model::Run& run, const Applications& applications);
  void require_as_compiled(const Json& model) const;
  void require_known_penalties(const Json& model);
  // Takes the gradients out of `followed`; leaves `read` as it was.
  HeldVerdicts judge_by(Followed& followed, const model::Event& event, const model::Run& run,
                        const Json& model, OptimizerStep& read) const;
  // What the framework's own gradient of a variable was, where that is known, and what the largest
  // derivatives of its neighbours exceed.
  struct Beside {
    std::optional<Bounded> recorded;
    std::optional<double> size;
  };
  // `read` has the expected gradient, if any.
  void one(const model::Event& event, const model::Run& run, const OptimizerStep& step,
           const StepOfVariable& read, const Beside& beside, Verdicts& verdicts) const;
  void by_halves(const model::Event& event, const model::Run& run, const OptimizerStep& step,
                 const StepOfVariable& read, const Beside& beside, Verdicts& verdicts) const;
  void report_gradient(const model::Event& event, const model::Run& run, const StepOfVariable& var,
                       const Distance& d, Verdicts& verdicts) const;
  void report(const model::Event& event, const model::Run& run, const StepOfVariable& var,
              const Bounded& gradient, const Judged& judged, Verdicts& verdicts) const;
  void judge_rest(const model::Event& event, const model::Run& run, const Json& model,
                  const Followed& followed, Verdicts& verdicts) const;
  void compare_state(const model::Event& event, const model::Run& run, const std::string& layer,
                     const std::string& weight, const std::vector<Bounded>& expected,
                     const Bounded& before, const Bounded& after, Verdicts& verdicts) const;

  Json step_;                               // the last training step, until its update comes
  std::optional<std::int64_t> applied_in_;  // the step of `applications_`
  Applications applications_;
  std::map<std::string, bool> penalties_known_;                // by model
  std::map<std::string, bool> sampled_;                        // by model
  std::set<std::string> established_;                          // identities of findings
  std::map<std::string, std::map<std::string, bool>> trains_;  // by model and layer
};

void TrainingStep::note_model(const Json& body) {
  const std::string when = text(body, "when"), id = text(body, "id");
  if (when != "compile" && when != "load") return;
  penalties_known_.erase(id);
  auto& trains = trains_[id];
  trains.clear();
  for (const Json* layer : model::leaf_layers(body))
    trains[text(*layer, "id")] = truth(*layer, "trainable", true);
}

// Those of the latest step that was run again, of layers that draw.
void TrainingStep::note_application(const Json& body) {
  const auto step = model::optional_integer(body, "step");
  if (!step || text(body, "class").find("Dropout") == std::string::npos ||
      body.value("drawn", Json()) == true)
    return;
  if (step != applied_in_) applications_.clear();
  applied_in_ = step;
  const auto [at, first] = applications_.emplace(text(body, "layer"), body);
  if (!first) at->second = nullptr;
}

// What trains is documented to be settled by compile.
void TrainingStep::require_as_compiled(const Json& model) const {
  const auto compiled = trains_.find(text(model, "id"));
  if (compiled == trains_.end()) return;
  for (const Json* layer : model::leaf_layers(model)) {
    const auto held = compiled->second.find(text(*layer, "id"));
    if (held != compiled->second.end() && held->second != truth(*layer, "trainable", true))
      throw NotFollowed("`trainable` was changed after compile");
  }
}

// Losses that the program added are among those that a re-run gave.
void TrainingStep::require_known_penalties(const Json& model) {
  const std::string id = text(model, "id");
  const Json held = step_.value("losses", Json());
  if (held.is_array()) {
    const auto [all, training] = count_penalties(model);
    penalties_known_[id] = held.size() == all || held.size() == training;
  }
  const auto known = penalties_known_.find(id);
  if (known == penalties_known_.end()) throw NotFollowed("the penalties were not recorded");
  if (!known->second) throw NotFollowed("losses that the program added");
}

// With the bounds that no rounding exceeds, or, once they have been too wide for a model, by a
// sample.
Followed TrainingStep::follow(const Json& model, const model::Run& run,
                              const Applications& applications) {
  bool& sampled = sampled_[text(model, "id")];
  if (!sampled) {
    try {
      Followed out = TrainingPass(model, step_, run, applications).followed();
      sampled = std::any_of(out.gradients.begin(), out.gradients.end(),
                            [](const auto& one) { return too_wide(one.second); });
      if (!sampled) return out;
    } catch (const NotFollowed& reason) {
      if (reason.what() != std::string_view(kTooWide)) throw;
      sampled = true;
    }
  }
  // What a library cuts off, or what a transform spreads, is not independent with mean zero.
  const reference::Products products = products_of(run);
  if (products.transforms ||
      std::max({products.matmul, products.convolution, products.recurrent}) > 0)
    throw NotFollowed(kTooWide);
  return follow_by_samples(model, step_, run, applications, kFirstSamples);
}

void TrainingStep::judge(const model::Event& event, const model::Run& run, Verdicts& verdicts) {
  const auto id = model::optional_integer(event.body, "step");
  if (!id || step_.is_null() || model::optional_integer(step_, "id") != id) return;
  const Json& step = step_;
  const model::Model* model = run.model(event.pid, text(step, "model"));
  if (model == nullptr) throw NotFollowed("the model was not recorded");
  OptimizerStep read = read_step(event, run);
  if (!read.unchecked.empty()) throw NotFollowed(read.unchecked);
  if (reference::find_optimizer(read.class_name) == nullptr)
    throw NotFollowed("no reference for class " + read.class_name);
  if (!read.direct) throw NotFollowed("gradients are scaled or accumulated on their way");
  require_as_compiled(model->raw);
  require_known_penalties(model->raw);
  static const Applications none;
  const Applications& applications = applied_in_ == id ? applications_ : none;
  Followed followed = follow(model->raw, run, applications);
  HeldVerdicts held = judge_by(followed, event, run, model->raw, read);
  const auto is_new = [&](const Finding& f) { return !established_.contains(f.identity); };
  if (sampled_.at(text(step, "model")) && std::ranges::any_of(held.findings(), is_new)) {
    followed = follow_by_samples(model->raw, step, run, applications, kSamples);
    held = judge_by(followed, event, run, model->raw, read);
  }
  for (const Finding& finding : held.findings()) established_.insert(finding.identity);
  std::move(held).hand_over(kName, followed.drawn, verdicts);
}

HeldVerdicts TrainingStep::judge_by(Followed& followed, const model::Event& event,
                                    const model::Run& run, const Json& model,
                                    OptimizerStep& read) const {
  auto& gradients = followed.gradients;
  const auto sizes = sizes_beside(model, gradients);
  const Json rows = event.body.value("vars", Json::array());
  std::vector<Beside> beside(read.variables.size());
  for (std::size_t k = 0; k < read.variables.size(); ++k) {
    const std::string id = text(rows[k], "id");
    auto& gradient = read.variables[k].call.gradient;
    beside[k].recorded = std::move(gradient);
    gradient.reset();
    if (const auto size = sizes.find(id); size != sizes.end()) beside[k].size = size->second;
    if (const auto found = gradients.find(id); found != gradients.end())
      gradient = std::move(found->second);
  }
  std::vector<HeldVerdicts> of_each(read.variables.size());
  for_pieces(of_each.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t k = begin; k < end; ++k)
      one(event, run, read, read.variables[k], beside[k], of_each[k]);
  });
  HeldVerdicts verdicts;
  for (std::size_t k = 0; k < of_each.size(); ++k) {
    read.variables[k].call.gradient = std::move(beside[k].recorded);
    std::move(of_each[k]).hand_over(kName, false, verdicts);
  }
  judge_rest(event, run, model, followed, verdicts);
  return verdicts;
}

void TrainingStep::one(const model::Event& event, const model::Run& run, const OptimizerStep& step,
                       const StepOfVariable& read, const Beside& beside, Verdicts& verdicts) const {
  if (!read.unchecked.empty() && !read.sparse) return verdicts.not_checked(kName, read.unchecked);
  const auto& gradient = read.call.gradient;
  if (!gradient) {
    if (read.unmoved) return verdicts.agrees(kName);
    return verdicts.not_checked(kName, "a weight that the followed layers do not use");
  }
  if (gradient->shape != read.call.before.shape)
    return verdicts.not_checked(kName, "a derivative of another shape");
  if (too_wide(*gradient)) return by_halves(event, run, step, read, beside, verdicts);
  std::optional<StepOfVariable> changed;
  std::vector<double> times;
  if (read.sparse && gradient->shape.size() == 2) {
    if (step.clipping.kind.ends_with("norm"))
      return verdicts.not_checked(kName, "the norm of a sparse gradient");
    std::vector<std::size_t> touched;
    if (others_follow(read, touched)) {
      if (touched.empty()) return verdicts.agrees(kName);
      changed = step_of_rows(read, touched);
    } else {
      touched.resize(std::size_t(gradient->shape[0]));
      std::iota(touched.begin(), touched.end(), std::size_t{0});
    }
    times = lookups(step_.value("x", Json()), run, touched);
    if (times.empty())
      return verdicts.not_checked(kName, "how often each row was looked up is not known");
  }
  if (!step.clipping.kind.empty()) {
    if (!changed) changed = read;
    if (!(changed->call.gradient = clipped(step, *changed)))
      return verdicts.not_checked(kName, "the norm of all gradients is not known");
  }
  const StepOfVariable& var = changed ? *changed : read;
  auto result = outcomes(var, var.call);
  add_roundings(var, times, result.variants);
  if (result.not_checked) return verdicts.not_checked(kName, result.not_checked->reason);
  const Judged judged = judge_forms(var, result.variants);
  if (judged.agrees && judged.wide) return by_halves(event, run, step, read, beside, verdicts);
  if (judged.agrees) {
    verdicts.measured(kName, step.class_name, judged.worst.nearest);
    return verdicts.agrees(kName);
  }
  // With a gradient of its own choice, does the step follow the optimizer at all?
  if (!read.sparse) {
    StepOfVariable own = var;
    own.call.gradient = beside.recorded;
    const auto free = outcomes(own, own.call);
    if (!free.not_checked && !judge_forms(own, free.variants).agrees)
      return verdicts.not_checked(kName, "the update is not the optimizer's (optimizer-update)");
  }
  report(event, run, var, *var.call.gradient, judged, verdicts);
}

void TrainingStep::by_halves(const model::Event& event, const model::Run& run,
                             const OptimizerStep& step, const StepOfVariable& read,
                             const Beside& beside, Verdicts& verdicts) const {
  if (!beside.size || read.sparse || !step.clipping.kind.empty())
    return verdicts.not_checked(kName, kTooWide);
  const Halves halves = judge_halves(read, beside.recorded, *beside.size);
  if (!halves.update)
    return verdicts.not_checked(kName, "the update is not the optimizer's (optimizer-update)");
  if (!halves.told) return verdicts.not_checked(kName, kTooWide);
  if (!halves.gradient.agrees())
    return report_gradient(event, run, read, halves.gradient, verdicts);
  verdicts.agrees(kName);
}

// How many times the expected gradient the step was made with, where its slots tell it.
Json ratio(const StepOfVariable& var, const Bounded& gradient) {
  StepOfVariable free = var;
  free.call.gradient.reset();
  const auto result = reference::find_optimizer(var.call.class_name)(free.call);
  if (result.not_checked || result.variants.empty() || !result.variants[0].implied) return Json();
  const Bounded& implied = *result.variants[0].implied;
  double dot = 0, square = 0;
  for (std::size_t k = 0; k < gradient.size(); ++k) {
    dot += implied.value[k] * gradient.value[k];
    square += gradient.value[k] * gradient.value[k];
  }
  return square > 0 ? number_or_text(dot / square) : Json();
}

void TrainingStep::report(const model::Event& event, const model::Run& run,
                          const StepOfVariable& var, const Bounded& gradient, const Judged& judged,
                          Verdicts& verdicts) const {
  const Distance& d = judged.worst;
  Finding f = finding_of_distance(info(), event, run, var, d, "The training step",
                                  "the batch, its loss and " + var.call.class_name + " give");
  f.evidence["gradient"] = number_or_text(gradient.value[d.index]);
  f.evidence["gradient_bound"] = number_or_text(gradient.bound[d.index]);
  f.evidence["gradient_used_over_expected"] = ratio(var, gradient);
  if (sampled_.at(text(step_, "model"))) f.evidence["bound_by"] = "sampled roundings";
  f.identity = std::string(kName) + "|" + text(step_, "model") + "|" + var.name;
  verdicts.disagrees(std::move(f));
}

void TrainingStep::report_gradient(const model::Event& event, const model::Run& run,
                                   const StepOfVariable& var, const Distance& d,
                                   Verdicts& verdicts) const {
  Finding f = finding_of_distance(info(), event, run, var, d, "The training step",
                                  "the batch and its loss give a derivative of");
  f.claimed = {{"derivative", number_or_text(d.claimed)}};
  f.recomputed = {{"derivative", number_or_text(d.expected)}};
  f.message = "The training step was made with a derivative of " + number_text(d.claimed) +
              " by \"" + var.name + "\" at " + index_of(var.call.before.shape, d.index).dump() +
              ", but the batch and its loss give " + number_text(d.expected) + " (" +
              std::to_string(d.beyond) + " of " + std::to_string(d.count) +
              " elements are outside the bound).";
  if (sampled_.at(text(step_, "model"))) f.evidence["bound_by"] = "sampled roundings";
  f.identity = std::string(kName) + "|" + text(step_, "model") + "|" + var.name;
  verdicts.disagrees(std::move(f));
}

// Weights that the optimizer was not given: frozen ones, and those that layers write themselves.
void TrainingStep::judge_rest(const model::Event& event, const model::Run& run, const Json& model,
                              const Followed& followed, Verdicts& verdicts) const {
  std::set<std::string> updated;
  for (const auto& row : event.body.value("vars", Json::array())) updated.insert(text(row, "id"));
  const Json before = step_.value("weights", Json::object()),
             after = step_.value("weights_after", Json::object());
  for (const Json* leaf : model::leaf_layers(model)) {
    const Json& layer = *leaf;
    const auto state = followed.states.find(text(layer, "id"));
    reference::LayerState moved;
    if (state != followed.states.end())
      moved = state->second;
    else if (reference::find_layer_state(text(layer, "class")) != nullptr)
      moved.not_checked = {"the state of a layer that the step is not seen to call"};
    for (const auto& weight : layer.value("weights", Json::array())) {
      const std::string id = text(weight, "id"), name = weight_name(text(weight, "name"));
      if (updated.contains(id)) continue;
      const auto was = run.tensor(before.value(id, Json())),
                 is = run.tensor(after.value(id, Json()));
      if (!was || !is || was->shape() != is->shape()) {
        verdicts.not_checked(kName, "a weight was not recorded");
      } else if (moved.not_checked) {
        verdicts.not_checked(kName, moved.not_checked->reason);
      } else {
        auto expected = moved.after.find(name);
        compare_state(
            event, run, text(layer, "name"), name,
            expected == moved.after.end() ? std::vector{Bounded::exact(*was)} : expected->second,
            Bounded::exact(*was), Bounded::exact(*is), verdicts);
      }
    }
  }
}

void TrainingStep::compare_state(const model::Event& event, const model::Run& run,
                                 const std::string& layer, const std::string& weight,
                                 const std::vector<Bounded>& expected, const Bounded& before,
                                 const Bounded& after, Verdicts& verdicts) const {
  std::size_t worst = 0;
  double factor = 0;
  for (const Bounded& form : expected) {
    bool agrees = true;
    for (std::size_t k = 0; k < after.size(); ++k) {
      const double error = std::fabs(after.value[k] - form.value[k]);
      if (!(error > form.bound[k])) continue;
      agrees = false;
      const double beyond = form.bound[k] > 0 ? error / form.bound[k] : INFINITY;
      if (beyond > factor) factor = beyond, worst = k;
    }
    if (agrees) return verdicts.agrees(kName);
  }
  const Bounded& form = expected.front();
  Finding f = finding_of(info());
  const Json index = index_of(after.shape, worst);
  f.claimed = number_or_text(after.value[worst]);
  f.recomputed = number_or_text(form.value[worst]);
  f.bound = number_or_text(form.bound[worst]);
  f.where = where_of_update(event, run);
  f.where["layer"] = layer;
  const bool frozen = scale_of(form.bound, nullptr) == 0 && form.value == before.value;
  f.message = "The training step left " + weight + " of layer \"" + layer + "\" at " +
              index.dump() + " with " + number_text(after.value[worst]) +
              (frozen ? ", but it is not trained and held " : ", but the batch gives ") +
              number_text(form.value[worst]) + ".";
  f.evidence = {{"index", index},
                {"before", number_or_text(before.value[worst])},
                {"factor", number_or_text(factor)}};
  f.identity = std::string(kName) + "|" + text(step_, "model") + "|" + layer + "|" + weight;
  verdicts.disagrees(std::move(f));
}

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<TrainingStep>(); }};

}  // namespace
}  // namespace kerasan::checks

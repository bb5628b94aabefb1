// Claim: steps that a mask leaves out do not count in metrics.
#include <deque>
#include <map>

#include "checks/call_arguments.h"
#include "checks/evaluation_compile.h"
#include "checks/evaluation_model.h"
#include "checks/evaluation_predictions.h"
#include "checks/evaluation_totals.h"
#include "checks/finding_text.h"
#include "checks/products_of.h"
#include "checks/rule.h"
#include "model/fields.h"
#include "reference/metric.h"
#include "reference/metric_state.h"

namespace kerasan::checks {
namespace {

using model::Json;
using reference::Bounded;

class MaskReachesMetrics : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "mask-reaches-metrics", "wrong-parameter-setting", 2,
        "Where the output of a model carries a mask, the metrics of compile are those of the steps "
        "that the mask keeps: what evaluate reports is not the value over all steps, the masked "
        "ones among them."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind == "application") return note_masks(event.body);
    if (event.kind == "step") return note_step(event, run);
    if (event.kind != "return") return;
    const auto id = model::require_integer(event.body, "id");
    const auto node = open_.extract({event.pid, id});
    const auto* call = run.call(event.pid, id);
    if (!node.empty() && call != nullptr && call->error.empty())
      judge(*call, node.mapped(), run, verdicts);
  }

 private:
  struct Values {
    MetricTotals kept, all;
    std::string reason;
  };
  struct Evaluated {
    std::string model, reason;
    std::optional<CompileSpec> spec;
    std::vector<Values> metrics;
  };
  static constexpr std::size_t kMasksKept = 64, kCallsKept = 100;

  void note_masks(const Json& body) {
    const Json outputs = body.value("outputs", Json()), masks = body.value("output_masks", Json());
    if (!outputs.is_array() || !masks.is_array() || masks.size() != outputs.size()) return;
    for (std::size_t k = 0; k < masks.size(); ++k)
      if (!masks[k].is_null()) masks_.emplace_back(outputs[k], masks[k]);
    while (masks_.size() > kMasksKept) masks_.pop_front();
  }

  Json mask_of(const Json& predictions) const {
    for (auto held = masks_.rbegin(); held != masks_.rend(); ++held)
      if (held->first == predictions) return held->second;
    return {};
  }

  void note_step(const model::Event& event, const model::Run& run) {
    const auto id = model::optional_integer(event.body, "call");
    const auto* call = id ? run.call(event.pid, *id) : nullptr;
    if (call == nullptr || call->api != "Model.evaluate" ||
        model::string_or(event.body, "phase", "") != "test")
      return;
    const auto mask = run.tensor(mask_of(event.body.value("predictions", Json())));
    const bool known = open_.contains({event.pid, *id});
    if ((!mask && !known) || (!known && open_.size() >= kCallsKept)) return;
    Evaluated& held = open_[{event.pid, *id}];
    if (!mask || !truth(event.body, "complete", true) || (!known && event.body["index"] != 0))
      held.reason = "a batch without a recorded mask";
    else
      add(event.body, *mask, run, held);
  }

  static void add(const Json& body, const Tensor& mask, const model::Run& run, Evaluated& held) {
    held.model = model::string_or(body, "model", "");
    const model::Model* model = run.model(held.model);
    const auto predicted = run.tensor(body.value("predictions", Json())),
               target = run.tensor(body.value("y", Json()));
    if (!held.spec && model != nullptr) held.spec = compile_spec(model->raw, 1);
    if (!held.spec || !predicted || !target || predicted->shape().size() < 3 ||
        mask.size() * static_cast<std::size_t>(predicted->shape().back()) != predicted->size()) {
      held.reason = "predictions, targets or masks that are not one for each step";
      return;
    }
    if (!body.value("sample_weight", Json()).is_null()) held.reason = "sample weights";
    held.metrics.resize(held.spec->metrics.size());
    const auto steps = static_cast<double>(predicted->shape()[1]);
    const Bounded prediction = with_allowance(
        *predicted, relative_error(model->raw, steps, products_of(run)), std::nullopt);
    for (std::size_t m = 0; m < held.metrics.size(); ++m)
      add_metric(held.spec->metrics[m], *held.spec, Bounded::exact(*target), prediction,
                 predicted->dtype(), mask.to_doubles(), held.metrics[m]);
  }

  static void add_metric(const MetricSpec& spec, const CompileSpec& compiled, const Bounded& target,
                         const Bounded& prediction, DType dtype, const std::vector<double>& mask,
                         Values& values) {
    std::string meaning = spec.canonical;
    if (meaning == "accuracy" || meaning == "crossentropy") {
      const auto& loss = compiled.losses.front().canonical;
      const auto several =
          meaning == "accuracy"
              ? reference::accuracy_meanings(target.shape, prediction.shape, loss)
              : reference::crossentropy_meanings(target.shape, prediction.shape, loss);
      if (several.size() != 1) values.reason = meaning + " may mean several metrics";
      meaning = several.empty() ? "" : several.front();
    }
    if (!spec.unknown.empty()) values.reason = spec.unknown;
    if (reference::has_metric_state(meaning)) values.reason = spec.name + " is no mean over rows";
    if (!values.reason.empty()) return;
    const auto rows = reference::metric_rows(meaning, {spec.config, target, prediction, dtype});
    if (rows.not_checked || rows.numerator.value.size() != mask.size()) {
      values.reason = rows.not_checked ? rows.not_checked->reason : "rows that are not the steps";
      return;
    }
    values.kept.add_batch(rows, mask);
    values.all.add_batch(rows, {});
  }

  void judge(const model::Call& call, const Evaluated& held, const model::Run& run,
             Verdicts& verdicts) {
    if (!held.reason.empty()) return verdicts.not_checked(info().name, held.reason);
    const Json* list = items(call.result);
    for (std::size_t m = 0; m < held.metrics.size(); ++m) {
      const MetricSpec& spec = held.spec->metrics[m];
      Json value;
      if (list != nullptr && list->size() == held.metrics.size() + 1)
        value = (*list)[m + 1];
      else if (call.result.is_object())
        value = call.result.value(spec.name, Json());
      if (!held.metrics[m].reason.empty() || !value.is_number())
        verdicts.not_checked(info().name,
                             value.is_number() ? held.metrics[m].reason : "the value is not known");
      else
        judge_metric(spec, held.metrics[m], value.get<double>(), call, run, verdicts);
    }
  }

  void judge_metric(const MetricSpec& spec, const Values& values, double claimed,
                    const model::Call& call, const model::Run& run, Verdicts& verdicts) {
    const Range kept = values.kept.result(0x1p-24), all = values.all.result(0x1p-24);
    if (kept.contains(claimed)) return verdicts.agrees(info().name);
    if (!all.contains(claimed))
      return verdicts.not_checked(info().name, "neither the kept steps nor all steps");
    if (model::string_or(run.framework(), "adapter", "") == "keras3")
      return verdicts.not_checked(info().name,
                                  "whether metrics follow a mask is not documented for Keras 3");
    Finding finding = finding_of(info());
    finding.claimed = {{spec.name, claimed}};
    finding.recomputed = {{spec.name, kept.value}};
    finding.bound = kept.bound();
    finding.where = where_of(call);
    finding.message = call.api + " gives " + spec.name + " " + number_text(claimed) +
                      ", which counts the steps that the mask leaves out; over those that it keeps "
                      "it is " +
                      number_text(kept.value) + ".";
    finding.identity = spec.name + "|" + place_of(call);
    verdicts.disagrees(std::move(finding));
  }

  std::deque<std::pair<Json, Json>> masks_;  // output, its mask
  std::map<std::pair<std::int64_t, std::int64_t>, Evaluated> open_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<MaskReachesMetrics>(); }};

}  // namespace
}  // namespace kerasan::checks

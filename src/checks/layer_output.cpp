// layer-output: a layer's recorded output equals the reference on its recorded input.
#include <algorithm>
#include <cmath>
#include <optional>

#include "checks/finding_text.h"
#include "checks/layer_call.h"
#include "checks/layer_verdicts.h"
#include "checks/rule.h"
#include "model/fields.h"
#include "reference/ops/lines.h"

namespace kerasan::checks {
namespace {

using reference::Bounded;
using reference::LayerCall;
using Json = model::Json;

constexpr const char* kName = "layer-output";

std::string field(const Json& body, const char* key) { return model::string_or(body, key, ""); }

struct Worst {
  std::size_t index = 0;
  double factor = 0;
  double nearest = 0;  // the largest |error| / bound within the bound
  std::size_t beyond = 0, wide = 0, compared = 0;
  bool non_finite = false;
};

class LayerOutput : public Rule {
 public:
  const RuleInfo& info() const override;
  void join(Shared& shared) override { verdicts_ = shared.get<LayerVerdicts>(); }
  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override;

 private:
  // False where it disagrees.
  bool judge(const Json& body, const LayerCall& call, const std::vector<Bounded>& computed,
             Verdicts& verdicts) const;
  void report(const Json& body, const Tensor& claimed, const Bounded& computed,
              const std::vector<double>& values, const Worst& worst, Verdicts& verdicts) const;

  std::shared_ptr<LayerVerdicts> verdicts_;
};

const RuleInfo& LayerOutput::info() const {
  static const RuleInfo info{
      kName, "wrong-calculation", 4,
      "Recomputes in float64 what each built-in layer gave for its recorded input, weights, "
      "masks and training flag, and compares element by element. The tolerance is a forward "
      "error bound derived from the precision that the layer ran in and the sizes of the terms "
      "it adds: every reasonable order of evaluation lies within it. An element outside means "
      "that the layer calculated something other than its documentation says."};
  return info;
}

bool all_finite(const std::vector<double>& values) {
  // Squares and sums of larger values may overflow on the way to a finite result.
  return reference::lines::all_below(values.data(), values.size(), 1e15);
}

Worst measure(const LayerCall& call, const std::vector<double>& claimed, const Bounded& computed,
              double u) {
  bool finite_before = call.compute_dtype != DType::kFloat16;  // partial sums may overflow there
  for (const auto* values : {&call.inputs, &call.weights, &call.initial_states})
    for (const Bounded& v : *values) finite_before = finite_before && all_finite(v.value);
  for (const auto& [name, values] : call.tensors)
    for (const Bounded& v : values) finite_before = finite_before && all_finite(v.value);
  const double scale = reference::lines::largest(computed.value.data(), computed.bound.data(),
                                                 computed.size(), 1, 0);
  Worst worst;
  double error_of_nearest = 0, bound_of_nearest = 1;  // no division for each element
  for (std::size_t i = 0; i < claimed.size(); ++i) {
    const double value = computed.value[i];
    const double bound = computed.bound[i] + u * (std::fabs(value) + computed.bound[i]);
    if (!std::isfinite(value) || std::isnan(bound)) continue;  // propagated from the input
    const bool overflow = !std::isfinite(claimed[i]);
    if (overflow && (!finite_before || std::fabs(value) + bound > 1e30)) continue;
    ++worst.compared;
    // Compared with the whole output: one small element may be lost to cancellation.
    if (bound > scale) ++worst.wide;
    const double error = std::fabs(claimed[i] - value);
    if (!overflow && error <= bound) {
      if (error * bound_of_nearest > error_of_nearest * bound)
        error_of_nearest = error, bound_of_nearest = bound;
      continue;
    }
    ++worst.beyond;
    const double factor = overflow ? INFINITY : error / bound;
    if (factor <= worst.factor && worst.factor > 0) continue;
    worst.factor = factor;
    worst.index = i;
    worst.non_finite = overflow;
  }
  worst.nearest = error_of_nearest / bound_of_nearest;
  return worst;
}

void LayerOutput::report(const Json& body, const Tensor& claimed, const Bounded& computed,
                         const std::vector<double>& values, const Worst& worst,
                         Verdicts& verdicts) const {
  const std::string layer = field(body, "name");
  const Json index = index_of(claimed.shape(), worst.index);
  Finding finding = finding_of(info());
  finding.claimed = number_or_text(values[worst.index]);
  finding.recomputed = number_or_text(computed.value[worst.index]);
  finding.bound = number_or_text(computed.bound[worst.index]);
  finding.where = {{"layer", layer}};
  for (const char* key : {"step", "model", "node"})
    if (body.contains(key) && !body[key].is_null()) finding.where[key] = body[key];
  if (const Json place = body.value("where", Json()); place.is_object())
    for (const char* key : {"file", "line"}) finding.where[key] = place.value(key, Json());
  finding.message = field(body, "class") + " layer \"" + layer + "\" gave " +
                    finding.claimed.dump() + " at " + index.dump() +
                    " where its input and weights give " + finding.recomputed.dump() + " (" +
                    std::to_string(worst.beyond) + " of " + std::to_string(worst.compared) +
                    " elements are outside the bound).";
  finding.evidence = {{"class", body.value("class", Json())},
                      {"index", index},
                      {"factor", number_or_text(worst.factor)},
                      {"elements_beyond", worst.beyond},
                      {"elements", worst.compared},
                      {"shape", claimed.shape()},
                      {"training", body.value("training", Json())},
                      {"config", body.value("config", Json())},
                      {"non_finite", worst.non_finite}};
  finding.identity = field(body, "class") + " " + layer;
  verdicts.disagrees(std::move(finding));
}

// Why an output without an element outside its bound still says nothing; empty if it agrees.
std::string undecided(const Worst& worst, std::size_t elements) {
  if (worst.compared == 0 && elements > 0) return ": nothing finite to compare";
  return worst.wide * 2 > worst.compared ? ": bound too wide" : "";
}

// One verdict for an application, whatever the number of its outputs.
bool LayerOutput::judge(const Json& body, const LayerCall& call,
                        const std::vector<Bounded>& computed, Verdicts& verdicts) const {
  std::string why;
  double nearest = 0;
  for (std::size_t i = 0; i < computed.size(); ++i) {
    const Tensor& claimed = call.observed[i];
    if (claimed.shape() != computed[i].shape) {
      why = ": shape differs from the reference";
      continue;
    }
    const std::vector<double> values = claimed.to_doubles();
    const double u = is_float(claimed.dtype()) ? unit_roundoff(claimed.dtype()) : 0;
    const Worst worst = measure(call, values, computed[i], u);
    if (worst.beyond > 0) {
      report(body, claimed, computed[i], values, worst, verdicts);
      return false;
    }
    if (why.empty()) why = undecided(worst, values.size());
    nearest = std::max(nearest, worst.nearest);
  }
  if (!why.empty()) {
    verdicts.not_checked(kName, call.class_name + why);
    return true;
  }
  verdicts.measured(kName, call.class_name, nearest);
  verdicts.agrees(kName);
  ++verdicts_->agreed;
  return true;
}

void LayerOutput::on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) {
  if (event.kind != "application") return;
  const Json& body = event.body;
  const std::string name = field(body, "class");
  if (body.contains("builtin") && body["builtin"] == false)
    return verdicts.not_checked(kName, "a class of the program");
  const auto function = reference::find_layer(name);
  if (function == nullptr) return verdicts.not_checked(kName, "no reference for class " + name);
  try {
    LayerCall call;
    if (const auto reason = take_layer_call(body, run, call))
      return verdicts.not_checked(kName, name + ": " + *reason);
    const auto result = function(call);
    if (result.not_checked) return verdicts.not_checked(kName, result.not_checked->reason);
    if (result.outputs.size() != call.observed.size())
      return verdicts.not_checked(kName, name + ": number of outputs differs");
    if (!judge(body, call, result.outputs, verdicts) &&
        verdicts_->disagreed.size() < LayerVerdicts::kKept)
      verdicts_->disagreed.push_back(event);
  } catch (const std::exception& error) {
    verdicts.not_checked(kName, name + ": unreadable event: " + error.what());
  }
}

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<LayerOutput>(); }};

}  // namespace
}  // namespace kerasan::checks

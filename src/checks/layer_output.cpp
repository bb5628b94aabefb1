// layer-output: a layer's recorded output equals the reference on its recorded input.
#include <algorithm>
#include <cmath>
#include <optional>

#include "checks/rule.h"
#include "reference/layer.h"

namespace kerasan::checks {
namespace {

using reference::Bounded;
using reference::LayerCall;
using Json = model::Json;

constexpr const char* kName = "layer-output";

// Values of `t` as the layer sees them after its cast to the compute precision. Whether a
// compiler rounds there or keeps the wider value, the error is at most u |x|.
Bounded cast(const Tensor& t, DType compute) {
  Bounded b = Bounded::exact(t);
  const double u = unit_roundoff(compute);
  const bool integer = !is_float(t.dtype());
  if (!is_float(compute) || (!integer && unit_roundoff(t.dtype()) >= u)) return b;
  for (std::size_t i = 0; i < b.size(); ++i)
    if (!integer || std::fabs(b.value[i]) * u >= 1) b.bound[i] = u * std::fabs(b.value[i]);
  return b;
}

std::string field(const Json& body, const char* key) {
  return body.contains(key) && body[key].is_string() ? body[key].get<std::string>() : "";
}

// "dense/kernel:0" -> "kernel"
std::string weight_name(const std::string& path) {
  const std::string name = path.substr(path.find_last_of('/') + 1);
  return name.substr(0, name.find(':'));
}

struct Worst {
  std::size_t index = 0;
  double factor = 0;
  std::size_t beyond = 0, wide = 0, compared = 0;
  bool non_finite = false;
};

class LayerOutput : public Rule {
 public:
  const RuleInfo& info() const override;
  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override;

 private:
  // Either a call or the reason why there is none.
  std::optional<std::string> build(const Json& body, const model::Run& run, LayerCall& call);
  void compare(const Json& body, const LayerCall& call, const Tensor& claimed,
               const Bounded& computed, Verdicts& verdicts) const;
  void report(const Json& body, const Tensor& claimed, const Bounded& computed,
              const std::vector<double>& values, const Worst& worst, Verdicts& verdicts) const;
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

std::optional<std::string> LayerOutput::build(const Json& body, const model::Run& run,
                                              LayerCall& call) {
  call.class_name = field(body, "class");
  call.config = body.value("config", Json::object());
  if (!call.config.is_object()) return "the config was not recorded";
  for (Json& value : call.config)  // some generations keep numbers as arrays
    if (const auto t = run.tensor(value); t && t->size() == 1) value = t->to_doubles()[0];
  call.training = body.contains("training") && body["training"] == true;
  if (const std::string dtype = field(body, "compute_dtype"); !dtype.empty())
    call.compute_dtype = parse_dtype(dtype);
  for (const Tensor& t : run.tensors(body.value("inputs", Json())))
    call.inputs.push_back(cast(t, call.class_name == "Embedding" ? t.dtype() : call.compute_dtype));
  if (call.inputs.empty()) return "the input was not recorded";
  const Json masks = body.value("masks", Json());
  for (const Json& mask : masks.is_array() ? masks : Json::array({masks})) {
    const auto t = run.tensor(mask);
    if (!t && !mask.is_null()) return "a mask was not recorded";
    call.masks.push_back(t ? std::optional(Bounded::exact(*t)) : std::nullopt);
  }
  for (const Json& weight : body.value("weights", Json::array())) {
    const auto t = run.tensor(weight.value("value", Json()));
    if (!t) return "a weight was not recorded";
    call.weights.push_back(cast(*t, call.compute_dtype));
    call.weight_names.push_back(weight_name(field(weight, "name")));
  }
  for (const Tensor& t : run.tensors(body.value("initial_states", Json())))
    call.initial_states.push_back(cast(t, call.compute_dtype));
  call.observed = run.tensors(body.value("outputs", Json()));
  if (call.observed.empty()) return "the output was not recorded";
  return std::nullopt;
}

bool all_finite(const std::vector<double>& values) {
  // Squares and sums of larger values may overflow on the way to a finite result.
  return std::all_of(values.begin(), values.end(), [](double v) { return std::fabs(v) < 1e15; });
}

Worst measure(const LayerCall& call, const std::vector<double>& claimed, const Bounded& computed,
              double u) {
  Worst worst;
  bool finite_before = call.compute_dtype != DType::kFloat16;  // partial sums may overflow there
  for (const auto* values : {&call.inputs, &call.weights, &call.initial_states})
    for (const Bounded& v : *values) finite_before = finite_before && all_finite(v.value);
  double scale = 0;
  for (double v : computed.value)
    if (std::isfinite(v)) scale = std::max(scale, std::fabs(v));
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
    if (!overflow && error <= bound) continue;
    ++worst.beyond;
    const double factor = overflow ? INFINITY : error / bound;
    if (factor <= worst.factor && worst.factor > 0) continue;
    worst.factor = factor;
    worst.index = i;
    worst.non_finite = overflow;
  }
  return worst;
}

Json number(double v) {
  if (std::isfinite(v)) return v;
  return std::isnan(v) ? "nan" : v > 0 ? "inf" : "-inf";
}

void LayerOutput::report(const Json& body, const Tensor& claimed, const Bounded& computed,
                         const std::vector<double>& values, const Worst& worst,
                         Verdicts& verdicts) const {
  const std::string layer = field(body, "name");
  Json index = Json::array();
  std::size_t rest = worst.index;
  for (std::size_t axis = claimed.shape().size(); axis-- > 0;) {
    const auto n = std::size_t(claimed.shape()[axis]);
    index.insert(index.begin(), rest % n);
    rest /= n;
  }
  Finding finding{kName, info().scenario, info().impact, {}, {}, {}, {}, {}, {}, {}};
  finding.claimed = number(values[worst.index]);
  finding.recomputed = number(computed.value[worst.index]);
  finding.bound = number(computed.bound[worst.index]);
  finding.where = {{"layer", layer}};
  for (const char* key : {"step", "model", "node"})
    if (body.contains(key)) finding.where[key] = body[key];
  finding.message = field(body, "class") + " layer \"" + layer + "\" gave " +
                    finding.claimed.dump() + " at " + index.dump() + " where its input and weights give " +
                    finding.recomputed.dump() + " (" + std::to_string(worst.beyond) + " of " +
                    std::to_string(worst.compared) + " elements are outside the bound).";
  finding.evidence = {{"class", body.value("class", Json())}, {"index", index},
                      {"factor", number(worst.factor)},       {"elements_beyond", worst.beyond},
                      {"elements", worst.compared},           {"shape", claimed.shape()},
                      {"training", body.value("training", Json())},
                      {"config", body.value("config", Json())},
                      {"non_finite", worst.non_finite}};
  finding.identity = field(body, "class") + " " + layer;
  verdicts.disagrees(std::move(finding));
}

void LayerOutput::compare(const Json& body, const LayerCall& call, const Tensor& claimed,
                          const Bounded& computed, Verdicts& verdicts) const {
  if (claimed.shape() != computed.shape)
    return verdicts.not_checked(kName, call.class_name + ": shape differs from the reference");
  const std::vector<double> values = claimed.to_doubles();
  const double u = is_float(claimed.dtype()) ? unit_roundoff(claimed.dtype()) : 0;
  const Worst worst = measure(call, values, computed, u);
  if (worst.beyond > 0) return report(body, claimed, computed, values, worst, verdicts);
  if (worst.compared == 0 && !values.empty())
    return verdicts.not_checked(kName, call.class_name + ": nothing finite to compare");
  if (worst.wide * 2 > worst.compared)
    return verdicts.not_checked(kName, call.class_name + ": bound too wide");
  verdicts.agrees(kName);
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
    if (const auto reason = build(body, run, call))
      return verdicts.not_checked(kName, name + ": " + *reason);
    const auto result = function(call);
    if (result.not_checked) return verdicts.not_checked(kName, result.not_checked->reason);
    if (result.outputs.size() != call.observed.size())
      return verdicts.not_checked(kName, name + ": number of outputs differs");
    for (std::size_t i = 0; i < result.outputs.size(); ++i)
      compare(body, call, call.observed[i], result.outputs[i], verdicts);
  } catch (const std::exception& error) {
    verdicts.not_checked(kName, name + ": unreadable event: " + error.what());
  }
}

const RuleRegistrar registrar{[]() -> std::unique_ptr<Rule> {
  return std::make_unique<LayerOutput>();
}};

}  // namespace
}  // namespace kerasan::checks

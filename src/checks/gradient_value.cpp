// gradient-value: the derivative that the framework gives of one layer or loss.
#include <algorithm>
#include <cmath>
#include <optional>

#include "checks/finding_text.h"
#include "checks/layer_call.h"
#include "checks/measure_event.h"
#include "checks/rule.h"
#include "model/fields.h"
#include "reference/gradient.h"
#include "reference/ops/lines.h"

namespace kerasan::checks {
namespace {

using model::Json;
using reference::Bounded;

std::string text(const Json& body, const char* key) { return model::string_or(body, key, ""); }

// One array of the framework against the reference's.
struct Compared {
  std::string of;  // "by input 0", "by kernel"
  Tensor claimed;
  Bounded computed;
};

struct Worst {
  const Compared* array = nullptr;
  std::size_t index = 0;
  double factor = 0;
};

class GradientValue : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "gradient-value", "wrong-calculation", 4,
        "The derivative that the framework's automatic differentiation gives of one built-in layer "
        "or loss, by its inputs and by its weights, is that of the documented formula, by reverse "
        "mode in float64. The tolerance covers every order of evaluation in the precision of the "
        "layer, and every one-sided derivative where the function has a kink within it."};
    return info;
  }
  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override;

 private:
  std::vector<Compared> of_layer(const Json& body, const model::Run& run, DType& precision) const;
  std::vector<Compared> of_loss(const Json& body, const model::Run& run, DType& precision) const;
  void judge(const model::Event& event, const model::Run& run, const std::vector<Compared>& arrays,
             double u, Verdicts& verdicts) const;
  void report(const model::Event& event, const model::Run& run, const Worst& worst,
              Verdicts& verdicts) const;
};

// Why a claim cannot be decided.
class Undecided : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

void decided(const std::optional<reference::NotChecked>& reason) {
  if (reason) throw Undecided(reason->reason);
}

void add(std::vector<Compared>& out, const std::string& of, const Json& claimed,
         const model::Run& run, const Bounded* computed) {
  const auto tensor = run.tensor(claimed);
  if (!tensor || computed == nullptr || computed->size() == 0) return;
  if (tensor->size() != computed->size()) throw Undecided("a derivative of another size");
  out.push_back({of, *tensor, *computed});
}

std::vector<Compared> GradientValue::of_layer(const Json& body, const model::Run& run,
                                              DType& precision) const {
  const Json& told = body["gradient"];
  const std::string cls = text(body, "class");
  const auto derivative = reference::find_layer_gradient(cls);
  if (derivative == nullptr) throw Undecided("no derivative for class " + cls);
  reference::LayerCall call;
  if (const auto reason = take_layer_call(body, run, call)) throw Undecided(*reason);
  precision = call.compute_dtype;
  const auto forward = reference::find_layer(cls)(call);
  decided(forward.not_checked);
  if (forward.outputs.size() == 1) call.output = forward.outputs.data();
  const std::vector<Tensor> seeds = run.tensors(told.value("seeds", Json()));
  if (seeds.size() != forward.outputs.size()) throw Undecided("number of outputs differs");
  std::vector<Bounded> by;
  for (std::size_t k = 0; k < seeds.size(); ++k) {
    if (seeds[k].shape() != forward.outputs[k].shape) throw Undecided("another output shape");
    by.push_back(Bounded::exact(seeds[k]));
  }
  const auto gradient = derivative(call, by);
  decided(gradient.not_checked);
  std::vector<Compared> out;
  const Json inputs = told.value("inputs", Json::array());
  for (std::size_t k = 0; k < gradient.inputs.size() && k < inputs.size(); ++k)
    add(out, "input " + std::to_string(k), inputs[k], run, &gradient.inputs[k]);
  const Json weights = told.value("weights", Json::array());
  for (std::size_t k = 0; k < gradient.weights.size() && k < weights.size(); ++k)
    add(out, call.weight_names[k], weights[k], run,
        gradient.weights[k] ? &*gradient.weights[k] : nullptr);
  for (const auto& [name, values] : gradient.tensors) {
    const Json held = told.value("arguments", Json::object()).value(name, Json::array());
    for (std::size_t k = 0; k < values.size() && k < held.size(); ++k)
      add(out, name, held[k], run, &values[k]);
  }
  return out;
}

// Of the sum of what the loss gave. Sample weights and masks are those of loss-value.
std::vector<Compared> GradientValue::of_loss(const Json& body, const model::Run& run,
                                             DType& precision) const {
  const std::string name = reference::canonical_loss(text(body, "class"));
  const auto derivative = reference::find_loss_gradient(name);
  if (derivative == nullptr) throw Undecided("no derivative for loss " + name);
  precision = precision_of(body, run);
  const auto truth = cast_numbers(body.value("y_true", Json()), run, precision);
  const auto predicted = cast_numbers(body.value("y_pred", Json()), run, precision);
  if (!truth || !predicted) throw Undecided("targets or predictions were not recorded");
  const Json config = plain_config(body, run);
  const reference::LossCall call{config, *truth, *predicted, precision, true};
  auto gradient = derivative({call, false});
  decided(gradient.not_checked);
  const bool function = body.value("function", Json()) == true;
  const Json how = config.value("reduction", Json("sum_over_batch_size"));
  const bool mean = !function && how.is_string() && how != "sum" && how != "none";
  const auto rows = reference::find_loss(name)(call);
  decided(rows.not_checked);
  const double count = mean ? double(std::max<std::size_t>(rows.rows.size(), 1)) : 1;
  const double u = unit_roundoff(precision);
  for (std::size_t k = 0; k < gradient.gradient.size(); ++k) {
    gradient.gradient.value[k] /= count;
    gradient.gradient.bound[k] =
        gradient.gradient.bound[k] / count + 4 * u * std::fabs(gradient.gradient.value[k]);
  }
  std::vector<Compared> out;
  add(out, "the predictions", body["gradient"].value("inputs", Json::array())[0], run,
      &gradient.gradient);
  return out;
}

void GradientValue::report(const model::Event& event, const model::Run& run, const Worst& worst,
                           Verdicts& verdicts) const {
  const Json& body = event.body;
  const Compared& at = *worst.array;
  const std::string cls = text(body, "class");
  Finding f = finding_of(info());
  f.claimed = number_or_text(at.claimed.to_doubles()[worst.index]);
  f.recomputed = number_or_text(at.computed.value[worst.index]);
  f.bound = number_or_text(at.computed.bound[worst.index]);
  f.where = where_of(event, run, "where");
  const Json index = index_of(at.claimed.shape(), worst.index);
  f.message = "The derivative of " + cls + " by " + at.of + " is " + f.claimed.dump() + " at " +
              index.dump() + " where its formula gives " + f.recomputed.dump() + ".";
  f.evidence = {{"class", cls},
                {"by", at.of},
                {"index", index},
                {"factor", number_or_text(worst.factor)},
                {"config", body.value("config", Json())}};
  f.identity = cls + " " + at.of;
  verdicts.disagrees(std::move(f));
}

void GradientValue::judge(const model::Event& event, const model::Run& run,
                          const std::vector<Compared>& arrays, double u, Verdicts& verdicts) const {
  const std::string cls = text(event.body, "class");
  Worst worst;
  double nearest = 0;
  std::size_t compared = 0, broad = 0;
  for (const Compared& array : arrays) {
    const std::vector<double> claimed = array.claimed.to_doubles();
    const double scale = reference::lines::largest(
        array.computed.value.data(), array.computed.bound.data(), array.computed.size(), 1, 0);
    for (std::size_t i = 0; i < claimed.size(); ++i) {
      const double value = array.computed.value[i];
      const double bound =
          array.computed.bound[i] + u * (std::fabs(value) + array.computed.bound[i]) + 0x1p-126;
      if (!std::isfinite(value) || !std::isfinite(bound)) continue;
      if (!std::isfinite(claimed[i]) && std::fabs(value) + bound > 1e30) continue;  // an overflow
      ++compared;
      if (bound > scale && bound > 0x1p-100) ++broad;
      const double error = std::isfinite(claimed[i]) ? std::fabs(claimed[i] - value) : INFINITY;
      if (error <= bound) {
        nearest = std::max(nearest, error / bound);
      } else if (error / bound > worst.factor) {
        worst = {&array, i, error / bound};
      }
    }
  }
  if (worst.array != nullptr) return report(event, run, worst, verdicts);
  if (compared == 0) throw Undecided(cls + ": nothing to compare");
  if (broad * 2 > compared) throw Undecided(cls + ": bound too wide");
  verdicts.measured(info().name, cls, nearest);
  verdicts.agrees(info().name);
}

void GradientValue::on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) {
  const bool layer = event.kind == "application";
  if (!layer && event.kind != "loss_value") return;
  if (!event.body.value("gradient", Json()).is_object()) return;
  try {
    if (event.body.value("builtin", Json()) == false) throw Undecided("a class of the program");
    DType precision = DType::kFloat32;
    const auto arrays =
        layer ? of_layer(event.body, run, precision) : of_loss(event.body, run, precision);
    if (precision != DType::kFloat32 && precision != DType::kFloat64)
      throw Undecided("a derivative in another precision than float32 and float64");
    judge(event, run, arrays, unit_roundoff(precision), verdicts);
  } catch (const Undecided& reason) {
    verdicts.not_checked(info().name, reason.what());
  } catch (const std::exception& error) {
    verdicts.not_checked(info().name, std::string("unreadable event: ") + error.what());
  }
}

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<GradientValue>(); }};

}  // namespace
}  // namespace kerasan::checks

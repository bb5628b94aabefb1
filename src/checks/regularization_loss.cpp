// regularization-loss: the losses of a model hold the penalty of each regularized weight.
#include <algorithm>
#include <cmath>

#include "checks/finding_text.h"
#include "checks/products_of.h"
#include "checks/rule.h"
#include "model/fields.h"
#include "reference/regularizer.h"

namespace kerasan::checks {
namespace {

using model::Json;

constexpr const char* kName = "regularization-loss";

struct Expected {
  std::string layer, weight, regularizer;
  double value = 0, bound = 0;
  bool found = false;
};

// "recurrent_kernel" is regularized by "recurrent_regularizer", "kernel" by "kernel_regularizer".
const Json* regularizer_of(const Json& config, std::string name) {
  name = name.substr(0, name.find(':'));
  name = name.substr(name.find_last_of('/') + 1);
  for (const char* end : {"", "_kernel", "_weight"}) {
    const std::string tail = end;
    if (name.size() <= tail.size() ||
        name.compare(name.size() - tail.size(), tail.size(), tail) != 0)
      continue;
    const std::string key = name.substr(0, name.size() - tail.size()) + "_regularizer";
    const auto held = config.find(key);
    if (held != config.end() && !held->is_null()) return &*held;
  }
  return nullptr;
}

class RegularizationLoss : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        kName, "wrong-calculation", 4,
        "Among the losses of a model is, for each trainable weight of a built-in layer that was "
        "given a built-in regularizer, the documented penalty of that weight: L1, L2, L1L2 or "
        "OrthogonalRegularizer, within the bound of a sum in any order."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "step") return;
    const Json losses = event.body.value("losses", Json());
    const auto* held = run.model(event.pid, model::string_or(event.body, "model", ""));
    if (!losses.is_array() || held == nullptr) return;
    try {
      judge(event, run, *held, verdicts);
    } catch (const std::exception& error) {
      verdicts.not_checked(kName, std::string("unreadable event: ") + error.what());
    }
  }

 private:
  std::vector<Expected> expected(const model::Event& event, const model::Run& run,
                                 const model::Model& model, DType precision,
                                 Verdicts& verdicts) const {
    std::vector<Expected> out;
    const Json weights = event.body.value("weights", Json::object());
    for (const Json& layer : model.raw.value("layers", Json::array())) {
      const Json config = layer.value("config", Json());
      if (!layer.value("builtin", false) || !layer.value("trainable", false) || !config.is_object())
        continue;
      for (const Json& weight : layer.value("weights", Json::array())) {
        const std::string name = model::string_or(weight, "name", "");
        const Json* regularizer = regularizer_of(config, name);
        if (regularizer == nullptr || weight.value("trainable", Json()) != true) continue;
        const auto value = run.tensor(weights.value(model::string_or(weight, "id", ""), Json()));
        if (!value) {
          verdicts.not_checked(kName, "the weight was not recorded");
          continue;
        }
        const auto penalty = reference::penalty_of(*regularizer, reference::Bounded::exact(*value),
                                                   is_float(precision) ? precision : value->dtype(),
                                                   products_of(run));
        if (!penalty || penalty->not_checked) {
          if (penalty) verdicts.not_checked(kName, penalty->not_checked->reason);
          continue;
        }
        out.push_back({model::string_or(layer, "name", ""), name, regularizer->dump(),
                       penalty->value, penalty->bound, false});
      }
    }
    return out;
  }

  void judge(const model::Event& event, const model::Run& run, const model::Model& model,
             Verdicts& verdicts) const {
    std::vector<double> told;
    DType precision = DType::kBool;
    for (const Tensor& loss : run.tensors(event.body["losses"])) {
      if (loss.size() != 1) continue;
      told.push_back(loss.to_doubles().front());
      if (!is_float(precision) || unit_roundoff(loss.dtype()) > unit_roundoff(precision))
        precision = loss.dtype();
    }
    auto wanted = expected(event, run, model, precision, verdicts);
    // Intervals by their upper ends each take the least value that is left: the most that fit.
    std::sort(wanted.begin(), wanted.end(), [](const Expected& a, const Expected& b) {
      return a.value + a.bound < b.value + b.bound;
    });
    std::sort(told.begin(), told.end());
    for (Expected& one : wanted) {
      const auto at = std::find_if(told.begin(), told.end(), [&](double value) {
        return std::abs(value - one.value) <= one.bound;
      });
      if (at == told.end()) {
        report(event, run, one, told, verdicts);
      } else {
        told.erase(at);
        verdicts.agrees(kName);
      }
    }
  }

  void report(const model::Event& event, const model::Run& run, const Expected& one,
              const std::vector<double>& told, Verdicts& verdicts) const {
    double nearest = NAN;
    for (const double value : told)
      if (!(std::abs(nearest - one.value) <= std::abs(value - one.value))) nearest = value;
    Finding f = finding_of(info());
    f.claimed = {{"loss of the model", number_or_text(nearest)}};
    f.recomputed = {{"penalty", number_or_text(one.value)}};
    f.bound = one.bound;
    if (const auto* call =
            run.call(event.pid, model::optional_integer(event.body, "call").value_or(-1)))
      f.where = where_of(*call);
    f.where["layer"] = one.layer;
    f.message =
        "The regularizer of \"" + one.weight + "\" gives " + number_text(one.value) + ", but " +
        (std::isnan(nearest) ? "no loss of the model is left for it."
                             : "the nearest loss of the model is " + number_text(nearest) + ".");
    f.evidence = {{"weight", one.weight}, {"regularizer", one.regularizer}};
    f.identity = std::string(kName) + "|" + one.layer + "|" + one.weight;
    verdicts.disagrees(std::move(f));
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<RegularizationLoss>(); }};

}  // namespace
}  // namespace kerasan::checks

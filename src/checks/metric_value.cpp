// metric-value: a metric that the program updates itself comes to its documented value.
#include <map>
#include <utility>

#include "checks/measure_event.h"
#include "checks/rule.h"
#include "model/fields.h"
#include "reference/metric.h"
#include "reference/metric_state.h"

namespace kerasan::checks {
namespace {

using model::Json;
using reference::Bounded;

constexpr std::size_t kKept = 512;  // metrics of the program followed at one time

struct Followed {
  std::unique_ptr<reference::MetricState> state;
  std::string reason;  // why it cannot be told until it is reset
};

Bounded bounded(const reference::MetricValue& value) {
  Bounded out(value.shape);
  for (std::size_t k = 0; k < value.values.size(); ++k) {
    // Centred, so that a value at either end of the interval is within the bound.
    out.value[k] = value.values[k].value;
    out.bound[k] = value.values[k].bound();
  }
  return out;
}

class MetricValue : public MeasureRule {
 public:
  MetricValue() : MeasureRule("metric_value", "a metric of the program") {}
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "metric-value", "wrong-calculation", 2,
        "A built-in metric that the program updates itself, as in a training loop of its own, "
        "comes to its documented value of all targets, predictions and sample weights that it was "
        "handed since it was reset. Predictions within the rounding of a threshold or of each "
        "other may count either way."};
    return info;
  }

 private:
  void judge(const model::Event& event, const model::Run& run, const std::string& cls,
             Verdicts& verdicts) override {
    const Json& body = event.body;
    const auto key = std::pair(event.pid, model::string_or(body, "metric", ""));
    if (body.value("reset", Json()) == Json(true) || !followed_.contains(key)) {
      if (followed_.size() >= kKept) followed_.clear();
      followed_[key] = begin(body, run, cls);
      if (body.value("reset", Json()) != Json(true))
        followed_[key].reason = "its first updates were not recorded";
    }
    Followed& metric = followed_[key];
    if (body.value("complete", Json()) == Json(false))
      metric.reason = "not every update was recorded";
    for (const Json& update : body.value("updates", Json::array()))
      if (metric.reason.empty()) metric.reason = take(update, body, run, *metric.state);
    if (body.value("result", Json()).is_null()) return;
    if (!metric.reason.empty())
      return verdicts.not_checked(info().name, cls + ": " + metric.reason);
    std::vector<Bounded> accepted;
    for (const auto& value : metric.state->accepted()) accepted.push_back(bounded(value));
    if (accepted.empty())
      return verdicts.not_checked(info().name, cls + ": scores too near to tell their order");
    judge_measure(info(), event, run, accepted, reference::kMetricUnit, verdicts);
  }

  static Followed begin(const Json& body, const model::Run& run, const std::string& cls) {
    Followed out;
    const std::string fn = model::string_or(body, "fn", "");
    const bool wrapper = cls == "MeanMetricWrapper" && !fn.empty();
    const std::string canonical = reference::canonical_metric(wrapper ? fn : cls);
    out.state = reference::make_metric(canonical, plain_config(body, run));
    if (out.state == nullptr) out.reason = "no reference for this metric";
    return out;
  }

  static std::string take(const Json& update, const Json& body, const model::Run& run,
                          reference::MetricState& state) {
    DType precision = DType::kFloat32;
    const std::string name = model::string_or(body, "dtype", "");
    if (!name.empty()) precision = parse_dtype(name);
    if (!is_float(precision)) precision = DType::kFloat32;  // a confusion matrix of integers
    if (precision != DType::kFloat32) return "a metric in " + name;
    reference::MetricUpdate batch;
    const auto predicted = cast_numbers(update.value("y_pred", Json()), run, precision);
    if (!predicted) return "predictions were not recorded";
    batch.y_pred = *predicted;
    if (const Json truth = update.value("y_true", Json()); !truth.is_null()) {
      const auto numbers = cast_numbers(truth, run, precision);
      if (!numbers) return "targets were not recorded";
      batch.y_true = *numbers;
    }
    if (const Json weight = update.value("sample_weight", Json()); !weight.is_null()) {
      batch.weights = cast_numbers(weight, run, precision);
      if (!batch.weights) return "sample weights were not recorded";
    }
    batch.precision = precision;
    batch.direct = true;
    const auto reason = state.update(batch);
    return reason ? reason->reason : std::string();
  }

  std::map<std::pair<std::int64_t, std::string>, Followed> followed_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<MetricValue>(); }};

}  // namespace
}  // namespace kerasan::checks

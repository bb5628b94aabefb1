#include "checks/metric_names.h"

#include <cmath>
#include <optional>

#include "checks/display.h"
#include "checks/finding_text.h"
#include "checks/measure_event.h"
#include "model/fields.h"

namespace kerasan::checks {

using model::Json;

namespace {

using Values = std::map<std::string, double>;

Values by_name(const Json& object, const model::Run& run) {
  Values out;
  for (const auto& [name, value] : object.items())
    if (const auto one = numbers(value, run); one && one->value.size() == 1)
      out[name] = one->value[0];
  return out;
}

Values of_history(const Json& result, const model::Run& run) {
  const Json history = result.is_object() ? result.value("history", Json()) : Json();
  const Json epochs = result.is_object() ? result.value("epoch", Json()) : Json();
  if (!history.is_object() || !epochs.is_array()) return {};
  Json last = Json::object();
  bool validated = false;
  for (const auto& [name, values] : history.items())
    validated = validated || name.starts_with("val_");
  for (const auto& [name, values] : history.items()) {
    // Validated in other epochs than the last: the metrics hold the training's.
    if (!values.is_array() || values.size() != epochs.size() || values.empty()) continue;
    const bool of_validation = name.starts_with("val_");
    if (of_validation == validated) last[of_validation ? name.substr(4) : name] = values.back();
  }
  return by_name(last, run);
}

// What the call reported, by name; of a fit, what the loop that ended last reported.
Values reported(const model::Call& call, const Json& states, const model::Run& run) {
  if (trains_epochs(call.api)) return of_history(call.result, run);
  const Json names = states.value("metrics_names", Json());
  if (call.result.is_object() && !call.result.contains("$tensor")) return by_name(call.result, run);
  const auto values =
      call.result.is_array() || call.result.is_number() ? numbers(call.result, run) : std::nullopt;
  Values out;
  if (!values || !names.is_array() || names.size() != values->value.size()) return out;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i].is_string()) out[names[i]] = values->value[i];
  // With a metric among them that has no label, a label may be that of several values.
  for (const Json& metric : states.value("metrics", Json::array()))
    if (!out.contains(model::string_or(metric, "name", ""))) return {};
  return out;
}

std::optional<double> value_of(const Json& metric, const model::Run& run) {
  const auto total = run.tensor(metric.value("total", Json()));
  const auto count = run.tensor(metric.value("count", Json()));
  if (!total || !count || total->size() != 1 || count->size() != 1) return std::nullopt;
  const double n = count->to_doubles()[0];
  return n == 0 ? 0 : total->to_doubles()[0] / n;
}

// The ratio is taken in float32, and the log may be rounded once more.
bool same(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || a == b ||
         std::abs(a - b) <= 0x1p-21 * std::max(std::abs(a), std::abs(b));
}

}  // namespace

void MetricNameRule::on_event(const model::Event& event, const model::Run& run,
                              Verdicts& verdicts) {
  if (event.kind == "metric_states") {
    if (const auto call = model::optional_integer(event.body, "call");
        call && states_.size() < kCallsKept)
      states_[{event.pid, *call}] = event.body;
    return;
  }
  if (event.kind != "return") return;
  const auto id = model::require_integer(event.body, "id");
  const auto node = states_.extract({event.pid, id});
  const auto* call = run.call(event.pid, id);
  if (!node.empty() && call != nullptr && call->error.empty())
    judge(*call, node.mapped(), run, verdicts);
}

void MetricNameRule::judge(const model::Call& call, const Json& states, const model::Run& run,
                           Verdicts& verdicts) {
  const Values values = reported(call, states, run);
  std::map<std::string, int> held;
  const Json metrics = states.value("metrics", Json::array());
  for (const Json& metric : metrics) ++held[model::string_or(metric, "name", "")];
  for (const Json& metric : metrics) {
    const std::string name = model::string_or(metric, "name", "");
    const auto shown = values.find(name);
    if (shown == values.end() || !concerns(metric)) continue;
    if (held[name] > 1) {
      verdicts.not_checked(info().name, "two metrics of one name");
      continue;
    }
    judge_one(name, shown->second, metric, metrics, call, run, verdicts);
  }
}

void MetricNameRule::judge_one(const std::string& name, double shown, const Json& metric,
                               const Json& metrics, const model::Call& call, const model::Run& run,
                               Verdicts& verdicts) {
  const auto value = value_of(metric, run);
  if (!value) return verdicts.not_checked(info().name, "the state of a metric is not known");
  if (same(*value, shown)) return verdicts.agrees(info().name);
  std::string other;
  for (const Json& item : metrics)
    if (const auto held = value_of(item, run); held && same(*held, shown))
      other = model::string_or(item, "name", "");
  if (other.empty())
    return verdicts.not_checked(info().name, "the state moved after the value was reported");
  Finding finding = finding_of(info());
  finding.claimed = {{name, shown}};
  finding.recomputed = {{name, number_or_text(*value)}};
  finding.where = where_of(call);
  finding.message = message({name, other, shown, *value, metric}, call);
  finding.identity = name + "|" + call.api + call.where.file + std::to_string(call.where.line);
  verdicts.disagrees(std::move(finding));
}

}  // namespace kerasan::checks

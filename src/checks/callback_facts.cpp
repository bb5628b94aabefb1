#include "checks/callback_facts.h"

#include <algorithm>
#include <cmath>

#include "checks/call_arguments.h"
#include "checks/measure_event.h"
#include "model/fields.h"

namespace kerasan::checks {

using model::Json;

Finding finding_of_callback(const RuleInfo& rule, const model::Call& call,
                            const GivenCallback& callback, const std::string& claimed,
                            const std::string& so) {
  Finding finding = finding_of(rule);
  finding.claimed = claimed;
  finding.recomputed = so;
  finding.where = where_of(call);
  finding.message = callback.cls + ": " + claimed + ", but " + so + ".";
  finding.evidence = {{"settings", callback.settings}};
  finding.identity = place_of(call);
  return finding;
}

std::optional<double> GivenCallback::number(const std::string& name) const {
  const Json value = settings.value(name, Json());
  if (value.is_number()) return value.get<double>();
  if (value.is_object() && value.contains("$float"))
    return value["$float"] == "inf" ? HUGE_VAL : value["$float"] == "-inf" ? -HUGE_VAL : NAN;
  return std::nullopt;
}

std::string GivenCallback::text(const std::string& name) const {
  const Json value = settings.value(name, Json());
  if (value.is_string()) return value;
  return value.is_object() ? model::string_or(value, "$function", "") : "";
}

namespace {

bool take(const Json& value, std::vector<GivenCallback>& out) {
  if (value.is_null()) return true;
  if (value.is_array() || (value.is_object() && value.contains("$tuple"))) {
    for (const Json& item : value.is_array() ? value : value["$tuple"])
      if (!take(item, out)) return false;
    return true;
  }
  GivenCallback found;
  found.cls = class_of(value);
  if (found.cls.empty() || found.cls == "CallbackList") return false;
  found.builtin = value.value("builtin", Json()) == true;
  if (const Json held = value.value("config", Json()); held.is_object()) found.settings = held;
  out.push_back(std::move(found));
  return true;
}

}  // namespace

std::optional<std::vector<GivenCallback>> callbacks_of(const model::Call& call) {
  std::vector<GivenCallback> out;
  if (!take(argument(call, "callbacks"), out)) return std::nullopt;
  return out;
}

std::optional<std::vector<double>> rates_of(const model::Call& call, const model::Run& run) {
  auto rates = history_of(call, "learning_rate", run);
  return rates ? rates : history_of(call, "lr", run);
}

bool same_rate(double a, double b) {
  return std::abs(a - b) <= 0x1p-22 * std::max(std::abs(a), std::abs(b));
}

std::optional<std::size_t> epochs_run(const model::Call& call) {
  if (!call.result.is_object()) return std::nullopt;
  const Json epochs = call.result.value("epoch", Json());
  return epochs.is_array() ? std::optional(epochs.size()) : std::nullopt;
}

std::optional<std::vector<double>> history_of(const model::Call& call, const std::string& name,
                                              const model::Run& run) {
  const auto epochs = epochs_run(call);
  const Json history = call.result.is_object() ? call.result.value("history", Json()) : Json();
  const Json values = history.is_object() ? history.value(name, Json()) : Json();
  if (!epochs || !values.is_array() || values.size() != *epochs) return std::nullopt;
  std::vector<double> out;
  for (const Json& value : values) {
    const auto one = numbers(value, run);
    if (!one || one->value.size() != 1) return std::nullopt;
    out.push_back(one->value[0]);
  }
  return out;
}

Direction direction_of(const GivenCallback& callback) {
  const std::string resolved = callback.text("monitor_op"), mode = callback.text("mode");
  if (resolved == "less" || mode == "min") return Direction::kDown;
  if (resolved == "greater" || mode == "max") return Direction::kUp;
  const std::string name = callback.text("monitor");
  if (name.ends_with("loss")) return Direction::kDown;
  return name.ends_with("acc") || name.ends_with("accuracy") ? Direction::kUp : Direction::kUnknown;
}

Improvement::Improvement(Direction direction, double min_delta)
    : sign_(direction == Direction::kDown ? 1 : -1), delta_(std::abs(min_delta)), best_(HUGE_VAL) {}

std::optional<bool> Improvement::take(double monitored) {
  const double value = sign_ * monitored, wanted = best_ - delta_;
  if (std::isnan(value) || std::abs(value - wanted) <= 0x1p-20 * std::max(std::abs(value), delta_))
    return std::nullopt;
  if (value >= wanted) return false;
  best_ = value;
  return true;
}

std::optional<Standings> standings_of(const model::Call& call, const GivenCallback& checkpoint,
                                      const model::Run& run) {
  const auto values = history_of(call, checkpoint.text("monitor"), run);
  const Direction direction = direction_of(checkpoint);
  if (!values || direction == Direction::kUnknown) return std::nullopt;
  const double sign = direction == Direction::kDown ? 1 : -1;
  double best = sign * checkpoint.number("best").value_or(sign * HUGE_VAL);
  Standings out;
  for (const double told : *values) {
    const double value = sign * told;
    const double near = 0x1p-20 * std::max(std::abs(value), std::abs(best));
    if (std::isnan(value) || (std::isfinite(best) && std::abs(value - best) <= near)) {
      out.whole = false;
      break;
    }
    out.epochs.push_back({told, sign * best, value < best});
    best = std::min(best, value);
  }
  return out;
}

}  // namespace kerasan::checks

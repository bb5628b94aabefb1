#include "checks/batch_averages.h"

#include <cmath>

#include "checks/measure_event.h"
#include "model/fields.h"

namespace kerasan::checks {

using model::Json;

void BatchAverages::take(const model::Event& event, const model::Run& run) {
  if (event.kind == "phase") return take_phase(event);
  if (event.kind != "step" || model::string_or(event.body, "phase", "") != "train") return;
  const auto call = model::optional_integer(event.body, "call");
  const Json logs = event.body.value("logs", Json());
  if (!call || !logs.is_object() || steps_ >= kStepsKept ||
      (!calls_.contains({event.pid, *call}) && calls_.size() >= kCallsKept))
    return;
  ++steps_;
  Epoch& epoch =
      calls_[{event.pid, *call}][model::optional_integer(event.body, "epoch").value_or(0)];
  ++epoch.steps;
  for (const auto& [name, value] : logs.items())
    if (const auto one = numbers(value, run); one && one->value.size() == 1)
      epoch.values[name].push_back({one->value[0], model::number_or(event.body, "size", 1)});
}

void BatchAverages::take_phase(const model::Event& event) {
  const auto call = model::optional_integer(event.body, "call");
  const auto found = call ? calls_.find({event.pid, *call}) : calls_.end();
  if (found == calls_.end() || model::string_or(event.body, "phase", "") != "train") return;
  const auto epoch = found->second.find(model::optional_integer(event.body, "epoch").value_or(0));
  const auto steps = model::optional_integer(event.body, "steps");
  if (epoch != found->second.end() && steps && event.body.value("batches_each", Json(1)) == 1)
    epoch->second.complete = epoch->second.steps == static_cast<std::size_t>(*steps);
}

std::optional<bool> BatchAverages::among(std::int64_t pid, std::int64_t call, std::int64_t epoch,
                                         const std::string& name, double shown,
                                         double rounding) const {
  const auto held = calls_.find({pid, call});
  if (held == calls_.end()) return std::nullopt;
  const auto of = held->second.find(epoch);
  if (of == held->second.end() || !of->second.complete) return std::nullopt;
  const auto values = of->second.values.find(name);
  if (values == of->second.values.end() || values->second.size() != of->second.steps)
    return std::nullopt;
  for (const bool by_rows : {false, true})
    for (const bool last_again : {false, true}) {
      double sum = 0, weight = 0, size = 0;
      const auto count = [&](const Value& one) {
        const double w = by_rows ? one.rows : 1;
        sum += w * one.value, weight += w, size += w * std::abs(one.value);
      };
      for (const Value& one : values->second) count(one);
      if (last_again) count(values->second.back());
      if (!std::isfinite(sum) || weight <= 0) return std::nullopt;
      // Averages are formed in float32 at the least.
      const double bound = rounding * (1 + 1e-9) + 0x1p-20 * size / weight;
      if (std::abs(shown - sum / weight) <= bound) return true;
    }
  return false;
}

}  // namespace kerasan::checks

// The metrics of an evaluation that is followed: by sums over rows, or by a state of their own.
#include <algorithm>

#include "checks/evaluation_watch.h"

namespace kerasan::checks {

using reference::Bounded;

namespace {

Bounded weights_of_rows(std::span<const double> weights, const Shape& predicted) {
  Bounded out(Shape(predicted.begin(), predicted.end() - (predicted.size() > 1 ? 1 : 0)));
  if (out.size() != weights.size()) out = Bounded(Shape{static_cast<std::int64_t>(weights.size())});
  std::ranges::copy(weights, out.value.begin());
  return out;
}

}  // namespace

void EvaluationWatch::metric(std::size_t m, const Bounded& target, const Bounded& prediction,
                             DType dtype, std::span<const double> weights, Phase& phase) {
  const MetricSpec& spec = phase.spec->metrics[m];
  if (!phase.metric_reasons[m].empty()) return;
  const std::string loss = phase.spec->losses.size() == 1 ? phase.spec->losses[0].canonical : "";
  std::vector<std::string> meanings{spec.canonical};
  if (spec.canonical == "accuracy")
    meanings = reference::accuracy_meanings(target.shape, prediction.shape, loss);
  if (spec.canonical == "crossentropy")
    meanings = reference::crossentropy_meanings(target.shape, prediction.shape, loss);
  std::vector<bool> uses{spec.weighted.value_or(false) && !weights.empty()};
  if (!spec.weighted && !weights.empty()) uses.push_back(true);
  auto& states = phase.metrics[m];
  if (reference::has_metric_state(spec.canonical)) {
    reference::MetricUpdate batch{target, prediction, {}, dtype};
    for (std::size_t slot = 0; slot < uses.size(); ++slot) {
      if (uses[slot]) batch.weights = weights_of_rows(weights, prediction.shape);
      stateful_metric(spec, batch, states, slot, phase.metric_reasons[m]);
    }
    return;
  }
  std::size_t slot = 0;
  for (const auto& meaning : meanings) {
    const auto rows = reference::metric_rows(meaning, {spec.config, target, prediction, dtype});
    if (rows.not_checked) phase.metric_reasons[m] = rows.not_checked->reason;
    for (bool weighted : uses) {
      if (slot == states.size()) states.push_back({meaning, {}, nullptr});
      states[slot++].totals.add_batch(rows, weighted ? weights : std::span<const double>());
    }
  }
}

// A metric that is no quotient of sums over rows.
void EvaluationWatch::stateful_metric(const MetricSpec& spec, const reference::MetricUpdate& batch,
                                      std::vector<MetricState>& states, std::size_t slot,
                                      std::string& reason) {
  if (!reason.empty()) return;
  if (slot == states.size())
    states.push_back({spec.canonical, {}, reference::make_metric(spec.canonical, spec.config)});
  if (const auto refused = states[slot].state->update(batch))
    reason = spec.canonical + ": " + refused->reason;
}

void EvaluationWatch::take_metric(const MetricState& metric, Claim& claim) {
  if (!claim.unchecked.empty()) return;
  const std::string meaning = metric.meaning + " over all rows";
  if (metric.state == nullptr) {
    claim.candidates.push_back({meaning, metric.totals.result(0x1p-24)});
    return;
  }
  const auto accepted = metric.state->accepted();
  if (accepted.empty()) claim.unchecked = metric.meaning + ": scores too near to tell their order";
  for (const auto& value : accepted) {
    if (value.values.size() != 1)
      claim.unchecked = metric.meaning + ": several values";
    else
      claim.candidates.push_back(
          {meaning, {value.values[0].lo, value.values[0].value, value.values[0].hi}});
  }
}

}  // namespace kerasan::checks

#include "reference/metrics/confusion.h"

#include <algorithm>
#include <cmath>

#include "reference/losses/rowwise.h"
#include "reference/metrics/common.h"

namespace kerasan::reference {
namespace {

constexpr double kBelowAll = -1e10;

std::optional<std::int64_t> integer(const nlohmann::json& config, const char* name) {
  const auto it = config.find(name);
  if (it == config.end() || !it->is_number()) return std::nullopt;
  return static_cast<std::int64_t>(it->get<double>());
}

// Scores of one row outside the `top` largest fall below all thresholds.
void keep_top(std::vector<Ranged>& row, const RowView& view, std::size_t top) {
  for (std::size_t k = 0; k < row.size(); ++k) {
    const Outcome in = in_top(view, k, top);
    if (in.lo == 0) row[k].lo = kBelowAll;
    if (in.at == 0) row[k].value = kBelowAll;
    if (in.hi == 0) row[k].hi = kBelowAll;
  }
}

}  // namespace

Scores scores(const MetricUpdate& batch, const nlohmann::json& config) {
  Scores out;
  const auto top = integer(config, "top_k"), only = integer(config, "class_id");
  const bool sized = batch.y_true.size() == batch.y_pred.size();
  const auto weights = weights_over(batch.y_pred.shape, batch);
  if (!sized || !weights || ((top || only) && batch.y_pred.shape.empty())) {
    out.not_checked = unfit(batch, "a confusion of what does not fit");
    return out;
  }
  const std::size_t n = top || only ? width(batch.y_pred) : 1;
  for (std::size_t r = 0; n > 0 && r < batch.y_pred.size() / n; ++r) {
    std::vector<Ranged> row;
    for (std::size_t k = 0; k < n; ++k) row.push_back(at(batch.y_pred, r * n + k));
    if (top) keep_top(row, row_of(batch.y_pred, r), static_cast<std::size_t>(*top));
    for (std::size_t k = 0; k < n; ++k) {
      if (only && static_cast<std::size_t>(*only) != k) continue;
      const double t = batch.y_true.value[r * n + k];
      if (t != 0 && t != 1)
        out.not_checked = NotChecked{"a confusion of targets other than 0 and 1"};
      out.all.push_back({t == 1, row[k], (*weights)[r * n + k]});
    }
  }
  return out;
}

Confusion::Confusion(std::vector<double> thresholds)
    : thresholds_(std::move(thresholds)), hits_(thresholds_.size()), alarms_(thresholds_.size()) {}

void Confusion::add(const Scored& one) {
  whole_ = whole_ && one.weight == std::floor(one.weight);
  (one.truth ? positives_ : negatives_).add(one.weight);
  for (std::size_t k = 0; k < thresholds_.size(); ++k) {
    const double t = thresholds_[k];
    // Thresholds and, with evenly spaced ones, the place between them are rounded to float32.
    const double slack = 4 * kMetricUnit * std::abs(t);
    if (one.score.hi < t - slack) continue;
    const Ranged side(one.score.lo > t + slack ? 1 : 0, one.score.value > t ? 1 : 0, 1);
    ambiguous_ = ambiguous_ || side.lo != side.hi;
    (one.truth ? hits_ : alarms_)[k].add(side * Ranged(one.weight));
  }
}

std::vector<double> spaced_thresholds(const nlohmann::json& config, double beyond) {
  std::vector<double> out;
  const auto given = config.find("thresholds");
  if (beyond > 0 && given != config.end() && given->is_array() && !given->empty()) {
    for (const auto& t : *given)
      if (t.is_number()) out.push_back(t.get<double>());
    std::sort(out.begin(), out.end());
    // A config may tell the thresholds with their ends.
    if (out.front() < 0 && out.back() > 1) return out;
  } else {
    const double n = number(config, "num_thresholds", 200);
    if (n == 1) return {0.5};
    for (double i = 1; i < n - 1; ++i) out.push_back(i / (n - 1));
  }
  out.insert(out.begin(), -beyond);
  out.push_back(1 + beyond);
  return out;
}

Ranged share(const Ranged& a, const Ranged& rest) {
  const auto part = [](double x, double y) { return x + y > 0 ? x / (x + y) : 0; };
  const Ranged out(part(a.lo, rest.hi), part(a.value, rest.value),
                   a.hi > 0 && rest.lo <= 0 ? 1 : part(a.hi, rest.lo));
  const bool maybe_nothing = a.lo <= 0 && rest.lo <= 0;
  return rounded({maybe_nothing ? 0 : out.lo, out.value, out.hi}, 4 * kMetricUnit);
}

}  // namespace kerasan::reference

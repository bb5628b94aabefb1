#include "reference/metric_state.h"

#include <string>

#include "reference/metric.h"
#include "reference/reduction.h"
#include "reference/registry.h"

namespace kerasan::reference {
namespace {

Registry<MetricMaker>& registry() {
  static Registry<MetricMaker> metrics("metric states");
  return metrics;
}

// finish(sum of numerators / sum of denominators), each row times its weight.
class RowMetric : public MetricState {
 public:
  RowMetric(std::string_view name, const nlohmann::json& config) : name_(name), config_(config) {}

  std::optional<NotChecked> update(const MetricUpdate& batch) override {
    const MetricRows rows =
        metric_rows(name_, {config_, batch.y_true, batch.y_pred, batch.precision, batch.direct});
    if (rows.not_checked) return rows.not_checked;
    const auto weights = weights_over(rows.numerator.shape, batch);
    if (!weights) return unfit(batch, "sample weights that do not fit the rows");
    root_ = rows.square_root;
    ratio_ = rows.denominator.has_value();
    std::vector<Ranged> above, below;
    for (std::size_t r = 0; r < weights->size(); ++r) {
      const auto of = [&](const Sums& s) { return Ranged(s.lo[r], s.value[r], s.hi[r]); };
      const Ranged w((*weights)[r]);
      above.push_back(w * of(rows.numerator));
      below.push_back(ratio_ ? w * of(*rows.denominator) : w);
    }
    const Shape& predicted = batch.y_pred.shape;
    mean_.add_batch(above, below, samples_of(rows.numerator.shape),
                    predicted.empty() ? 1 : static_cast<std::size_t>(predicted.back()));
    return std::nullopt;
  }

  std::vector<MetricValue> accepted() const override {
    std::vector<MetricValue> out;
    for (Ranged one : mean_.quotients()) {
      // Counts: hits are among what they are divided by.
      if (ratio_) one = {std::max(0.0, one.lo), one.value, std::min(one.hi, 1.0)};
      if (root_) one = rounded(square_root(one), 4 * kMetricUnit);
      out.push_back(scalar_metric(one));
    }
    return out;
  }

 private:
  std::string name_;
  nlohmann::json config_;
  RowMean mean_;
  bool root_ = false, ratio_ = false;
};

}  // namespace

MetricStateRegistrar::MetricStateRegistrar(std::string_view class_name, MetricMaker maker) {
  registry().add(class_name, maker);
}

bool has_metric_state(std::string_view canonical) { return registry().find(canonical) != nullptr; }

std::unique_ptr<MetricState> make_metric(std::string_view canonical, const nlohmann::json& config) {
  if (const MetricMaker maker = registry().find(canonical)) return maker(config);
  if (find_metric(canonical) == nullptr && find_loss(canonical) == nullptr) return nullptr;
  return std::make_unique<RowMetric>(canonical, config);
}

void RowMean::add_batch(const std::vector<Ranged>& above, const std::vector<Ranged>& below,
                        std::size_t samples, std::size_t width) {
  if (above.empty() || samples == 0) return;
  const double each = static_cast<double>(above.size()) / static_cast<double>(samples);
  unequal_ = unequal_ || (each_ != 0 && each != each_);
  each_ = each;
  const double wide = static_cast<double>(width);
  wider_ = wider_ || (width_ != 0 && wide != width_);
  width_ = wide;
  for (std::size_t r = 0; r < above.size(); ++r) {
    by_rows_.above.add(above[r]);
    by_rows_.below.add(below[r]);
    by_samples_.above.add(above[r] * Ranged(1 / each));
    by_samples_.below.add(below[r] * Ranged(1 / each));
    by_elements_.above.add(above[r] * Ranged(wide));
    by_elements_.below.add(below[r] * Ranged(wide));
  }
}

std::vector<Ranged> RowMean::quotients() const {
  std::vector<Ranged> out;
  std::vector<const Sums*> readings{&by_rows_};
  if (unequal_) readings.push_back(&by_samples_);
  if (wider_) readings.push_back(&by_elements_);
  for (const Sums* sums : readings) {
    const Ranged below = sums->below.result(0), above = sums->above.result(kMetricUnit, 6);
    Ranged one;
    if (below.hi > 0) {
      one.value = below.value != 0 ? above.value / below.value : 0;
      one.lo = above.lo / (above.lo >= 0 || below.lo <= 0 ? below.hi : below.lo);
      one.hi = below.lo > 0 ? above.hi / (above.hi >= 0 ? below.lo : below.hi) : 1;
      one = rounded(one, gamma(sums->below.terms() + 8, kMetricUnit));
    }
    out.push_back(one);
  }
  return out;
}

std::optional<std::vector<double>> weights_over(const Shape& shape, const MetricUpdate& batch) {
  if (!batch.weights) return std::vector<double>(element_count(shape), 1.0);
  if (batch.weights->size() == 1)
    return std::vector<double>(element_count(shape), batch.weights->value[0]);
  return spread_over(shape, *batch.weights);
}

}  // namespace kerasan::reference

// Mean, Sum and MeanTensor of values, weighted (documentation of keras.metrics).
#include "reference/metric_state.h"

namespace kerasan::reference {
namespace {

class Mean : public MetricState {
 public:
  explicit Mean(bool divided) : divided_(divided) {}
  std::optional<NotChecked> update(const MetricUpdate& batch) override {
    const auto weights = weights_over(batch.y_pred.shape, batch);
    if (!weights) return unfit(batch, "sample weights that do not fit the values");
    std::vector<Ranged> values, by;
    for (std::size_t k = 0; k < weights->size(); ++k) {
      by.emplace_back((*weights)[k]);
      values.push_back(by.back() * at(batch.y_pred, k));
      sum_.add(values.back());
    }
    mean_.add_batch(values, by, samples_of(batch.y_pred.shape));
    return std::nullopt;
  }
  std::vector<MetricValue> accepted() const override {
    if (!divided_) return {scalar_metric(sum_.result(kMetricUnit, 4))};
    std::vector<MetricValue> out;
    for (const Ranged& one : mean_.quotients()) out.push_back(scalar_metric(one));
    return out;
  }

 private:
  bool divided_;
  RangedSum sum_;
  RowMean mean_;
};

class MeanTensor : public MetricState {
 public:
  std::optional<NotChecked> update(const MetricUpdate& batch) override {
    const auto weights = weights_over(batch.y_pred.shape, batch);
    if (!weights || (!sums_.empty() && batch.y_pred.shape != shape_))
      return unfit(batch, "values of another shape");
    shape_ = batch.y_pred.shape;
    sums_.resize(weights->size());
    counts_.resize(weights->size());
    for (std::size_t k = 0; k < weights->size(); ++k) {
      sums_[k].add(Ranged((*weights)[k]) * at(batch.y_pred, k));
      counts_[k].add((*weights)[k]);
    }
    return std::nullopt;
  }
  std::vector<MetricValue> accepted() const override {
    MetricValue out{shape_, {}};
    for (std::size_t k = 0; k < sums_.size(); ++k) {
      const Ranged count = counts_[k].result(kMetricUnit);
      out.values.push_back(count.value == 0
                               ? Ranged(0)
                               : rounded(sums_[k].result(kMetricUnit, 2) / count, 2 * kMetricUnit));
    }
    return {out};
  }

 private:
  Shape shape_;
  std::vector<RangedSum> sums_, counts_;
};

const MetricStateRegistrar a{"Mean", [](const nlohmann::json&) -> std::unique_ptr<MetricState> {
                               return std::make_unique<Mean>(true);
                             }};
const MetricStateRegistrar b{"Sum", [](const nlohmann::json&) -> std::unique_ptr<MetricState> {
                               return std::make_unique<Mean>(false);
                             }};
const MetricStateRegistrar c{"MeanTensor",
                             [](const nlohmann::json&) -> std::unique_ptr<MetricState> {
                               return std::make_unique<MeanTensor>();
                             }};

}  // namespace
}  // namespace kerasan::reference

// F-beta: (1 + b^2) TP / ((1 + b^2) TP + b^2 FN + FP) for each class, then as it is, the mean over
// the classes ("macro"), that weighted by the true instances ("weighted"), or of the sums over all
// classes ("micro"). Without a threshold the largest prediction of a row is its class.
#include <string>

#include "reference/losses/rowwise.h"
#include "reference/metrics/common.h"
#include "reference/metrics/confusion.h"

namespace kerasan::reference {
namespace {

struct ClassCounts {
  RangedSum tp, fp, truth;
};

class FScore : public MetricState {
 public:
  explicit FScore(const nlohmann::json& config) : config_(config) {
    const auto it = config.find("average");
    if (it != config.end() && it->is_string()) average_ = it->get<std::string>();
    square_ = number(config, "beta", 1) * number(config, "beta", 1);
  }

  std::optional<NotChecked> update(const MetricUpdate& batch) override {
    if (batch.y_pred.shape.size() != 2 || batch.y_true.shape != batch.y_pred.shape)
      return unfit(batch, "an F score of what does not fit");
    const auto weights = weights_over(batch.y_pred.shape, batch);
    if (!weights) return unfit(batch, "sample weights that do not fit");
    const std::size_t n = width(batch.y_pred);
    counts_.resize(n);
    const auto threshold = config_.find("threshold");
    const bool cut = threshold != config_.end() && threshold->is_number();
    for (std::size_t i = 0; i < batch.y_pred.size(); ++i) {
      const double t = batch.y_true.value[i];
      if (t != 0 && t != 1) return NotChecked{"an F score of targets other than 0 and 1"};
      const Outcome o =
          cut ? above(batch.y_pred.value[i], batch.y_pred.bound[i], threshold->get<double>())
              : in_top(row_of(batch.y_pred, i / n), i % n, 1);
      const Ranged chosen = Ranged((*weights)[i]) * Ranged(o.lo, o.at, o.hi);
      ClassCounts& c = counts_[i % n];
      (t == 1 ? c.tp : c.fp).add(chosen);
      c.truth.add(t * (*weights)[i]);
    }
    return std::nullopt;
  }

  std::vector<MetricValue> accepted() const override {
    MetricValue out{Shape{static_cast<std::int64_t>(counts_.size())}, {}};
    RangedSum tp, fp, truth, weighted, plain;
    for (const ClassCounts& c : counts_) {
      const Ranged hits = c.tp.result(kMetricUnit), alarms = c.fp.result(kMetricUnit);
      const Ranged so = c.truth.result(kMetricUnit), f = score(hits, alarms, so);
      out.values.push_back(f);
      tp.add(hits), fp.add(alarms), truth.add(so), plain.add(f), weighted.add(so * f);
    }
    if (average_.empty()) return {out};
    if (average_ == "micro")
      return {scalar_metric(
          score(tp.result(kMetricUnit), fp.result(kMetricUnit), truth.result(kMetricUnit)))};
    const Ranged by = average_ == "macro" ? Ranged(static_cast<double>(counts_.size()))
                                          : truth.result(kMetricUnit, 1);
    const RangedSum& sum = average_ == "macro" ? plain : weighted;
    if (by.value == 0) return {scalar_metric(0)};
    return {scalar_metric(rounded(sum.result(kMetricUnit, 2) / by, 4 * kMetricUnit))};
  }

 private:
  Ranged score(const Ranged& tp, const Ranged& fp, const Ranged& truth) const {
    const auto f = [this](double hits, double alarms, double so) {
      const double misses = std::max(0.0, so - hits);
      const double below = (1 + square_) * hits + square_ * misses + alarms;
      return hits > 0 && below > 0 ? (1 + square_) * hits / below : 0;
    };
    const Ranged out(f(tp.lo, fp.hi, truth.hi), f(tp.value, fp.value, truth.value),
                     f(tp.hi, fp.lo, truth.lo));
    return rounded(out, 16 * kMetricUnit);
  }

  nlohmann::json config_;
  std::string average_;
  double square_ = 1;
  std::vector<ClassCounts> counts_;
};

std::unique_ptr<MetricState> make(const nlohmann::json& config) {
  return std::make_unique<FScore>(config);
}

const MetricStateRegistrar a{"FBetaScore", &make};
const MetricStateRegistrar b{"F1Score", &make};

}  // namespace
}  // namespace kerasan::reference

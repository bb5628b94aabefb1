// R2 = 1 - sum (t - p)^2 / sum (t - mean t)^2 for each column, then as it is, the plain mean
// ("uniform_average") or that weighted by the denominators. With regressors p and n rows the
// adjusted score 1 - (1 - R2) (n - 1) / (n - p - 1). Denominators are bounded as the difference
// sum t^2 - (sum t)^2 / n, the form that can be accumulated over batches.
#include <string>

#include "reference/losses/rowwise.h"
#include "reference/metric_state.h"
#include "reference/metrics/common.h"

namespace kerasan::reference {
namespace {

struct Column {
  RangedSum weight, sum, squares, residuals;
};

class R2Score : public MetricState {
 public:
  explicit R2Score(const nlohmann::json& config)
      : regressors_(number(config, "num_regressors", 0)) {
    const auto it = config.find("class_aggregation");
    aggregation_ = it == config.end() ? "uniform_average"
                   : it->is_string()  ? it->get<std::string>()
                                      : std::string();
  }

  std::optional<NotChecked> update(const MetricUpdate& batch) override {
    if (batch.y_pred.shape.size() != 2 || batch.y_true.shape != batch.y_pred.shape)
      return unfit(batch, "R2 of what does not fit");
    const auto weights = weights_over(batch.y_pred.shape, batch);
    if (!weights) return unfit(batch, "sample weights that do not fit");
    const std::size_t n = width(batch.y_pred);
    if (regressors_ != 0 && n != 1) return NotChecked{"adjusted R2 of several columns"};
    columns_.resize(n);
    for (std::size_t i = 0; i < batch.y_pred.size(); ++i) {
      Column& c = columns_[i % n];
      const Ranged w((*weights)[i]), t = at(batch.y_true, i);
      c.weight.add(w);
      c.sum.add(w * t);
      c.squares.add(w * square(t));
      c.residuals.add(w * square(t - at(batch.y_pred, i)));
    }
    rows_ += static_cast<double>(batch.y_pred.size() / std::max<std::size_t>(1, n));
    return std::nullopt;
  }

  std::vector<MetricValue> accepted() const override {
    MetricValue out{Shape{static_cast<std::int64_t>(columns_.size())}, {}};
    RangedSum scores, residuals, totals;
    const double u = kMetricUnit;
    for (const Column& c : columns_) {
      const Ranged mean = rounded(c.sum.result(u, 2) / c.weight.result(u), u);
      const Ranged squares = c.squares.result(u, 3), part = rounded(mean * c.sum.result(u, 2), u);
      const Ranged total = widened(squares - part, u * (squares.magnitude() + part.magnitude()));
      const Ranged residual = c.residuals.result(u, 4);
      const Ranged score = widened(Ranged(1) - rounded(residual / total, 2 * u), 2 * u);
      out.values.push_back(score);
      scores.add(score);
      residuals.add(residual);
      totals.add(total);
    }
    if (regressors_ != 0 && !(rows_ - regressors_ - 1 > 0)) return {};
    if (aggregation_.empty()) {
      for (Ranged& score : out.values) score = adjusted(score);
      return {out};
    }
    Ranged one = aggregation_ == "uniform_average"
                     ? scores.result(u, 1) * (1.0 / static_cast<double>(columns_.size()))
                     : Ranged(1) - rounded(residuals.result(u) / totals.result(u), 8 * u);
    if (aggregation_ != "uniform_average")
      one = widened(
          one, gamma(4 * static_cast<double>(columns_.size()) + 8, u) * (1 + scores.magnitude()));
    return {scalar_metric(adjusted(one))};
  }

 private:
  Ranged adjusted(const Ranged& score) const {
    if (regressors_ == 0) return score;
    const double u = kMetricUnit;
    return widened(Ranged(1) - rounded((Ranged(1) - score) * Ranged(rows_ - 1) /
                                           Ranged(rows_ - regressors_ - 1),
                                       6 * u),
                   2 * u);
  }

  double regressors_, rows_ = 0;
  std::string aggregation_;
  std::vector<Column> columns_;
};

const MetricStateRegistrar registrar{
    "R2Score", [](const nlohmann::json& config) -> std::unique_ptr<MetricState> {
      return std::make_unique<R2Score>(config);
    }};

}  // namespace
}  // namespace kerasan::reference

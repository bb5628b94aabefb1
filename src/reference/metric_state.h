// Metrics in their general form: a state that takes the batches of an evaluation, and the value
// that it comes to. Metrics that are a quotient of two sums over rows (metric.h) have this form
// too.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "reference/layer.h"
#include "reference/ranged.h"

namespace kerasan::reference {

struct MetricUpdate {
  Bounded y_true;  // empty shape {0} for metrics of values alone
  Bounded y_pred;  // bounds as in LossCall; rows near a threshold count either way
  std::optional<Bounded> weights;
  DType precision = DType::kFloat32;
  bool direct = false;  // see LossCall
};

struct MetricValue {
  Shape shape;
  std::vector<Ranged> values;
};

class MetricState {
 public:
  virtual ~MetricState() = default;
  // A reason ends the metric: it is not asked for its value any more.
  virtual std::optional<NotChecked> update(const MetricUpdate& batch) = 0;
  // The documented readings; none where the value cannot be told.
  virtual std::vector<MetricValue> accepted() const = 0;
};

using MetricMaker = std::unique_ptr<MetricState> (*)(const nlohmann::json& config);

struct MetricStateRegistrar {
  MetricStateRegistrar(std::string_view class_name, MetricMaker maker);
};

bool has_metric_state(std::string_view canonical);
// Of either form; nullptr when unknown.
std::unique_ptr<MetricState> make_metric(std::string_view canonical, const nlohmann::json& config);

// Sums and quotients of weights in the precision of the metric's variables.
inline constexpr double kMetricUnit = 0x1p-24;
// `epsilon()` of Keras, "the fuzz factor" that may be added to a divisor.
inline constexpr double kFuzz = 1e-7;

inline MetricValue scalar_metric(const Ranged& value) { return {Shape{}, {value}}; }
inline NotChecked unfit(const MetricUpdate& batch, const char* what) {
  return NotChecked{std::string(what) + ": targets " + shape_text(batch.y_true.shape) +
                    " against predictions " + shape_text(batch.y_pred.shape)};
}
// One weight for each element of `shape`; nullopt where they do not fit.
std::optional<std::vector<double>> weights_over(const Shape& shape, const MetricUpdate& batch);
// The mean of rows by all of them; by samples where batches have different numbers of rows for each
// sample: a sample's rows may be averaged first; and by elements where rows have different widths:
// all may be averaged at once. Each reading is met; usually they are one.
class RowMean {
 public:
  void add_batch(const std::vector<Ranged>& above, const std::vector<Ranged>& below,
                 std::size_t samples, std::size_t width = 1);
  bool empty() const { return by_rows_.below.terms() == 0; }
  // Quotients of the sums; `none` where the sum of weights is zero.
  std::vector<Ranged> quotients() const;

 private:
  struct Sums {
    RangedSum above, below;
  };
  Sums by_rows_, by_samples_, by_elements_;
  double each_ = 0, width_ = 0;  // of the last batch: rows for each sample, elements of a row
  bool unequal_ = false, wider_ = false;
};
inline std::size_t samples_of(const Shape& rows) {
  return rows.empty() ? 1 : static_cast<std::size_t>(rows[0]);
}
}  // namespace kerasan::reference

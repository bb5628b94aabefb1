// Metrics by the name of the function or class behind them. Every metric here is
// finish(sum over rows of numerator / sum over rows of denominator).
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reference/bounded.h"
#include "reference/layer.h"

namespace kerasan::reference {

struct MetricCall {
  nlohmann::json config = nlohmann::json::object();  // threshold, k, ...
  Bounded y_true;
  Bounded y_pred;
  DType precision = DType::kFloat32;
  bool direct = false;  // see LossCall
};

// [lo, hi] for each row: a row whose margin is within the prediction's bound is ambiguous and
// contributes either outcome.
struct Sums {
  Shape shape;
  std::vector<double> lo, value, hi;
  explicit Sums(Shape s) : shape(std::move(s)), lo(element_count(shape)), value(lo), hi(lo) {}
  void set(std::size_t row, double low, double at, double high) {
    lo[row] = low;
    value[row] = at;
    hi[row] = high;
  }
};

struct MetricRows {
  Sums numerator{Shape{0}};
  std::optional<Sums> denominator;  // none: one for each row
  bool square_root = false;
  std::optional<NotChecked> not_checked;
};

using MetricFunction = MetricRows (*)(const MetricCall&);

struct MetricRegistrar {
  MetricRegistrar(std::string_view canonical, MetricFunction function);
};

// "keras.metrics.binary_accuracy", "BinaryAccuracy", "acc" -> "binary_accuracy", ..., "accuracy".
// A loss used as a metric keeps the loss's canonical name ("MeanSquaredError").
std::string canonical_metric(std::string_view name);
// The metric, or the plain mean of a registered loss; nullptr when unknown or unresolved.
MetricFunction find_metric(std::string_view canonical);
// The rows of a metric of either kind.
MetricRows metric_rows(std::string_view canonical, const MetricCall& call);

// What "accuracy" may mean by documentation: by the shapes of targets and predictions, and, in
// earlier generations, by the loss. One or two canonical names; more than one is ambiguous.
std::vector<std::string> accuracy_meanings(const Shape& y_true, const Shape& y_pred,
                                           std::string_view canonical_loss);
std::vector<std::string> crossentropy_meanings(const Shape& y_true, const Shape& y_pred,
                                               std::string_view canonical_loss);

}  // namespace kerasan::reference

#include "reference/metric.h"

#include <algorithm>
#include <map>

#include "reference/loss.h"
#include "reference/metric_state.h"
#include "reference/registry.h"

namespace kerasan::reference {
namespace {

Registry<MetricFunction>& registry() {
  static Registry<MetricFunction> metrics("metrics");
  return metrics;
}

const std::map<std::string, std::string, std::less<>>& aliases() {
  static const std::map<std::string, std::string, std::less<>> names{
      {"acc", "accuracy"},
      {"accuracy", "accuracy"},
      {"ce", "crossentropy"},
      {"crossentropy", "crossentropy"},
      {"BinaryAccuracy", "binary_accuracy"},
      {"CategoricalAccuracy", "categorical_accuracy"},
      {"SparseCategoricalAccuracy", "sparse_categorical_accuracy"},
      {"TopKCategoricalAccuracy", "top_k_categorical_accuracy"},
      {"SparseTopKCategoricalAccuracy", "sparse_top_k_categorical_accuracy"},
      {"Precision", "precision"},
      {"Recall", "recall"},
      {"LogCoshError", "LogCosh"},
      {"RootMeanSquaredError", "root_mean_squared_error"},
      {"pearson_correlation", "PearsonCorrelation"},
      {"concordance_correlation", "ConcordanceCorrelation"}};
  return names;
}

// Which kind the shapes say: one prediction a row is binary; targets without, or with a single,
// class axis are class indices; otherwise one column a class.
std::string kind_by_shape(const Shape& y_true, const Shape& y_pred) {
  const bool single = y_pred.empty() || y_pred.back() == 1;
  if (single) return "binary";
  if (y_true.size() < y_pred.size() || y_true.back() == 1) return "sparse_categorical";
  return "categorical";
}

std::string kind_by_loss(const Shape& y_pred, std::string_view loss) {
  if (y_pred.empty() || y_pred.back() == 1 || loss == "BinaryCrossentropy") return "binary";
  return loss == "SparseCategoricalCrossentropy" ? "sparse_categorical" : "categorical";
}

std::vector<std::string> kinds(const Shape& y_true, const Shape& y_pred, std::string_view loss) {
  std::vector<std::string> out{kind_by_shape(y_true, y_pred)};
  const std::string other = kind_by_loss(y_pred, loss);
  // Class indices cannot be compared column by column: only one reading is possible then.
  if (other != out[0] && out[0] == "categorical") out.push_back(other);
  return out;
}

std::string class_of_kind(const std::string& kind) {
  if (kind == "binary") return "BinaryCrossentropy";
  return kind == "categorical" ? "CategoricalCrossentropy" : "SparseCategoricalCrossentropy";
}

}  // namespace

MetricRegistrar::MetricRegistrar(std::string_view canonical, MetricFunction function) {
  registry().add(canonical, function);
}

std::string canonical_metric(std::string_view name) {
  const auto dot = name.rfind('.');
  const std::string_view last = dot == std::string_view::npos ? name : name.substr(dot + 1);
  const auto found = aliases().find(last);
  if (found != aliases().end()) return found->second;
  const bool known = find_metric(last) != nullptr || has_metric_state(last);
  return known ? std::string(last) : canonical_loss(last);
}

MetricRows metric_rows(std::string_view canonical, const MetricCall& call) {
  if (const MetricFunction metric = find_metric(canonical)) return metric(call);
  MetricRows out;
  const LossFunction loss = find_loss(canonical);
  if (loss == nullptr) {
    out.not_checked = NotChecked{"unknown metric " + std::string(canonical)};
    return out;
  }
  LossRows rows = loss({call.config, call.y_true, call.y_pred, call.precision, call.direct});
  out.not_checked = rows.not_checked;
  out.numerator = Sums(rows.rows.shape);
  for (std::size_t r = 0; r < rows.rows.size(); ++r)
    out.numerator.set(r, rows.rows.value[r] - rows.rows.bound[r], rows.rows.value[r],
                      rows.rows.value[r] + rows.rows.bound[r]);
  return out;
}

MetricFunction find_metric(std::string_view canonical) { return registry().find(canonical); }

std::vector<std::string> accuracy_meanings(const Shape& y_true, const Shape& y_pred,
                                           std::string_view loss) {
  std::vector<std::string> out = kinds(y_true, y_pred, loss);
  for (std::string& kind : out) kind += "_accuracy";
  return out;
}

std::vector<std::string> crossentropy_meanings(const Shape& y_true, const Shape& y_pred,
                                               std::string_view loss) {
  std::vector<std::string> out = kinds(y_true, y_pred, loss);
  for (std::string& kind : out) kind = class_of_kind(kind);
  return out;
}

}  // namespace kerasan::reference

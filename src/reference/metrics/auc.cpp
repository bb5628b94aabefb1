// Area under the ROC or precision-recall curve by a Riemann sum over thresholds (documentation of
// keras.metrics.AUC). Interpolation of the PR curve: Davis and Goadrich, The Relationship Between
// Precision-Recall and ROC Curves, 2006. A higher score of what is so, or a lower one of what is
// not, never takes area away, so scores near a threshold are put on their worst and best sides.
#include <algorithm>
#include <cmath>
#include <string>

#include "reference/losses/rowwise.h"
#include "reference/metrics/common.h"
#include "reference/metrics/confusion.h"

namespace kerasan::reference {
namespace {

struct Curve {
  std::vector<double> tp, fp;
  double positives = 0, negatives = 0;
  double error = 0;  // relative, of each sum
};

double ratio(double a, double b) { return b > 0 ? a / b : 0; }

double riemann(const std::vector<double>& x, const std::vector<double>& y,
               std::string_view method) {
  double area = 0;
  for (std::size_t k = 0; k + 1 < x.size(); ++k) {
    const double height = method == "minoring"   ? std::min(y[k], y[k + 1])
                          : method == "majoring" ? std::max(y[k], y[k + 1])
                                                 : (y[k] + y[k + 1]) / 2;
    area += (x[k] - x[k + 1]) * height;
  }
  return area;
}

// Each interval's integral of tp / (tp + fp) over tp with a straight line of tp over tp + fp.
Ranged interpolated_precision(const Curve& c) {
  double area = 0, error = 0;
  const double u = kMetricUnit, g = c.error;
  for (std::size_t k = 0; k + 1 < c.tp.size(); ++k) {
    const double p = c.tp[k] + c.fp[k], q = c.tp[k + 1] + c.fp[k + 1];
    const double dp = p - q, dtp = c.tp[k] - c.tp[k + 1];
    if (!(dp > 0)) continue;
    const double slope = dtp / dp, start = c.tp[k + 1] - slope * q;
    const double log = p > 0 && q > 0 ? std::log(p / q) : 0;
    area += slope * (dtp + start * log);
    const double own = (g + 3 * u) * p;  // of tp, of p and of their differences
    const double of_slope = std::min(1.0, 2 * own / dp + 2 * u);
    const double of_start = own + of_slope * q + slope * own;
    const double of_log = 2 * g + 4 * u + kElementary * u * std::abs(log);
    error += of_slope * (dtp + std::abs(start * log)) +
             slope * (2 * own + of_start * std::abs(log) + std::abs(start) * of_log) +
             4 * u * (dtp + std::abs(start * log));
  }
  return around(ratio(area, c.positives), ratio(error + (g + 4 * u) * std::abs(area), c.positives));
}

Ranged area(const Curve& c, bool roc, std::string_view method) {
  if (!roc && method == "interpolation") return interpolated_precision(c);
  std::vector<double> x, y;
  for (std::size_t k = 0; k < c.tp.size(); ++k) {
    const double recall = ratio(c.tp[k], c.positives);
    x.push_back(roc ? ratio(c.fp[k], c.negatives) : recall);
    y.push_back(roc ? recall : ratio(c.tp[k], c.tp[k] + c.fp[k]));
  }
  // Errors of x telescope against the steps of y, of which neither exceeds one in sum for the ROC;
  // precision may go up and down at every step.
  double variation = 1;
  for (std::size_t k = 0; k + 1 < y.size(); ++k) variation += std::abs(y[k] - y[k + 1]);
  const double terms = static_cast<double>(c.tp.size());
  const double error = (2 * c.error + gamma(terms + 8, kMetricUnit)) * (1 + variation);
  return around(riemann(x, y, method), error);
}

class Auc : public MetricState {
 public:
  explicit Auc(const nlohmann::json& config)
      : config_(config), thresholds_(spaced_thresholds(config, kEpsilon)) {
    roc_ = text("curve", "ROC") != "PR";
    method_ = text("summation_method", "interpolation");
    several_ = flag(config, "multi_label");
  }

  std::optional<NotChecked> update(const MetricUpdate& given) override {
    MetricUpdate batch = given;
    if (flag(config_, "from_logits")) to_probabilities(batch);
    for (double p : batch.y_pred.value)
      if (!(p >= 0 && p <= 1)) return NotChecked{"AUC of scores outside [0, 1]"};
    const std::size_t labels = several_ ? width(batch.y_pred) : 1;
    if (several_ && batch.y_pred.shape.size() != 2) return unfit(batch, "AUC of several labels");
    while (curves_.size() < labels) curves_.emplace_back(thresholds_);
    Scores found = scores(batch, nlohmann::json::object());
    if (found.not_checked) return found.not_checked;
    const auto label_weights = config_.find("label_weights");
    const bool weighs = label_weights != config_.end() && label_weights->is_array();
    if (weighs && label_weights->size() != width(batch.y_pred))
      return NotChecked{"AUC of other labels than it has weights for"};
    for (std::size_t k = 0; k < found.all.size(); ++k) {
      if (weighs && !several_)
        found.all[k].weight *= static_cast<double>(
            static_cast<float>((*label_weights)[k % label_weights->size()].get<double>()));
      curves_[k % labels].add(found.all[k]);
    }
    return std::nullopt;
  }

  std::vector<MetricValue> accepted() const override {
    RangedSum sum;
    double weight = 0;
    for (std::size_t k = 0; k < curves_.size(); ++k) {
      // Without interpolation a precision-recall area may go either way.
      if (curves_[k].ambiguous() && !roc_ && method_ != "interpolation") return {};
      const auto it = config_.find("label_weights");
      const bool weighs = several_ && it != config_.end() && it->is_array();
      const double w = weighs ? (*it)[k].get<double>() : 1;
      sum.add(Ranged(w) * of(curves_[k]));
      weight += w;
    }
    if (weight == 0) return {scalar_metric(0)};
    const double roundings = curves_.size() > 1 ? 6 * kMetricUnit : 0;
    return {scalar_metric(rounded(sum.result(kMetricUnit, 2) / Ranged(weight), roundings))};
  }

 private:
  std::string text(const char* name, const char* otherwise) const {
    const auto it = config_.find(name);
    return it != config_.end() && it->is_string() ? it->get<std::string>() : otherwise;
  }

  static void to_probabilities(MetricUpdate& batch) {
    const double u = unit_roundoff(batch.precision);
    for (std::size_t k = 0; k < batch.y_pred.size(); ++k) {
      const Ranged p = rising(at(batch.y_pred, k), [](double z) { return 1 / (1 + std::exp(-z)); });
      batch.y_pred.value[k] = p.value;
      batch.y_pred.bound[k] = p.bound() + 2 * kElementary * u * p.value;
    }
  }

  Ranged of(const Confusion& confusion) const {
    Curve at, worst, best;
    for (Curve* c : {&at, &worst, &best}) {
      c->positives = confusion.positives().value;
      c->negatives = confusion.negatives().value;
      c->error = gamma(confusion.roundings(), kMetricUnit);
    }
    for (std::size_t k = 0; k < confusion.size(); ++k) {
      const Ranged tp = confusion.exact_hits(k), fp = confusion.exact_alarms(k);
      at.tp.push_back(tp.value), at.fp.push_back(fp.value);
      worst.tp.push_back(tp.lo), worst.fp.push_back(fp.hi);
      best.tp.push_back(tp.hi), best.fp.push_back(fp.lo);
    }
    const Ranged here = area(at, roc_, method_);
    if (!confusion.ambiguous()) return here;
    return hull(hull(here, area(worst, roc_, method_)), area(best, roc_, method_));
  }

  nlohmann::json config_;
  std::vector<double> thresholds_;
  std::vector<Confusion> curves_;
  bool roc_ = true, several_ = false;
  std::string method_;
};

const MetricStateRegistrar registrar{
    "AUC", [](const nlohmann::json& config) -> std::unique_ptr<MetricState> {
      return std::make_unique<Auc>(config);
    }};

}  // namespace
}  // namespace kerasan::reference

// Metrics of a confusion at one threshold or several. Precision TP / (TP + FP), recall
// TP / (TP + FN), and the four counts themselves; one value for each threshold. Without thresholds
// 0.5, and with top_k every prediction among the top.
#include "reference/metrics/confusion.h"

namespace kerasan::reference {
namespace {

enum class Count {
  kPrecision,
  kRecall,
  kTruePositives,
  kFalsePositives,
  kTrueNegatives,
  kFalseNegatives
};

std::vector<double> thresholds_of(const nlohmann::json& config) {
  const auto it = config.find("thresholds");
  if (it != config.end() && it->is_number()) return {it->get<double>()};
  std::vector<double> out;
  if (it != config.end() && it->is_array())
    for (const auto& t : *it)
      if (t.is_number()) out.push_back(t.get<double>());
  if (!out.empty()) return out;
  const bool top = config.contains("top_k") && config["top_k"].is_number();
  return {top ? -1e9 : 0.5};
}

class Counts : public MetricState {
 public:
  Counts(Count count, const nlohmann::json& config)
      : count_(count), config_(config), confusion_(thresholds_of(config)) {}

  std::optional<NotChecked> update(const MetricUpdate& batch) override {
    const Scores found = scores(batch, config_);
    for (const Scored& one : found.all) confusion_.add(one);
    return found.not_checked;
  }

  std::vector<MetricValue> accepted() const override {
    MetricValue out{Shape{}, {}};
    if (confusion_.size() > 1) out.shape = {static_cast<std::int64_t>(confusion_.size())};
    for (std::size_t k = 0; k < confusion_.size(); ++k) out.values.push_back(value(k));
    return {out};
  }

 private:
  Ranged value(std::size_t k) const {
    const Ranged tp = confusion_.true_positives(k), fp = confusion_.false_positives(k);
    switch (count_) {
      case Count::kPrecision:
        return share(tp, fp);
      case Count::kRecall:
        return share(tp, confusion_.positives() - tp);
      case Count::kTruePositives:
        return tp;
      case Count::kFalsePositives:
        return fp;
      case Count::kTrueNegatives:
        return confusion_.negatives() - fp;
      default:
        return confusion_.positives() - tp;
    }
  }

  Count count_;
  nlohmann::json config_;
  Confusion confusion_;
};

template <Count count>
std::unique_ptr<MetricState> make(const nlohmann::json& config) {
  return std::make_unique<Counts>(count, config);
}

const MetricStateRegistrar a{"precision", &make<Count::kPrecision>};
const MetricStateRegistrar b{"recall", &make<Count::kRecall>};
const MetricStateRegistrar c{"TruePositives", &make<Count::kTruePositives>};
const MetricStateRegistrar d{"FalsePositives", &make<Count::kFalsePositives>};
const MetricStateRegistrar e{"TrueNegatives", &make<Count::kTrueNegatives>};
const MetricStateRegistrar f{"FalseNegatives", &make<Count::kFalseNegatives>};

}  // namespace
}  // namespace kerasan::reference

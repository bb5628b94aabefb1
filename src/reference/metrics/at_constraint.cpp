// The best of one rate where another is at least the given value, over evenly spaced thresholds:
// SensitivityAtSpecificity, SpecificityAtSensitivity, PrecisionAtRecall, RecallAtPrecision; 0 where
// no threshold reaches it. Earlier documentation takes the threshold whose rate is nearest.
#include <cmath>

#include "reference/losses/rowwise.h"
#include "reference/metrics/confusion.h"

namespace kerasan::reference {
namespace {

enum class Rate { kSensitivity, kSpecificity, kPrecision };

struct Pair {
  Rate wanted, held;
  const char* name;  // the argument that holds the second rate
};

class AtConstraint : public MetricState {
 public:
  AtConstraint(const Pair& pair, const nlohmann::json& config)
      : pair_(pair),
        config_(config),
        least_(number(config, pair.name, 0)),
        confusion_(spaced_thresholds(config, 0)) {}

  std::optional<NotChecked> update(const MetricUpdate& batch) override {
    const Scores found = scores(batch, config_);
    for (const Scored& one : found.all) confusion_.add(one);
    return found.not_checked;
  }

  std::vector<MetricValue> accepted() const override {
    const double slack = 8 * kMetricUnit;
    Ranged best(0), nearest(0);
    double distance = HUGE_VAL;
    for (std::size_t k = 0; k < confusion_.size(); ++k) {
      const Ranged held = rate(pair_.held, k), wanted = rate(pair_.wanted, k);
      if (held.lo >= least_ + slack) best.lo = std::max(best.lo, wanted.lo);
      if (held.value >= least_) best.value = std::max(best.value, wanted.value);
      if (held.hi >= least_ - slack) best.hi = std::max(best.hi, wanted.hi);
      if (std::abs(held.value - least_) >= distance) continue;
      distance = std::abs(held.value - least_);
      nearest = wanted;
    }
    std::vector<MetricValue> out{scalar_metric(best)};
    if (pair_.held == Rate::kSensitivity || pair_.held == Rate::kSpecificity)
      out.push_back(scalar_metric(nearest));
    return out;
  }

 private:
  Ranged rate(Rate rate, std::size_t k) const {
    const Ranged tp = confusion_.true_positives(k), fp = confusion_.false_positives(k);
    if (rate == Rate::kPrecision) return share(tp, fp);
    if (rate == Rate::kSensitivity) return share(tp, confusion_.positives() - tp);
    return share(confusion_.negatives() - fp, fp);
  }

  Pair pair_;
  nlohmann::json config_;
  double least_;
  Confusion confusion_;
};

template <Rate wanted, Rate held>
std::unique_ptr<MetricState> make(const nlohmann::json& config) {
  const char* name = held == Rate::kSpecificity   ? "specificity"
                     : held == Rate::kPrecision   ? "precision"
                     : wanted == Rate::kPrecision ? "recall"
                                                  : "sensitivity";
  return std::make_unique<AtConstraint>(Pair{wanted, held, name}, config);
}

const MetricStateRegistrar a{"SensitivityAtSpecificity",
                             &make<Rate::kSensitivity, Rate::kSpecificity>};
const MetricStateRegistrar b{"SpecificityAtSensitivity",
                             &make<Rate::kSpecificity, Rate::kSensitivity>};
const MetricStateRegistrar c{"PrecisionAtRecall", &make<Rate::kPrecision, Rate::kSensitivity>};
const MetricStateRegistrar d{"RecallAtPrecision", &make<Rate::kSensitivity, Rate::kPrecision>};

}  // namespace
}  // namespace kerasan::reference

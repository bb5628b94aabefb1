// True and false positives over a list of thresholds, with what scores near a threshold leave open.
#pragma once

#include <optional>
#include <vector>

#include "reference/metric_state.h"

namespace kerasan::reference {

// One prediction, flattened: is it so, its score, its weight.
struct Scored {
  bool truth = false;
  Ranged score;
  double weight = 1;
};

// Flattened by the options `top_k` (others score below every threshold) and `class_id` (the others
// are left out). NotChecked for shapes that do not fit or targets other than 0 and 1.
struct Scores {
  std::vector<Scored> all;
  std::optional<NotChecked> not_checked;
};
Scores scores(const MetricUpdate& batch, const nlohmann::json& config);

// Sums of weights on either side of each threshold.
class Confusion {
 public:
  explicit Confusion(std::vector<double> thresholds);
  void add(const Scored& one);
  std::size_t size() const { return thresholds_.size(); }
  Ranged true_positives(std::size_t k) const { return hits_[k].result(kMetricUnit); }
  Ranged false_positives(std::size_t k) const { return alarms_[k].result(kMetricUnit); }
  // Without the roundings of the sums.
  Ranged exact_hits(std::size_t k) const { return hits_[k].result(0); }
  Ranged exact_alarms(std::size_t k) const { return alarms_[k].result(0); }
  Ranged positives() const { return positives_.result(kMetricUnit); }
  Ranged negatives() const { return negatives_.result(kMetricUnit); }
  // Is any score too near to a threshold to tell its side?
  bool ambiguous() const { return ambiguous_; }
  // Roundings in a sum: none while all weights are whole numbers.
  double roundings() const { return whole_ ? 0 : positives_.terms() + negatives_.terms(); }

 private:
  std::vector<double> thresholds_;
  std::vector<RangedSum> hits_, alarms_;
  RangedSum positives_, negatives_;
  bool ambiguous_ = false, whole_ = true;
};

// num_thresholds evenly spaced over [0, 1], the ends moved out by epsilon or not; or those given.
std::vector<double> spaced_thresholds(const nlohmann::json& config, double beyond);
// a / b of sums of weights where a is part of b; 0 where b is.
Ranged share(const Ranged& a, const Ranged& rest);

}  // namespace kerasan::reference

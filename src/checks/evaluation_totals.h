// Running totals of one loss or metric over the batches of an evaluation, as intervals.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reference/metric.h"

namespace kerasan::checks {

struct Range {
  double lo = 0, value = 0, hi = 0;
  bool contains(double claimed) const { return lo <= claimed && claimed <= hi; }
  double bound() const { return hi - value > value - lo ? hi - value : value - lo; }
  Range& add(const Range& other, double factor = 1);
};
Range scaled(const Range& range, double factor);

// One meaning that the documentation allows, and what it gives.
struct Candidate {
  std::string meaning;
  Range range;
};

class LossTotals {
 public:
  // `weights` empty: none given. Otherwise one for each row value.
  void add_batch(const reference::Bounded& rows, double batch_rows,
                 std::span<const double> weights);
  // Weighted by rows; and, with sample weights, the other documented normalisations.
  std::vector<Candidate> candidates() const;
  // Mean of the batch values without regard to their sizes.
  double plain_mean() const;
  double rows() const { return rows_; }
  double batches() const { return batches_; }
  double largest_batch() const { return largest_; }

 private:
  Range by_rows_, by_weight_, by_nonzero_, weighted_sum_;
  double magnitude_ = 0, plain_ = 0, batches_ = 0, rows_ = 0, weight_ = 0, largest_ = 0;
  bool weighted_ = false;
};

// The losses that the framework itself logged for each batch, where they are of that batch alone.
// They tell the mean over all rows without predictions.
class LoggedLosses {
 public:
  void add_batch(std::optional<double> loss, double batch_rows, bool weighted);
  // nullopt unless every batch told its loss, without sample weights, and there are several.
  std::optional<Candidate> mean() const;
  double plain_mean() const { return batches_ > 0 ? plain_ / batches_ : 0; }
  double rows() const { return rows_; }

 private:
  double sum_ = 0, magnitude_ = 0, plain_ = 0, rows_ = 0, batches_ = 0;
  bool usable_ = true;
};

class MetricTotals {
 public:
  void add_batch(const reference::MetricRows& rows, std::span<const double> weights);
  Range result(double u) const;
  double plain_mean() const { return batches_ > 0 ? plain_ / batches_ : 0; }

 private:
  Range numerator_, denominator_;
  double plain_ = 0, batches_ = 0, terms_ = 0;
  bool root_ = false, ratio_ = false;
};

}  // namespace kerasan::checks

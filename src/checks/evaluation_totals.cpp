#include "checks/evaluation_totals.h"

#include <algorithm>
#include <cmath>

namespace kerasan::checks {
namespace {

Range quotient(const Range& a, double by) { return scaled(a, by != 0 ? 1 / by : 0); }

// Sums and products of one batch and of the running mean, all in float32.
double accumulation(double batches, double largest) {
  return reference::gamma(3 * batches + largest + 16, 0x1p-24);
}

Range widened(Range r, double by) {
  r.lo -= by;
  r.hi += by;
  return r;
}

}  // namespace

Range& Range::add(const Range& other, double factor) {
  const Range s = scaled(other, factor);
  lo += s.lo;
  value += s.value;
  hi += s.hi;
  return *this;
}

Range scaled(const Range& range, double factor) {
  Range out{range.lo * factor, range.value * factor, range.hi * factor};
  if (factor == 0) return {0, 0, 0};
  if (factor < 0) std::swap(out.lo, out.hi);
  return out;
}

void LossTotals::add_batch(const reference::Bounded& rows, double batch_rows,
                           std::span<const double> weights) {
  if (rows.size() == 0) return;
  const double count = static_cast<double>(rows.size());
  Range sum;
  double weight = 0, nonzero = 0, magnitude = 0;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const double w = weights.empty() ? 1 : weights[r];
    sum.add({rows.value[r] - rows.bound[r], rows.value[r], rows.value[r] + rows.bound[r]}, w);
    weight += w;
    nonzero += w != 0 ? 1 : 0;
    magnitude += std::abs(w * rows.value[r]);
  }
  weighted_ = weighted_ || !weights.empty();
  by_rows_.add(quotient(sum, count), batch_rows);
  by_weight_.add(quotient(sum, weight), batch_rows);
  by_nonzero_.add(quotient(sum, nonzero), batch_rows);
  weighted_sum_.add(sum);
  magnitude_ += magnitude / count * batch_rows;
  plain_ += sum.value / count;
  batches_ += 1;
  rows_ += batch_rows;
  weight_ += weight;
  largest_ = std::max(largest_, count);
}

std::vector<Candidate> LossTotals::candidates() const {
  if (rows_ == 0) return {};
  const auto make = [&](std::string meaning, const Range& sum, double by) {
    const Range r = quotient(sum, by);
    const double scale =
        magnitude_ != 0 ? std::abs(r.value) + magnitude_ / rows_ : std::abs(r.value);
    return Candidate{std::move(meaning), widened(r, accumulation(batches_, largest_) * scale)};
  };
  std::vector<Candidate> out{make("the mean over all rows", by_rows_, rows_)};
  if (!weighted_) return out;
  out.push_back(make("the weighted sum over the sum of weights", weighted_sum_, weight_));
  out.push_back(make("the mean of batch means by sum of weights", by_weight_, rows_));
  out.push_back(make("the mean of batch means over rows with a weight", by_nonzero_, rows_));
  return out;
}

double LossTotals::plain_mean() const { return batches_ > 0 ? plain_ / batches_ : 0; }

void LoggedLosses::add_batch(std::optional<double> loss, double batch_rows, bool weighted) {
  usable_ = usable_ && loss && std::isfinite(*loss) && batch_rows > 0 && !weighted;
  if (!usable_) return;
  sum_ += *loss * batch_rows;
  magnitude_ += std::abs(*loss) * batch_rows;
  plain_ += *loss;
  rows_ += batch_rows;
  batches_ += 1;
}

std::optional<Candidate> LoggedLosses::mean() const {
  if (!usable_ || batches_ < 2) return std::nullopt;
  const double value = sum_ / rows_;
  return Candidate{"the mean over all rows of the batch losses",
                   widened({value, value, value}, accumulation(batches_, 0) * magnitude_ / rows_)};
}

void MetricTotals::add_batch(const reference::MetricRows& rows, std::span<const double> weights) {
  root_ = rows.square_root;
  ratio_ = rows.denominator.has_value();
  Range num, den;
  for (std::size_t r = 0; r < rows.numerator.value.size(); ++r) {
    const double w = weights.empty() ? 1 : weights[r];
    num.add({rows.numerator.lo[r], rows.numerator.value[r], rows.numerator.hi[r]}, w);
    if (ratio_)
      den.add({rows.denominator->lo[r], rows.denominator->value[r], rows.denominator->hi[r]}, w);
    else
      den.add({1, 1, 1}, w);
  }
  numerator_.add(num);
  denominator_.add(den);
  plain_ += den.value != 0 ? num.value / den.value : 0;
  batches_ += 1;
  terms_ += static_cast<double>(rows.numerator.value.size());
}

Range MetricTotals::result(double u) const {
  if (denominator_.value == 0) return {0, 0, denominator_.hi > 0 ? 1.0 : 0.0};
  Range r{0, numerator_.value / denominator_.value, 0};
  // Counts and their ratio: hits are among what they are divided by, so at most 1.
  const double smallest = denominator_.lo, largest = denominator_.hi;
  r.lo = numerator_.lo / (numerator_.lo >= 0 ? largest : smallest);
  r.hi = smallest > 0 ? numerator_.hi / smallest : 1;
  if (ratio_) r.hi = std::min(r.hi, 1.0);
  const double slack = reference::gamma(terms_ + 8, u) * std::max(std::abs(r.lo), std::abs(r.hi));
  r = widened(r, slack);
  if (!root_) return r;
  return {std::sqrt(std::max(r.lo, 0.0)) * (1 - 4 * u), std::sqrt(std::max(r.value, 0.0)),
          std::sqrt(std::max(r.hi, 0.0)) * (1 + 4 * u)};
}

}  // namespace kerasan::checks

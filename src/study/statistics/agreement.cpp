#include "study/statistics/agreement.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>

namespace kerasan::study {
namespace {

using Matrix = std::vector<std::vector<double>>;

Matrix square(std::size_t size) { return Matrix(size, std::vector<double>(size, 0.0)); }

// How often each category was given to the item.
std::vector<double> tally(const Ratings::Pattern& pattern, std::size_t categories) {
  std::vector<double> counts(categories, 0.0);
  for (const int code : pattern.codes) {
    if (code != kMissing) ++counts[static_cast<std::size_t>(code)];
  }
  return counts;
}

double sum(const std::vector<double>& values) {
  double total = 0;
  for (const double value : values) total += value;
  return total;
}

double weight(Weighting weighting, std::size_t i, std::size_t j) {
  const double apart = std::abs(static_cast<double>(i) - static_cast<double>(j));
  switch (weighting) {
    case Weighting::none:
      return i == j ? 0.0 : 1.0;
    case Weighting::linear:
      return apart;
    case Weighting::quadratic:
      return apart * apart;
  }
  return 0.0;
}

// 1 − observed/expected disagreement, empty where none was to be expected.
std::optional<double> beyond_chance(double observed, double expected) {
  if (!(expected > 0)) return std::nullopt;
  return 1.0 - observed / expected;
}

// Coincidences of pairs of ratings within items, each item weighing as many as its ratings.
Matrix coincidences(const Ratings& ratings) {
  const std::size_t size = ratings.categories().size();
  Matrix out = square(size);
  for (const Ratings::Pattern& pattern : ratings.patterns()) {
    const std::vector<double> counts = tally(pattern, size);
    const double given = sum(counts);
    if (given < 2) continue;
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < size; ++j) {
        const double pairs = counts[i] * (counts[j] - (i == j ? 1.0 : 0.0));
        out[i][j] += pattern.count * pairs / (given - 1.0);
      }
    }
  }
  return out;
}

// Squared difference of two categories on the level of measurement.
std::function<double(std::size_t, std::size_t)> metric(Level level, const Ratings& ratings,
                                                       const std::vector<double>& totals) {
  if (level == Level::nominal) {
    return [](std::size_t i, std::size_t j) { return i == j ? 0.0 : 1.0; };
  }
  if (level == Level::interval) {
    return [&ratings](std::size_t i, std::size_t j) {
      const double apart = ratings.values()[i] - ratings.values()[j];
      return apart * apart;
    };
  }
  return [&totals](std::size_t i, std::size_t j) {
    const auto [low, high] = std::minmax(i, j);
    double between = -(totals[low] + totals[high]) / 2.0;
    for (std::size_t k = low; k <= high; ++k) between += totals[k];
    return i == j ? 0.0 : between * between;
  };
}

}  // namespace

std::optional<double> percent_agreement(const Ratings& ratings) {
  double equal = 0;
  double all = 0;
  for (const Ratings::Pattern& pattern : ratings.patterns()) {
    const std::vector<double> counts = tally(pattern, ratings.categories().size());
    const double given = sum(counts);
    all += pattern.count * given * (given - 1.0);
    for (const double count : counts) equal += pattern.count * count * (count - 1.0);
  }
  if (all == 0) return std::nullopt;
  return equal / all;
}

Matrix confusion_matrix(const Ratings& ratings, std::size_t a, std::size_t b) {
  Matrix out = square(ratings.categories().size());
  for (const Ratings::Pattern& pattern : ratings.patterns()) {
    const int first = pattern.codes.at(a);
    const int second = pattern.codes.at(b);
    if (first == kMissing || second == kMissing) continue;
    out[static_cast<std::size_t>(first)][static_cast<std::size_t>(second)] += pattern.count;
  }
  return out;
}

std::optional<double> cohen_kappa(const Ratings& ratings, std::size_t a, std::size_t b,
                                  Weighting weighting) {
  const Matrix counts = confusion_matrix(ratings, a, b);
  const std::size_t size = counts.size();
  std::vector<double> rows(size, 0.0);
  std::vector<double> columns(size, 0.0);
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) {
      rows[i] += counts[i][j];
      columns[j] += counts[i][j];
    }
  }
  const double items = sum(rows);
  double observed = 0;
  double expected = 0;
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) {
      observed += weight(weighting, i, j) * counts[i][j];
      expected += weight(weighting, i, j) * rows[i] * columns[j];
    }
  }
  return items > 0 ? beyond_chance(observed, expected / items) : std::nullopt;
}

std::optional<double> fleiss_kappa(const Ratings& ratings) {
  const std::size_t size = ratings.categories().size();
  const auto raters = static_cast<double>(ratings.raters());
  std::vector<double> shares(size, 0.0);
  double items = 0;
  double agreement = 0;
  for (const Ratings::Pattern& pattern : ratings.patterns()) {
    const std::vector<double> counts = tally(pattern, size);
    if (sum(counts) < raters || raters < 2) continue;
    items += pattern.count;
    for (std::size_t j = 0; j < size; ++j) {
      shares[j] += pattern.count * counts[j];
      agreement += pattern.count * counts[j] * (counts[j] - 1.0) / (raters * (raters - 1.0));
    }
  }
  if (items == 0) return std::nullopt;
  double chance = 0;
  for (const double share : shares) {
    chance += share / (items * raters) * (share / (items * raters));
  }
  return beyond_chance(1.0 - agreement / items, 1.0 - chance);
}

std::optional<double> krippendorff_alpha(const Ratings& ratings, Level level) {
  const Matrix pairs = coincidences(ratings);
  const std::size_t size = pairs.size();
  std::vector<double> totals(size, 0.0);
  for (std::size_t i = 0; i < size; ++i) totals[i] = sum(pairs[i]);
  const double all = sum(totals);
  if (all < 2) return std::nullopt;
  const auto difference = metric(level, ratings, totals);
  double observed = 0;
  double expected = 0;
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) {
      observed += pairs[i][j] * difference(i, j);
      expected += totals[i] * totals[j] * difference(i, j);
    }
  }
  return beyond_chance(observed, expected / (all - 1.0));
}

}  // namespace kerasan::study

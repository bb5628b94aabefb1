// Agreement of raters beyond chance. Each is empty where the formula has no value, such as when
// all ratings are of one category, so that nothing could have disagreed.
#pragma once

#include <optional>
#include <vector>

#include "study/statistics/ratings.h"

namespace kerasan::study {

enum class Weighting { none, linear, quadratic };
enum class Level { nominal, ordinal, interval };

// Pairs of ratings of one item that are equal, over all such pairs.
std::optional<double> percent_agreement(const Ratings& ratings);

// Cohen, "A coefficient of agreement for nominal scales" (1960) and, weighted by the distance in
// the order of the categories, "Weighted kappa" (1968). Items that one of the two left out do not
// count.
std::optional<double> cohen_kappa(const Ratings& ratings, std::size_t a, std::size_t b,
                                  Weighting weighting = Weighting::none);

// Fleiss, "Measuring nominal scale agreement among many raters" (1971). The formula asks for the
// same number of ratings everywhere: items with a missing one do not count.
std::optional<double> fleiss_kappa(const Ratings& ratings);

// Krippendorff, "Computing Krippendorff's alpha-reliability" (2011). Missing ratings are allowed;
// items with fewer than two do not count.
std::optional<double> krippendorff_alpha(const Ratings& ratings, Level level);

// Counts by category of rater a (first) and of rater b.
std::vector<std::vector<double>> confusion_matrix(const Ratings& ratings, std::size_t a,
                                                  std::size_t b);

}  // namespace kerasan::study

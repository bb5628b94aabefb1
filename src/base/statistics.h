// Robust statistics of a series, free of assumptions on its distribution.
#pragma once

#include <span>

namespace kerasan {

struct Slope {
  double estimate = 0;  // Theil-Sen: the median of all pairwise slopes
  double lower = 0;     // one-sided lower confidence limit
};

// Sen (1968), "Estimates of the regression coefficient based on Kendall's tau": the limit is an
// order statistic of the pairwise slopes, whose rank follows from the variance of Kendall's S.
// `z` is the normal quantile of the confidence wanted. `x` ascends strictly; sizes are equal
// and at least 10, or the limit is -infinity.
Slope sen_slope(std::span<const double> x, std::span<const double> y, double z);

// The same where only points of one stratum are comparable, for example calls with arguments of
// one size: pairs are taken inside the strata and their variances added (Hirsch, Slack and Smith
// (1982), "Techniques of trend analysis for monthly water quality data"). Needs 10 points in all.
Slope sen_slope(std::span<const double> x, std::span<const double> y,
                std::span<const std::size_t> stratum, double z);

// One-sided lower confidence limit of the median of independent values, whatever their
// distribution: the largest order statistic that lies above the median with a chance of at most
// `alpha` (sign test; Conover, "Practical nonparametric statistics", 3.2). -infinity where there
// are too few values.
double median_lower_limit(std::span<const double> values, double alpha);

// The chance, if both come from one distribution, that values of `b` are as much above those of `a`
// as these are: the exact one-sided test of Mann and Whitney (1947). 1 where either is empty or has
// more than 64 values.
double rank_test(std::span<const double> a, std::span<const double> b);

}  // namespace kerasan

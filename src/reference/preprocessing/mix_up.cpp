// MixUp: a weighted mean of two images of the batch. The weights are Beta(alpha, alpha) (Zhang et
// al. 2018, "mixup: Beyond empirical risk minimization", section 2).
#include <algorithm>
#include <cmath>
#include <map>

#include "reference/ops/guard.h"
#include "reference/preprocessing/common.h"

namespace kerasan::reference {
namespace {

// The images that differ from each other, by the number of one that shows each.
std::vector<std::int64_t> distinct_of(const Images& images) {
  std::map<std::vector<double>, std::int64_t> seen;
  for (std::int64_t n = 0; n < images.n; ++n) {
    const auto begin = images.x.begin() + std::ptrdiff_t(images.at(n, 0, 0));
    seen.emplace(std::vector<double>(begin, begin + images.pixels() * images.channels), n);
  }
  std::vector<std::int64_t> out;
  for (const auto& [pixels, n] : seen) out.push_back(n);
  return out;
}

// The weights within [0, 1] with which image n is y = m + weight (x - m); impossible() where none.
Common weight_with(const Images& images, std::int64_t n, std::int64_t m) {
  const double slack = images.slack();
  Common weight{0, 1};
  for (std::int64_t i = 0; i < images.pixels() * images.channels; ++i) {
    const std::size_t own = images.at(n, 0, i), other = images.at(m, 0, i);
    const double x = images.x[own] - images.x[other], y = images.y[own] - images.x[other];
    if (std::fabs(x) < 100 * slack) {
      if (std::fabs(y) > 101 * slack) weight.at_most(-1);
    } else {
      weight.take(y / x, 4 * slack / std::fabs(x));
    }
    if (!weight.possible()) break;
  }
  return weight;
}

// The smaller of a weight and the other one, which is as likely: which of two images is the first
// is not documented.
Range smaller_part(const Common& weight) {
  const auto fold = [](double w) { return std::min(w, 1 - w); };
  const double a = fold(weight.low), b = fold(weight.high);
  const bool half = weight.low <= 0.5 && weight.high >= 0.5;
  return {std::min(a, b), half ? 0.5 : std::max(a, b)};
}

// P(min(w, 1 - w) <= t) for t <= 1/2: twice the incomplete beta function, by its power series
// (Abramowitz and Stegun, 26.5.4 with 15.1.1).
double share_up_to(double t, double alpha) {
  if (t <= 0) return 0;
  double sum = 1 / alpha, term = 1;
  for (int k = 1; k < 200 && std::fabs(term) > 1e-17; ++k) {
    term *= (k - alpha) / k * t;
    sum += term / (alpha + k);
  }
  const double beta = 2 * std::lgamma(alpha) - std::lgamma(2 * alpha);
  return std::min(1.0, 2 * std::exp(alpha * std::log(t) - beta) * sum);
}

// Kolmogorov's distance with the bound of Massart (1990), each weight known to lie in a range.
// Where all images may have one weight, they tell of one draw.
PropertyResult judge_weights(const std::vector<Range>& parts, double alpha) {
  const double n = double(parts.size());
  const double bound = std::sqrt(std::log(2 / kFalseAlarm) / (2 * n));
  std::vector<double> low, high;
  for (const Range& part : parts) low.push_back(part.low), high.push_back(part.high);
  std::sort(low.begin(), low.end());
  std::sort(high.begin(), high.end());
  if (low.back() <= high.front()) return kept();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const double most = share_up_to(high[i], alpha), at_least = double(i + 1) / n;
    if (at_least > most + bound)
      return broken("mixes with small weights more often than its alpha", at_least, most, bound);
    const double least = share_up_to(low[i], alpha), at_most = double(i) / n;
    const bool tied = i > 0 && low[i - 1] == low[i];
    if (!tied && at_most < least - bound)
      return broken("mixes with small weights less often than its alpha", at_most, least, bound);
  }
  return kept();
}

PropertyResult mixed(const LayerCall& call) {
  const Images images = images_of(call);
  const std::vector<std::int64_t> others = distinct_of(images);
  require(double(others.size()) * double(images.x.size()) <= 1e8, "too large to search");
  std::vector<Range> parts;
  for (std::int64_t n = 0; n < images.n; ++n) {
    Range part{1, 0};
    for (const std::int64_t m : others) {
      const Common weight = weight_with(images, n, m);
      if (!weight.possible()) continue;
      const Range one = smaller_part(weight);
      part = {std::min(part.low, one.low), std::max(part.high, one.high)};
    }
    if (part.low > part.high)
      return broken("gives for image " + std::to_string(n) +
                    " of the batch no weighted mean of it and another");
    parts.push_back(part);
  }
  const double alpha = get_number(call.config, "alpha", 0.2);
  return alpha > 0 && alpha <= 1 && !parts.empty() ? judge_weights(parts, alpha) : kept();
}

const PropertyRegistrar registrar{"MixUp", &in_training<mixed>};

}  // namespace
}  // namespace kerasan::reference

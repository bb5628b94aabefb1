#include "reference/initializers/distribution.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace kerasan::reference {
namespace {

constexpr double kCut = 2;  // truncation in standard deviations, as documented
// ln(2 / rate) of each of three two-sided tests.
const double kLog = std::log(3 * 2 / kFalseAlarm);

double phi(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }
double density(double x) { return std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi); }
double kept() { return 2 * phi(kCut) - 1; }
// Moments of a standard normal cut at +-c: E y^2 = 1 - 2 c phi(c) / Z and
// E y^4 = 3 - 2 (c^3 + 3 c) phi(c) / Z, by parts.
double second() { return 1 - 2 * kCut * density(kCut) / kept(); }
double fourth() { return 3 - 2 * (kCut * kCut * kCut + 3 * kCut) * density(kCut) / kept(); }

struct Sample {
  double mean = 0, square = 0, most = 0;  // of x, of (x - center)^2, of |x|
};

Sample measure(const std::vector<double>& x, double center) {
  Sample s;
  for (const double v : x) {
    s.mean += v - center;
    s.square += (v - center) * (v - center);
    s.most = std::max(s.most, std::abs(v));
  }
  s.mean = center + s.mean / double(x.size());
  s.square /= double(x.size());
  return s;
}

// Bernstein: P(|mean of n| >= t) <= 2 exp(-n t^2 / (2 v + 2 m t / 3)); solved for t.
double bernstein(double variance, double largest, double n) {
  const double b = largest * kLog / (3 * n);
  return b + std::sqrt(b * b + 2 * variance * kLog / n);
}

// Laurent & Massart 2000: P(chi2 - n >= 2 sqrt(n x) + 2 x) <= exp(-x), and less below.
double chi_square(double n) { return 2 * std::sqrt(kLog / n) + 2 * kLog / n; }

std::optional<Departure> outside(const Distribution& d, const std::vector<double>& x,
                                 double slack) {
  for (const double v : x) {
    if (!std::isfinite(v)) return Departure{"a value", v, d.center, d.reach()};
    if (std::abs(v - d.center) > d.reach() * (1 + 1e-12) + slack)
      return Departure{"a value", v, d.center, d.reach() + slack};
  }
  return std::nullopt;
}

// Dvoretzky-Kiefer-Wolfowitz with Massart's constant: P(sup |F_n - F| > e) <= 2 exp(-2 n e^2).
std::optional<Departure> shape(const Distribution& d, std::vector<double> x, double slack) {
  std::sort(x.begin(), x.end());
  const double n = double(x.size());
  const double bound = std::sqrt(kLog / (2 * n)) + slack * d.highest_density();
  for (std::size_t k = 0; k < x.size(); ++k) {
    const double expected = d.cumulative(x[k]);
    // Equal values are one step of F_n: only its ends count.
    if (k + 1 == x.size() || x[k + 1] != x[k])
      if (const double share = double(k + 1) / n; share - expected > bound)
        return Departure{"the share of values up to " + std::to_string(x[k]), share, expected,
                         bound};
    if (k == 0 || x[k - 1] != x[k])
      if (const double share = double(k) / n; expected - share > bound)
        return Departure{"the share of values below " + std::to_string(x[k]), share, expected,
                         bound};
  }
  return std::nullopt;
}

}  // namespace

double Distribution::variance() const {
  const double square = scale * scale;
  return kind == kUniform ? square / 3 : kind == kNormal ? square : square * second();
}

double Distribution::variance_of_square() const {
  const double fourth_power = std::pow(scale, 4);
  if (kind == kUniform) return fourth_power * (1.0 / 5 - 1.0 / 9);
  if (kind == kNormal) return 2 * fourth_power;
  return fourth_power * (fourth() - second() * second());
}

double Distribution::largest_square() const {
  const double square = scale * scale;
  if (kind == kUniform) return square * 2 / 3;
  if (kind == kNormal) return std::numeric_limits<double>::infinity();
  return square * (kCut * kCut - second());
}

double Distribution::cumulative(double x) const {
  const double y = (x - center) / scale;
  if (kind == kUniform) return std::clamp((y + 1) / 2, 0.0, 1.0);
  if (kind == kNormal) return phi(y);
  return std::clamp((phi(y) - phi(-kCut)) / kept(), 0.0, 1.0);
}

double Distribution::highest_density() const {
  if (kind == kUniform) return 1 / (2 * scale);
  return density(0) / scale / (kind == kTruncated ? kept() : 1);
}

double Distribution::reach() const {
  if (kind == kNormal) return std::numeric_limits<double>::infinity();
  return kind == kUniform ? scale : kCut * scale;
}

std::optional<Departure> departure_from(const Distribution& d, const InitializerCall& call) {
  const std::vector<double>& x = call.values.value;
  require(!x.empty(), "no values");
  require(is_float(call.dtype), "values that are not floating point");
  require(d.scale > 0, "no spread");
  const double n = double(x.size());
  const Sample s = measure(x, d.center);
  // A value is rounded a few times on its way; generators draw from a grid of about that width.
  const double width = std::max(
      s.most, std::abs(d.center) + (d.kind == Distribution::kNormal ? 4 * d.scale : d.reach()));
  const double slack = 8 * unit_roundoff(call.dtype) * width;
  if (const auto found = outside(d, x, slack)) return found;
  const double variance = d.variance();
  // The mean of a normal sample is normal: P(|z| >= t) <= 2 exp(-t^2 / 2).
  const double mean_bound =
      slack + (d.kind == Distribution::kNormal ? d.scale * std::sqrt(2 * kLog / n)
                                               : bernstein(variance, d.reach(), n));
  if (std::abs(s.mean - d.center) > mean_bound)
    return Departure{"the mean", s.mean, d.center, mean_bound};
  const double square_bound =
      2 * slack * width + (d.kind == Distribution::kNormal
                               ? variance * chi_square(n)
                               : bernstein(d.variance_of_square(), d.largest_square(), n));
  if (std::abs(s.square - variance) > square_bound)
    return Departure{"the mean square distance from the center", s.square, variance, square_bound};
  if (const auto found = shape(d, x, slack)) return found;
  require(square_bound < variance, "too few values to tell");
  return std::nullopt;
}

InitializerResult judged(const std::vector<Distribution>& forms, const InitializerCall& call) {
  InitializerResult result;
  for (const Distribution& form : forms) {
    result.departure = departure_from(form, call);
    if (!result.departure) return result;
  }
  return result;
}

}  // namespace kerasan::reference

#include "reference/ops/statistics.h"

#include <cmath>
#include <cstdio>
#include <limits>

namespace kerasan::reference {
namespace {

double term(double a, double b) {
  if (a == 0) return 0;
  return b <= 0 ? std::numeric_limits<double>::infinity() : a * std::log(a / b);
}

std::string text(double v) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.4g", v);
  return buffer;
}

// How many disjoint pairs of neighbours along an axis are known, and agree.
struct Pairs {
  double known = 0, equal = 0;
};

Pairs pairs_along(const Draws& draws, std::size_t axis) {
  std::size_t stride = 1;
  for (std::size_t i = axis + 1; i < draws.shape.size(); ++i) stride *= std::size_t(draws.shape[i]);
  const auto length = std::size_t(draws.shape[axis]);
  Pairs pairs;
  for (std::size_t i = 0; i < draws.state.size(); ++i) {
    const std::size_t at = i / stride % length;
    if (at % 2 != 0 || at + 1 >= length) continue;
    const int a = draws.state[i], b = draws.state[i + stride];
    if (a < 0 || b < 0) continue;
    pairs.known += 1;
    pairs.equal += a == b;
  }
  return pairs;
}

}  // namespace

bool unlikely_count(double hits, double n, double p, double alarm) {
  if (n <= 0) return false;
  const double q = hits / n;
  const double divergence = term(q, p) + term(1 - q, 1 - p);
  return n * divergence > std::log(2 / alarm);
}

std::optional<std::string> unlikely_normal(const std::vector<double>& z, double alarm) {
  const double n = double(z.size());
  if (n == 0) return std::nullopt;
  const double t = std::log(4 / alarm);  // each of the two tests has half of it, on two sides
  double sum = 0, square = 0;
  for (double v : z) sum += v, square += v * v;
  if (std::fabs(sum) / std::sqrt(n) > std::sqrt(2 * t))
    return "its mean is " + text(sum / n) + " standard deviations over " + text(n) + " elements";
  if (square - n > 2 * std::sqrt(n * t) + 2 * t || n - square > 2 * std::sqrt(n * t))
    return "its variance is " + text(square / n) + " of the expected over " + text(n) + " elements";
  return std::nullopt;
}

std::optional<Broken> broken_draws(const Draws& draws, double rate, double alarm) {
  const double share = alarm / double(1 + draws.shape.size());
  double known = 0, dropped = 0;
  for (int state : draws.state) known += state >= 0, dropped += state > 0;
  if (unlikely_count(dropped, known, rate, share))
    return Broken{"drops " + text(dropped) + " of " + text(known) + " draws", dropped / known, rate,
                  0};
  const double equal = rate * rate + (1 - rate) * (1 - rate);
  for (std::size_t axis = 0; axis < draws.shape.size(); ++axis) {
    const Pairs pairs = pairs_along(draws, axis);
    if (unlikely_count(pairs.equal, pairs.known, equal, share))
      return Broken{"treats neighbours along axis " + std::to_string(axis) + " alike in " +
                        text(pairs.equal) + " of " + text(pairs.known) +
                        " pairs, as independent draws do not",
                    pairs.equal / pairs.known, equal, 0};
  }
  return std::nullopt;
}

}  // namespace kerasan::reference

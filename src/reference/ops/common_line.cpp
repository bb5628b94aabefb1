#include "reference/ops/common_line.h"

#include <cmath>

namespace kerasan::reference {
namespace {

// Sums over the elements of one group; x and y from their means.
struct Line {
  double count = 0, x = 0, y = 0, xx = 0, xy = 0, own = 0, leverage = 0;
  double slope() const { return xx > 0 ? xy / xx : 0; }
  double at(double value) const { return y + slope() * (value - x); }
  // sum_j |h_ij| own[j], with h_ij = 1 / n + (x_i - mean) (x_j - mean) / xx.
  double shared(double value) const {
    return own / count + (xx > 0 ? std::fabs(value - x) / xx * leverage : 0);
  }
};

std::vector<Line> fitted(const std::vector<double>& observed, const Bounded& x,
                         const std::vector<std::size_t>& group, std::size_t groups,
                         const std::vector<double>& own) {
  std::vector<Line> lines(groups);
  for (std::size_t i = 0; i < x.size(); ++i) {
    Line& line = lines[group[i]];
    line.count += 1;
    line.x += x.value[i];
    line.y += observed[i];
    line.own += own[i];
  }
  for (Line& line : lines) line.x /= line.count, line.y /= line.count;
  for (std::size_t i = 0; i < x.size(); ++i) {
    Line& line = lines[group[i]];
    const double dx = x.value[i] - line.x;
    line.xx += dx * dx;
    line.xy += dx * (observed[i] - line.y);
    line.leverage += std::fabs(dx) * own[i];
  }
  return lines;
}

}  // namespace

void narrow_to_line(Bounded& y, const std::vector<double>& observed, const Bounded& x,
                    const std::vector<std::size_t>& group, std::size_t groups,
                    const std::vector<double>& own) {
  if (observed.size() != y.size()) return;
  const std::vector<Line> lines = fitted(observed, x, group, groups, own);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const Line& line = lines[group[i]];
    const double value = line.at(x.value[i]), bound = own[i] + line.shared(x.value[i]);
    if (!(std::fabs(value - y.value[i]) + bound <= y.bound[i])) continue;  // NaN too
    y.value[i] = value;
    y.bound[i] = bound;
  }
}

}  // namespace kerasan::reference

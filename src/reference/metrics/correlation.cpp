// Along `axis` of each row. CosineSimilarity: t.p / (|t| |p|). PearsonCorrelation: the same of the
// deviations from the means. ConcordanceCorrelation (Lin 1989): 2 cov / (var t + var p + (mean t -
// mean p)^2).
#include <cmath>

#include "reference/losses/rowwise.h"
#include "reference/metric_state.h"
#include "reference/metrics/common.h"
#include "reference/ranged.h"

namespace kerasan::reference {
namespace {

struct Moments {
  Ranged mean_t, mean_p, tt, pp, tp;  // sums of squares and products, of deviations if centered
};

Moments moments(const RowView& t, const RowView& p, bool centered, double u) {
  Moments m;
  RangedSum st, sp, tt, pp, tp;
  const double n = static_cast<double>(t.value.size());
  const auto range = [](const RowView& v, std::size_t k) { return around(v.value[k], v.bound[k]); };
  for (std::size_t k = 0; k < t.value.size(); ++k) {
    st.add(range(t, k));
    sp.add(range(p, k));
  }
  m.mean_t = st.result(u, 1) * (1 / n);
  m.mean_p = sp.result(u, 1) * (1 / n);
  for (std::size_t k = 0; k < t.value.size(); ++k) {
    Ranged a = range(t, k), b = range(p, k);
    if (centered) {
      a = rounded(a - m.mean_t, u);
      b = rounded(b - m.mean_p, u);
    }
    tt.add(square(a));
    pp.add(square(b));
    tp.add(a * b);
  }
  m.tt = tt.result(u, 2);
  m.pp = pp.result(u, 2);
  m.tp = tp.result(u, 2);
  return m;
}

// Tiny norms: documented forms put epsilon inside or outside the root.
constexpr double kTiny = 1e-4;

Ranged cosine(const Moments& m, double u) {
  if (m.tt.lo <= kTiny || m.pp.lo <= kTiny) return {-HUGE_VAL, 0, HUGE_VAL};
  return rounded(m.tp / (square_root(m.tt) * square_root(m.pp)), 8 * u);
}

Ranged concordance(const Moments& m, double n, double u) {
  Ranged below = m.tt + m.pp + Ranged(n) * square(m.mean_t - m.mean_p);
  below.hi += n * kFuzz;
  if (below.lo <= kTiny) return {-HUGE_VAL, 0, HUGE_VAL};
  return rounded(Ranged(2) * m.tp / rounded(below, 4 * u), 4 * u);
}

enum class Kind { kCosine, kPearson, kConcordance };

MetricRows apply(const MetricCall& given, Kind kind) {
  const auto axis = given.config.find("axis");
  if (axis != given.config.end() && !axis->is_number())
    return unchecked("a correlation along several axes");
  const auto moved = features_last({given.config, given.y_true, given.y_pred, given.precision});
  if (!moved || moved->y_true.shape != moved->y_pred.shape || moved->y_pred.shape.empty())
    return unchecked("a correlation of unequal shapes");
  MetricRows out{Sums(rows_shape(moved->y_pred)), std::nullopt, false, std::nullopt};
  const double u = unit_roundoff(given.precision);
  for (std::size_t r = 0; r < out.numerator.value.size(); ++r) {
    const Moments m =
        moments(row_of(moved->y_true, r), row_of(moved->y_pred, r), kind != Kind::kCosine, u);
    const double n = static_cast<double>(width(moved->y_pred));
    const Ranged v = kind == Kind::kConcordance ? concordance(m, n, u) : cosine(m, u);
    out.numerator.set(r, v.lo, v.value, v.hi);
  }
  return out;
}

const MetricRegistrar a{"CosineSimilarity",
                        [](const MetricCall& call) { return apply(call, Kind::kCosine); }};
const MetricRegistrar b{"PearsonCorrelation",
                        [](const MetricCall& call) { return apply(call, Kind::kPearson); }};
const MetricRegistrar c{"ConcordanceCorrelation",
                        [](const MetricCall& call) { return apply(call, Kind::kConcordance); }};

}  // namespace
}  // namespace kerasan::reference

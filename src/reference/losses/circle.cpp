// Circle loss of class indices and unit embeddings (Sun et al., Circle Loss, 2020, eq. 6): for each
// anchor softplus(logsumexp over other classes of g a_n (s - m) + logsumexp over its own class of
// -g a_p (s - 1 + m)), with a_n = max(s + m, 0), a_p = max(1 + m - s, 0) and s the cosine.
#include <algorithm>
#include <cmath>
#include <limits>

#include "reference/losses/rowwise.h"
#include "reference/ranged.h"

namespace kerasan::reference {
namespace {

Ranged log_sum_exp(const std::vector<Ranged>& terms, double u) {
  const auto one = [&](double Ranged::*which) {
    double top = -std::numeric_limits<double>::infinity(), sum = 0;
    for (const Ranged& t : terms) top = std::max(top, t.*which);
    for (const Ranged& t : terms) sum += std::exp(t.*which - top);
    return top + std::log(sum);
  };
  const Ranged out{one(&Ranged::lo), one(&Ranged::value), one(&Ranged::hi)};
  const double n = static_cast<double>(terms.size());
  return widened(out, gamma(n + 2 * kElementary, u) * (1 + out.magnitude()));
}

Ranged cosine(const Bounded& e, std::size_t i, std::size_t j, std::size_t n, double u) {
  RangedSum sum;
  for (std::size_t k = 0; k < n; ++k) sum.add(at(e, i * n + k) * at(e, j * n + k));
  return widened(sum.result(u, 1), 2 * u);  // some forms go by the distance 1 - s
}

LossRows apply(const LossCall& call) {
  const Shape& shape = call.y_pred.shape;
  if (shape.size() != 2 || call.y_true.size() != static_cast<std::size_t>(shape[0]))
    return shape_mismatch(call);
  LossRows out{empty_rows(call), std::nullopt};
  out.of_batch = true;
  const auto n = static_cast<std::size_t>(shape[1]);
  const double u = unit_roundoff(call.precision), g = number(call.config, "gamma", 80);
  const double m = number(call.config, "margin", 0.4);
  const bool remove =
      !call.config.contains("remove_diagonal") || flag(call.config, "remove_diagonal");
  for (std::size_t i = 0; i < out.rows.size(); ++i) {
    std::vector<Ranged> own, other;
    for (std::size_t j = 0; j < out.rows.size(); ++j) {
      const Ranged s = cosine(call.y_pred, i, j, n, u);
      const auto positive = [](double v) { return std::max(v, 0.0); };
      if (call.y_true.value[i] != call.y_true.value[j])
        other.push_back(rounded(Ranged(g) * rising(widened(s + Ranged(m), 2 * u), positive) *
                                    widened(s - Ranged(m), 2 * u),
                                3 * u));
      else if (i != j || !remove)
        own.push_back(rounded(Ranged(-g) * rising(widened(Ranged(1 + m) - s, 2 * u), positive) *
                                  widened(s - Ranged(1 - m), 2 * u),
                              3 * u));
    }
    if (own.empty() || other.empty()) {
      out.not_checked = NotChecked{"Circle of an anchor without a second one or without others"};
      return out;
    }
    const Ranged sum = rounded(log_sum_exp(own, u) + log_sum_exp(other, u), u);
    const Ranged loss = rounded(
        rising(sum, [](double v) { return std::max(v, 0.0) + std::log1p(std::exp(-std::abs(v))); }),
        2 * kElementary * u);
    out.rows.value[i] = loss.value;
    out.rows.bound[i] = loss.bound() + 2 * kElementary * u;
  }
  return out;
}

const LossRegistrar registrar{"Circle", &apply};

}  // namespace
}  // namespace kerasan::reference

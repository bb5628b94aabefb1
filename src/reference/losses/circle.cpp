// Circle loss of class indices and unit embeddings (Sun et al., Circle Loss, 2020, eq. 6): for each
// anchor softplus(logsumexp over other classes of g a_n (s - m) + logsumexp over its own class of
// -g a_p (s - 1 + m)), with a_n = max(s + m, 0), a_p = max(1 + m - s, 0) and s the cosine.
#include <algorithm>
#include <cmath>
#include <limits>

#include "reference/losses/rowwise.h"
#include "reference/losses/slope.h"
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

double positive(double v) { return std::max(v, 0.0); }

// One pair of an anchor: g a (s - target), and its derivative by s, in which the weight a moves
// too.
struct Pair {
  std::size_t other = 0;
  Ranged term, slope;
};

struct Anchor {
  std::vector<Pair> own, others;
  bool whole() const { return !own.empty() && !others.empty(); }
};

Ranged sum_of(const std::vector<Pair>& pairs, double u) {
  std::vector<Ranged> terms;
  for (const Pair& pair : pairs) terms.push_back(pair.term);
  return log_sum_exp(terms, u);
}

Anchor anchor_of(const LossCall& call, std::size_t i) {
  const double u = unit_roundoff(call.precision), g = number(call.config, "gamma", 80),
               m = number(call.config, "margin", 0.4);
  const auto n = static_cast<std::size_t>(call.y_pred.shape[1]);
  const bool remove =
      !call.config.contains("remove_diagonal") || flag(call.config, "remove_diagonal");
  Anchor out;
  for (std::size_t j = 0; j < call.y_true.size(); ++j) {
    const bool same = call.y_true.value[i] == call.y_true.value[j];
    if (same && i == j && remove) continue;
    const Ranged s = cosine(call.y_pred, i, j, n, u);
    const Ranged inside =
        widened(same ? Ranged(1 + m) - s : s + Ranged(m), 2 * u);  // of the weight max(inside, 0)
    const Ranged from = widened(s - Ranged(same ? 1 - m : m), 2 * u);
    const Ranged term = Ranged(same ? -g : g) * rising(inside, positive) * from;
    Ranged slope = same ? Ranged(-2 * g) * (Ranged(1) - s) : Ranged(2 * g) * s;
    if (inside.lo <= 0) slope = inside.hi < 0 ? Ranged(0) : hull(slope, Ranged(0));
    slope = rounded(widened(slope, 4 * g * u), 4 * u);
    (same ? out.own : out.others).push_back({j, rounded(term, 3 * u), slope});
  }
  return out;
}

bool fits(const LossCall& call) {
  const Shape& shape = call.y_pred.shape;
  return shape.size() == 2 && call.y_true.size() == static_cast<std::size_t>(shape[0]);
}

constexpr const char* kAlone = "Circle of an anchor without a second one or without others";

LossRows apply(const LossCall& call) {
  if (!fits(call)) return shape_mismatch(call);
  LossRows out{empty_rows(call), std::nullopt};
  out.of_batch = true;
  const double u = unit_roundoff(call.precision);
  for (std::size_t i = 0; i < out.rows.size(); ++i) {
    const Anchor anchor = anchor_of(call, i);
    if (!anchor.whole()) {
      out.not_checked = NotChecked{kAlone};
      return out;
    }
    const Ranged sum = rounded(sum_of(anchor.own, u) + sum_of(anchor.others, u), u);
    const Ranged loss = rounded(
        rising(sum, [](double v) { return std::max(v, 0.0) + std::log1p(std::exp(-std::abs(v))); }),
        2 * kElementary * u);
    out.rows.value[i] = loss.value;
    out.rows.bound[i] = loss.bound() + 2 * kElementary * u;
  }
  return out;
}

Ranged exponential(const Ranged& x) {
  return rising(x, [](double v) { return std::exp(v); });
}
double logistic(double v) { return 1 / (1 + std::exp(-v)); }

// By the cosines of each anchor, sigmoid(sum) softmax(terms)_j slope_j; a cosine moves with both
// of its embeddings.
LossGradient reverse(const LossGradientCall& given) {
  const LossCall& call = given.loss;
  if (!fits(call)) return no_gradient(shape_mismatch(call).not_checked->reason);
  const double u = unit_roundoff(call.precision);
  const auto count = call.y_true.size(), n = static_cast<std::size_t>(call.y_pred.shape[1]);
  std::vector<RangedSum> sums(call.y_pred.size());
  for (std::size_t i = 0; i < count; ++i) {
    const Anchor anchor = anchor_of(call, i);
    if (!anchor.whole()) return no_gradient(kAlone);
    const Ranged own = sum_of(anchor.own, u), others = sum_of(anchor.others, u);
    const Ranged open = rounded(rising(rounded(own + others, u), logistic), 2 * kElementary * u);
    for (const auto& [pairs, sum] :
         {std::pair{&anchor.own, own}, std::pair{&anchor.others, others}})
      for (const Pair& pair : *pairs) {
        const Ranged share = rounded(exponential(pair.term - sum), 2 * kElementary * u);
        const Ranged by = rounded(open * share * pair.slope, 6 * u);
        for (std::size_t k = 0; k < n; ++k) {
          sums[i * n + k].add(by * at(call.y_pred, pair.other * n + k));
          sums[pair.other * n + k].add(by * at(call.y_pred, i * n + k));
        }
      }
  }
  LossGradient out{Bounded(call.y_pred.shape), std::nullopt};
  out.of_batch = true;
  for (std::size_t k = 0; k < sums.size(); ++k) {
    const Ranged one = sums[k].result(u, 4);
    out.gradient.value[k] = one.value;
    out.gradient.bound[k] = one.bound();
  }
  return out;
}

const LossRegistrar registrar{"Circle", &apply};
const LossGradientRegistrar gradient{"Circle", &reverse};

}  // namespace
}  // namespace kerasan::reference

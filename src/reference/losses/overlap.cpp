// Overlap losses. Dice: 1 - 2 sum(t p) / (sum t + sum p) (documentation). Tversky (Salehi et al.,
// 2017): 1 - TP / (TP + alpha FP + beta FN), TP = sum t p, FP = sum (1 - t) p, FN = sum t (1 - p).
// The sums go over `axis`, over everything without it. Epsilon keeps 0 / 0 away.
#include <algorithm>
#include <cmath>

#include "reference/losses/rowwise.h"
#include "reference/losses/slope.h"
#include "reference/ranged.h"

namespace kerasan::reference {
namespace {

// Which of the axes are summed over; nullopt for an axis that is not there.
std::optional<std::vector<bool>> summed(const nlohmann::json& config, std::size_t rank) {
  std::vector<bool> out(rank, true);
  auto it = config.find("axis");
  if (it == config.end() || it->is_null()) return out;
  nlohmann::json axes = it->is_object() && it->contains("$tuple") ? (*it)["$tuple"] : *it;
  if (axes.is_number()) axes = nlohmann::json::array({axes});
  if (!axes.is_array()) return std::nullopt;
  out.assign(rank, false);
  for (const auto& axis : axes) {
    if (!axis.is_number_integer()) return std::nullopt;
    auto k = axis.get<std::int64_t>();
    if (k < 0) k += static_cast<std::int64_t>(rank);
    if (k < 0 || k >= static_cast<std::int64_t>(rank)) return std::nullopt;
    out[static_cast<std::size_t>(k)] = true;
  }
  return out;
}

struct Sums {
  RangedSum both, truth, predicted;
};

using Formula = Ranged (*)(const Sums& sums, const nlohmann::json& config, double u);

Ranged dice(const Sums& s, const nlohmann::json&, double u) {
  const Ranged above = Ranged(2) * s.both.result(u, 2) + Ranged(0, kEpsilon, kEpsilon);
  const Ranged below = s.truth.result(u) + s.predicted.result(u) + Ranged(0, kEpsilon, kEpsilon);
  return widened(Ranged(1) - rounded(above / below, 6 * u), u);
}

// TP + alpha FP + beta FN.
Ranged tversky_below(const Sums& s, const nlohmann::json& config, double u) {
  const double alpha = number(config, "alpha", 0.5), beta = number(config, "beta", 0.5);
  const Ranged both = s.both.result(u, 2);
  // sum (1 - t) p = sum p - sum t p; evaluated term by term no larger than these sums.
  const double slack = gamma(s.both.terms() + 4, u) *
                       (s.predicted.magnitude() + s.truth.magnitude() + 2 * s.both.magnitude());
  const double fp = s.predicted.result(u).value - both.value,
               fn = s.truth.result(u).value - both.value;
  const double wide =
      slack + s.predicted.result(u).bound() + s.truth.result(u).bound() + both.bound();
  return both + Ranged(alpha) * around(fp, wide) + Ranged(beta) * around(fn, wide);
}

Ranged tversky(const Sums& s, const nlohmann::json& config, double u) {
  const Ranged epsilon(0, kEpsilon, kEpsilon);
  const Ranged above = s.both.result(u, 2) + epsilon, below = tversky_below(s, config, u) + epsilon;
  return widened(Ranged(1) - rounded(above / below, 8 * u), u);
}

// The sums that make up each value of the loss, and which of them an element belongs to.
struct Overlap {
  Shape kept;
  bool of_batch = false;
  std::vector<Sums> sums;
  std::vector<std::size_t> row;
};

std::optional<Overlap> overlap_of(const LossCall& call) {
  const Shape& shape = call.y_pred.shape;
  const auto over = summed(call.config, shape.size());
  if (call.y_true.shape != shape || !over) return std::nullopt;
  Overlap out;
  for (std::size_t k = 0; k < shape.size(); ++k)
    if (!(*over)[k]) out.kept.push_back(shape[k]);
  out.of_batch = !shape.empty() && (*over)[0];
  out.sums.resize(element_count(out.kept));
  for (std::size_t i = 0; i < call.y_pred.size(); ++i) {
    std::size_t row = 0, stride = 1, rest = i;
    for (std::size_t k = shape.size(); k-- > 0;) {
      const auto d = static_cast<std::size_t>(shape[k]);
      if (!(*over)[k]) {
        row += rest % d * stride;
        stride *= d;
      }
      rest /= d;
    }
    const Ranged t = at(call.y_true, i), p = at(call.y_pred, i);
    out.sums[row].both.add(t * p);
    out.sums[row].truth.add(t);
    out.sums[row].predicted.add(p);
    out.row.push_back(row);
  }
  return out;
}

LossRows apply(const LossCall& call, Formula formula) {
  const auto overlap = overlap_of(call);
  if (!overlap) return shape_mismatch(call);
  LossRows out{Bounded(overlap->kept), std::nullopt};
  out.of_batch = overlap->of_batch;
  for (std::size_t r = 0; r < overlap->sums.size(); ++r) {
    const Ranged loss = formula(overlap->sums[r], call.config, unit_roundoff(call.precision));
    out.rows.value[r] = loss.value;
    out.rows.bound[r] = loss.bound();
  }
  return out;
}

// 1 - above / below of one row: by a prediction whose part in them has these derivatives.
struct Quotient {
  Ranged above, below;
};
Ranged slope_of(const Quotient& q, double by_above, double by_below, double u) {
  const Ranged share = rounded(q.above / q.below, 8 * u);
  const Ranged slope = share * Ranged(by_below) - Ranged(by_above);
  const double size = std::abs(by_above) + share.magnitude() * std::abs(by_below);
  return rounded(widened(slope, 8 * u * size) / q.below, 8 * u);
}

Quotient dice_quotient(const Sums& s, const nlohmann::json&, double u) {
  const Ranged epsilon(0, kEpsilon, kEpsilon);
  return {Ranged(2) * s.both.result(u, 4) + epsilon,
          s.truth.result(u, 4) + s.predicted.result(u, 4) + epsilon};
}

Quotient tversky_quotient(const Sums& s, const nlohmann::json& config, double u) {
  const Ranged epsilon(0, kEpsilon, kEpsilon);
  return {s.both.result(u, 4) + epsilon, tversky_below(s, config, u) + epsilon};
}

using QuotientOf = Quotient (*)(const Sums& sums, const nlohmann::json& config, double u);

LossGradient reverse(const LossCall& call, QuotientOf quotient_of, bool tversky) {
  const auto overlap = overlap_of(call);
  if (!overlap) return no_gradient(shape_mismatch(call).not_checked->reason);
  const double u = unit_roundoff(call.precision);
  const double alpha = number(call.config, "alpha", 0.5), beta = number(call.config, "beta", 0.5);
  std::vector<Quotient> quotients;
  for (const Sums& sums : overlap->sums) quotients.push_back(quotient_of(sums, call.config, u));
  LossGradient out{Bounded(call.y_pred.shape), std::nullopt};
  out.rows = overlap->sums.size();
  out.of_batch = overlap->of_batch && overlap->sums.size() > 1;
  for (std::size_t i = 0; i < out.gradient.size(); ++i) {
    const double t = call.y_true.value[i];
    const Ranged slope = slope_of(quotients[overlap->row[i]], tversky ? t : 2 * t,
                                  tversky ? t + alpha * (1 - t) - beta * t : 1, u);
    out.gradient.value[i] = slope.value;
    out.gradient.bound[i] = slope.bound();
  }
  return out;
}

LossGradient dice_reverse(const LossGradientCall& call) {
  return reverse(call.loss, &dice_quotient, false);
}
LossGradient tversky_reverse(const LossGradientCall& call) {
  return reverse(call.loss, &tversky_quotient, true);
}

const LossGradientRegistrar dice_gradient{"Dice", &dice_reverse};
const LossGradientRegistrar tversky_gradient{"Tversky", &tversky_reverse};
const LossRegistrar a{"Dice", [](const LossCall& call) { return apply(call, &dice); }};
const LossRegistrar b{"Tversky", [](const LossCall& call) { return apply(call, &tversky); }};

}  // namespace
}  // namespace kerasan::reference

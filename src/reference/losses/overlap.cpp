// Overlap losses. Dice: 1 - 2 sum(t p) / (sum t + sum p) (documentation). Tversky (Salehi et al.,
// 2017): 1 - TP / (TP + alpha FP + beta FN), TP = sum t p, FP = sum (1 - t) p, FN = sum t (1 - p).
// The sums go over `axis`, over everything without it. Epsilon keeps 0 / 0 away.
#include <algorithm>
#include <cmath>

#include "reference/losses/rowwise.h"
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

Ranged tversky(const Sums& s, const nlohmann::json& config, double u) {
  const double alpha = number(config, "alpha", 0.5), beta = number(config, "beta", 0.5);
  const Ranged both = s.both.result(u, 2);
  // sum (1 - t) p = sum p - sum t p; evaluated term by term no larger than these sums.
  const double slack = gamma(s.both.terms() + 4, u) *
                       (s.predicted.magnitude() + s.truth.magnitude() + 2 * s.both.magnitude());
  const double fp = s.predicted.result(u).value - both.value,
               fn = s.truth.result(u).value - both.value;
  const double wide =
      slack + s.predicted.result(u).bound() + s.truth.result(u).bound() + both.bound();
  const Ranged below = both + Ranged(alpha) * around(fp, wide) + Ranged(beta) * around(fn, wide);
  const Ranged epsilon(0, kEpsilon, kEpsilon);
  return widened(Ranged(1) - rounded((both + epsilon) / (below + epsilon), 8 * u), u);
}

LossRows apply(const LossCall& call, Formula formula) {
  if (call.y_true.shape != call.y_pred.shape) return shape_mismatch(call);
  const Shape& shape = call.y_pred.shape;
  const auto over = summed(call.config, shape.size());
  if (!over) return shape_mismatch(call);
  Shape kept;
  for (std::size_t k = 0; k < shape.size(); ++k)
    if (!(*over)[k]) kept.push_back(shape[k]);
  LossRows out{Bounded(kept), std::nullopt};
  out.of_batch = !shape.empty() && (*over)[0];
  std::vector<Sums> sums(out.rows.size());
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
    sums[row].both.add(t * p);
    sums[row].truth.add(t);
    sums[row].predicted.add(p);
  }
  for (std::size_t r = 0; r < sums.size(); ++r) {
    const Ranged loss = formula(sums[r], call.config, unit_roundoff(call.precision));
    out.rows.value[r] = loss.value;
    out.rows.bound[r] = loss.bound();
  }
  return out;
}

const LossRegistrar a{"Dice", [](const LossCall& call) { return apply(call, &dice); }};
const LossRegistrar b{"Tversky", [](const LossCall& call) { return apply(call, &tversky); }};

}  // namespace
}  // namespace kerasan::reference

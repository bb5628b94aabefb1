// Connectionist temporal classification (Graves et al., 2006): minus the log of the summed
// probability of all paths that give the labels, by the forward recursion over the labels with
// blanks between them. Class 0 is the blank and pads the labels; predictions are logits.
#include <algorithm>
#include <cmath>
#include <limits>

#include "reference/losses/crossentropy.h"
#include "reference/ranged.h"

namespace kerasan::reference {
namespace {

constexpr double kNone = -std::numeric_limits<double>::infinity();

double log_add(double a, double b) {
  const double top = std::max(a, b);
  return top == kNone ? kNone : top + std::log1p(std::exp(std::min(a, b) - top));
}

Ranged log_add(const Ranged& a, const Ranged& b, double u) {
  const Ranged out{log_add(a.lo, b.lo), log_add(a.value, b.value), log_add(a.hi, b.hi)};
  if (out.value == kNone) return out;
  return widened(out, 3 * kElementary * u * (1 + std::abs(out.value)));
}

// The labels with a blank before, between and after them.
std::vector<std::size_t> with_blanks(const Bounded& labels, std::size_t row, std::size_t length) {
  std::vector<std::size_t> out{0};
  for (std::size_t k = row * length; k < (row + 1) * length && labels.value[k] != 0; ++k) {
    out.push_back(static_cast<std::size_t>(labels.value[k]));
    out.push_back(0);
  }
  return out;
}

Ranged path_sum(const std::vector<std::size_t>& states, const std::vector<Bounded>& logs,
                double u) {
  std::vector<Ranged> a(states.size(), Ranged(kNone));
  for (std::size_t s = 0; s < std::min<std::size_t>(2, states.size()); ++s)
    a[s] = at(logs[0], states[s]);
  for (std::size_t t = 1; t < logs.size(); ++t) {
    std::vector<Ranged> next(states.size(), Ranged(kNone));
    for (std::size_t s = 0; s < states.size(); ++s) {
      Ranged sum = a[s];
      if (s >= 1) sum = log_add(sum, a[s - 1], u);
      if (s >= 2 && states[s] != 0 && states[s] != states[s - 2]) sum = log_add(sum, a[s - 2], u);
      if (sum.value != kNone) next[s] = rounded(sum + at(logs[t], states[s]), u);
    }
    a = next;
  }
  return states.size() < 2 ? a.back() : log_add(a[a.size() - 1], a[a.size() - 2], u);
}

bool labels_fit(const LossCall& call, std::size_t classes) {
  for (double v : call.y_true.value)
    if (!(v >= 0 && v < static_cast<double>(classes) && v == std::floor(v))) return false;
  const auto length = static_cast<std::size_t>(call.y_true.shape[1]);
  for (std::size_t k = 0; k + 1 < call.y_true.size(); ++k)  // zeros only at the end
    if ((k + 1) % length != 0 && call.y_true.value[k] == 0 && call.y_true.value[k + 1] != 0)
      return false;
  return true;
}

LossRows apply(const LossCall& call) {
  const Shape& shape = call.y_pred.shape;
  if (shape.size() != 3 || call.y_true.shape.size() != 2 || call.y_true.shape[0] != shape[0])
    return shape_mismatch(call);
  LossRows out{Bounded(Shape{shape[0]}), std::nullopt};
  const auto steps = static_cast<std::size_t>(shape[1]), n = static_cast<std::size_t>(shape[2]);
  const double u = unit_roundoff(call.precision);
  if (!labels_fit(call, n)) out.not_checked = NotChecked{"CTC labels that are not padded classes"};
  for (std::size_t r = 0; r < out.rows.size() && !out.not_checked; ++r) {
    std::vector<Bounded> logs;
    for (std::size_t t = 0; t < steps; ++t)
      logs.push_back(log_softmax(std::span(call.y_pred.value).subspan((r * steps + t) * n, n),
                                 std::span(call.y_pred.bound).subspan((r * steps + t) * n, n), u));
    const auto states = with_blanks(call.y_true, r, static_cast<std::size_t>(call.y_true.shape[1]));
    const Ranged loss = -path_sum(states, logs, u);
    if (!std::isfinite(loss.value))
      out.not_checked = NotChecked{"CTC labels longer than the paths"};
    out.rows.value[r] = loss.value;
    out.rows.bound[r] = loss.bound();
  }
  return out;
}

const LossRegistrar registrar{"CTC", &apply};

}  // namespace
}  // namespace kerasan::reference

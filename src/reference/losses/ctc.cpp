// Connectionist temporal classification (Graves et al., 2006): minus the log of the summed
// probability of all paths that give the labels, by the forward recursion over the labels with
// blanks between them. Class 0 is the blank and pads the labels; predictions are logits.
#include <algorithm>
#include <cmath>
#include <limits>

#include "reference/losses/crossentropy.h"
#include "reference/losses/slope.h"
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

using States = std::vector<std::size_t>;
// The log of the summed probability of what leads to (or from) each state, at each step.
using Paths = std::vector<std::vector<Ranged>>;

bool may_skip(const States& states, std::size_t s) {
  return s >= 2 && states[s] != 0 && states[s] != states[s - 2];
}

// Of the paths up to and with step t (equations 6 and 7 of the paper).
Paths forward(const States& states, const std::vector<Bounded>& logs, double u) {
  Paths a(logs.size(), std::vector<Ranged>(states.size(), Ranged(kNone)));
  for (std::size_t s = 0; s < std::min<std::size_t>(2, states.size()); ++s)
    a[0][s] = at(logs[0], states[s]);
  for (std::size_t t = 1; t < logs.size(); ++t)
    for (std::size_t s = 0; s < states.size(); ++s) {
      Ranged sum = a[t - 1][s];
      if (s >= 1) sum = log_add(sum, a[t - 1][s - 1], u);
      if (may_skip(states, s)) sum = log_add(sum, a[t - 1][s - 2], u);
      if (sum.value != kNone) a[t][s] = rounded(sum + at(logs[t], states[s]), u);
    }
  return a;
}

// Of the paths after step t.
Paths backward(const States& states, const std::vector<Bounded>& logs, double u) {
  Paths b(logs.size(), std::vector<Ranged>(states.size(), Ranged(kNone)));
  for (std::size_t s = states.size() - std::min<std::size_t>(2, states.size()); s < states.size();
       ++s)
    b.back()[s] = Ranged(0);
  const auto onward = [&](std::size_t t, std::size_t s) {
    const Ranged& after = b[t + 1][s];
    return after.value == kNone ? after : rounded(after + at(logs[t + 1], states[s]), u);
  };
  for (std::size_t t = logs.size() - 1; t-- > 0;)
    for (std::size_t s = 0; s < states.size(); ++s) {
      Ranged sum = onward(t, s);
      if (s + 1 < states.size()) sum = log_add(sum, onward(t, s + 1), u);
      if (s + 2 < states.size() && may_skip(states, s + 2)) sum = log_add(sum, onward(t, s + 2), u);
      b[t][s] = sum;
    }
  return b;
}

Ranged path_sum(const Paths& a, double u) {
  const std::vector<Ranged>& last = a.back();
  return last.size() < 2 ? last.back() : log_add(last[last.size() - 1], last[last.size() - 2], u);
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

bool fits(const LossCall& call) {
  const Shape& shape = call.y_pred.shape;
  return shape.size() == 3 && shape[1] > 0 && call.y_true.shape.size() == 2 &&
         call.y_true.shape[0] == shape[0];
}

constexpr const char* kLabels = "CTC labels that are not padded classes";
constexpr const char* kTooLong = "CTC labels longer than the paths";

// The log probabilities of the classes at each step of one row.
std::vector<Bounded> logs_of(const LossCall& call, std::size_t row) {
  const auto steps = static_cast<std::size_t>(call.y_pred.shape[1]),
             n = static_cast<std::size_t>(call.y_pred.shape[2]);
  std::vector<Bounded> logs;
  for (std::size_t first = row * steps * n; logs.size() < steps; first += n)
    logs.push_back(log_softmax(std::span(call.y_pred.value).subspan(first, n),
                               std::span(call.y_pred.bound).subspan(first, n),
                               unit_roundoff(call.precision)));
  return logs;
}

LossRows apply(const LossCall& call) {
  if (!fits(call)) return shape_mismatch(call);
  LossRows out{Bounded(Shape{call.y_pred.shape[0]}), std::nullopt};
  const double u = unit_roundoff(call.precision);
  if (!labels_fit(call, static_cast<std::size_t>(call.y_pred.shape[2])))
    out.not_checked = NotChecked{kLabels};
  for (std::size_t r = 0; r < out.rows.size() && !out.not_checked; ++r) {
    const auto states = with_blanks(call.y_true, r, static_cast<std::size_t>(call.y_true.shape[1]));
    const Ranged loss = -path_sum(forward(states, logs_of(call, r), u), u);
    if (!std::isfinite(loss.value)) out.not_checked = NotChecked{kTooLong};
    out.rows.value[r] = loss.value;
    out.rows.bound[r] = loss.bound();
  }
  return out;
}

// The probability of a class less that of the paths which are in it at that step (equation 16).
bool reverse_row(const LossCall& call, std::size_t row, Bounded& out) {
  const double u = unit_roundoff(call.precision);
  const auto states = with_blanks(call.y_true, row, static_cast<std::size_t>(call.y_true.shape[1]));
  const std::vector<Bounded> logs = logs_of(call, row);
  const Paths a = forward(states, logs, u), b = backward(states, logs, u);
  const Ranged all = path_sum(a, u);
  if (!std::isfinite(all.value)) return false;
  const std::size_t n = logs[0].size();
  const auto power = [&](const Ranged& x) {
    return rounded(rising(x, [](double v) { return std::exp(v); }), 2 * kElementary * u);
  };
  for (std::size_t t = 0; t < logs.size(); ++t) {
    std::vector<RangedSum> in_class(n);
    for (std::size_t s = 0; s < states.size(); ++s)
      if (a[t][s].value != kNone && b[t][s].value != kNone)
        in_class[states[s]].add(power(rounded(a[t][s] + b[t][s] - all, 4 * u)));
    for (std::size_t k = 0; k < n; ++k) {
      const Ranged by = power(at(logs[t], k)) - in_class[k].result(u, 2);
      const std::size_t to = (row * logs.size() + t) * n + k;
      out.value[to] = by.value;
      out.bound[to] = by.bound() + 4 * u * by.magnitude();
    }
  }
  return true;
}

LossGradient reverse(const LossGradientCall& given) {
  const LossCall& call = given.loss;
  if (!fits(call) || given.of_probabilities)
    return no_gradient(shape_mismatch(call).not_checked->reason);
  if (!labels_fit(call, static_cast<std::size_t>(call.y_pred.shape[2])))
    return no_gradient(kLabels);
  LossGradient out{Bounded(call.y_pred.shape), std::nullopt};
  out.rows = static_cast<std::size_t>(call.y_pred.shape[0]);
  for (std::size_t row = 0; row < out.rows; ++row)
    if (!reverse_row(call, row, out.gradient)) return no_gradient(kTooLong);
  return out;
}

const LossGradientRegistrar gradient{"CTC", &reverse};
const LossRegistrar registrar{"CTC", &apply};

}  // namespace
}  // namespace kerasan::reference

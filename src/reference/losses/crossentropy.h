// -log p of a probability that a framework may clip, and log-softmax of logits.
#pragma once

#include <span>

#include "reference/losses/rowwise.h"
#include "reference/ranged.h"

namespace kerasan::reference {

// -log p for p in [p - bound, p + bound]. Documented forms differ in where epsilon goes (clip to
// [eps, 1 - eps]; log(p + eps); none at all when the value is taken from the logits behind p), so
// the interval covers all of them. hi is infinite if p may be zero, unless p is `direct`: then no
// form reaches behind it.
struct NegativeLog {
  double value;  // clipped form
  double lo;
  double hi;
};
NegativeLog negative_log(double p, double bound, double u, bool direct = false);

// -t log sigmoid(z) - (1 - t) log(1 - sigmoid(z)) in the stable form
// max(z, 0) - z t + log1p(exp(-|z|)).
Ranged binary_from_logits(double t, const Ranged& z, double u);

// One row of log-softmax by the shifted form; bound covers the logits' own and rounding.
Bounded log_softmax(std::span<const double> logits, std::span<const double> bounds, double u);

}  // namespace kerasan::reference

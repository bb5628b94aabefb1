// -log p of a probability that a framework may clip, and log-softmax of logits.
#pragma once

#include <span>

#include "reference/losses/rowwise.h"

namespace kerasan::reference {

// -log p for p in [p - bound, p + bound]. Documented forms differ in where epsilon goes (clip to
// [eps, 1 - eps]; log(p + eps); none at all when the value is taken from the logits behind p), so
// the interval covers all of them. hi is infinite if p may be zero.
struct NegativeLog {
  double value;  // clipped form
  double lo;
  double hi;
};
NegativeLog negative_log(double p, double bound, double u);

// One row of log-softmax by the shifted form; bound covers the logits' own and rounding.
Bounded log_softmax(std::span<const double> logits, std::span<const double> bounds, double u);

}  // namespace kerasan::reference

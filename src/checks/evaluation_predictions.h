// Recorded predictions with how far those of the judged run may lie from them.
#pragma once

#include "model/run.h"
#include "reference/bounded.h"
#include "reference/products.h"

namespace kerasan::checks {

// Relative error along the model: the sum over its layers of gamma_K in the layer's precision, K
// its fan-in (times time steps for recurrent layers) plus a constant for bias and activation, and
// what rounding the factors of its products adds. First
// order: its growth is followed through the last layers only, by `amplification` below.
double relative_error(const model::Json& model, double time_steps, const reference::Products& p);

// Bound g max|p|; for predictions that are probabilities (all in [0, 1]) g z p (1 - p), z the
// largest log-odds seen, since an error of z in a logit moves p by p (1 - p) times it. Where it is
// known, `amplification` (what a relative error of 1 before the last layer makes of each element)
// times g is allowed as well: sums that cancel move by more than their size tells.
reference::Bounded with_allowance(const Tensor& predictions, double g,
                                  const std::optional<std::vector<double>>& amplification = {});

// Numbers under a tensor-valued or number-valued JSON field, summed; nullopt if any is lost.
std::optional<double> sum_of(const model::Json& value, const model::Run& run);

}  // namespace kerasan::checks

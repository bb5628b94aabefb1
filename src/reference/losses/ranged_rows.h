// Losses whose terms are intervals, averaged or summed over the last axis.
#pragma once

#include <algorithm>

#include "reference/losses/rowwise.h"
#include "reference/ranged.h"

namespace kerasan::reference {

// term: position of an element -> Ranged, with the roundings of its evaluation; `roundings`: those
// of a term beside the additions.
template <class Term>
LossRows ranged_rows(const LossCall& call, Reduce reduce, double roundings, Term term) {
  if (!same_elements(call) || call.y_pred.shape.empty()) return shape_mismatch(call);
  LossRows out{empty_rows(call), std::nullopt};
  const std::size_t n = call.y_pred.size() / std::max<std::size_t>(1, out.rows.size());
  const double factor = reduce == Reduce::kMean ? 1.0 / static_cast<double>(n) : 1;
  for (std::size_t r = 0; r < out.rows.size(); ++r) {
    RangedSum sum;
    for (std::size_t k = r * n; k < (r + 1) * n; ++k) sum.add(term(k));
    const Ranged row = sum.result(unit_roundoff(call.precision), roundings) * factor;
    out.rows.value[r] = row.value;
    out.rows.bound[r] = row.bound();
  }
  return out;
}

}  // namespace kerasan::reference

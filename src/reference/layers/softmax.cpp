// Softmax over one axis or several, with a mask of the input's shape: 1 keeps, 0 gives the element
// no weight.
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/reverse.h"
#include "reference/ops/shape.h"
#include "reference/ops/slope.h"

namespace kerasan::reference {
namespace {

// The permutation that brings `axes` to the end in their order.
std::vector<std::size_t> axes_last(const Ints& axes, std::size_t rank) {
  std::vector<std::size_t> perm;
  for (std::size_t i = 0; i < rank; ++i)
    if (std::find(axes.begin(), axes.end(), std::int64_t(i)) == axes.end()) perm.push_back(i);
  for (std::int64_t axis : axes) perm.push_back(std::size_t(axis));
  return perm;
}

std::vector<std::size_t> inverse(const std::vector<std::size_t>& perm) {
  std::vector<std::size_t> out(perm.size());
  for (std::size_t i = 0; i < perm.size(); ++i) out[perm[i]] = i;
  return out;
}

// An element without weight is far below all others: the documentation names no value, so the
// lines where nothing is kept stay open (NaN is not compared).
void weigh(Bounded& x, const Bounded& mask) {
  for (std::size_t i = 0; i < x.size(); ++i)
    if (mask.value[i] == 0) x.value[i] = -std::numeric_limits<double>::infinity(), x.bound[i] = 0;
}

Bounded along_last(const Bounded& x, const Bounded* mask, Precision p) {
  if (mask == nullptr) return softmax(x, -1, p);
  Bounded kept = x;
  weigh(kept, *mask);
  const auto length = std::size_t(x.shape.back());
  for (std::size_t at = 0; at < kept.size(); at += length) {
    double peak = -std::numeric_limits<double>::infinity();
    for (std::size_t i = at; i < at + length; ++i) peak = std::max(peak, kept.value[i]);
    // A difference of 1e3 is far more than exp can tell from nothing.
    for (std::size_t i = at; i < at + length; ++i)
      if (std::isfinite(peak) && !std::isfinite(kept.value[i])) kept.value[i] = peak - 1e3;
  }
  return softmax(kept, -1, p);
}

// The axes of the config as one, behind the others.
struct AsLines {
  std::vector<std::size_t> perm;
  Shape moved, lines;
  std::size_t axes = 0;  // how many

  explicit AsLines(const LayerCall& call) {
    const Shape& shape = call.inputs[0].shape;
    Ints held = get_ints(call.config, "axis").value_or(Ints{-1});
    for (std::int64_t& axis : held) axis = normal_axis(axis, shape.size());
    require(std::set<std::int64_t>(held.begin(), held.end()).size() == held.size(),
            "an axis named twice");
    axes = held.size();
    perm = axes_last(held, shape.size());
    for (std::size_t axis : perm) moved.push_back(shape[axis]);
    lines = moved;
    lines.resize(lines.size() - axes);
    std::int64_t length = 1;
    for (std::int64_t axis : held) length *= shape[std::size_t(axis)];
    lines.push_back(length);
  }
  Bounded to(const Bounded& x) const { return reshape(permute(x, perm), lines); }
  Bounded back(const Bounded& y) const { return permute(reshape(y, moved), inverse(perm)); }
};

Bounded softmax_layer(const LayerCall& call) {
  const Precision p = precision_of(call);
  const Bounded& x = call.inputs[0];
  const Bounded* mask = !call.masks.empty() && call.masks[0] ? &*call.masks[0] : nullptr;
  require(mask == nullptr || mask->shape == x.shape, "a mask of another shape");
  const AsLines as(call);
  const Bounded along = as.to(x), weights = mask ? as.to(*mask) : Bounded();
  Bounded y = along_last(along, mask ? &weights : nullptr, p);
  // Over several axes it may be exp(x - log(sum(exp(x)))): two more roundings of the exponent.
  if (as.axes > 1)
    for (std::size_t i = 0; i < y.size(); ++i) {
      if (y.value[i] == 0) continue;
      const double exponent = std::fabs(along.value[i]) + std::fabs(std::log(y.value[i]));
      y.bound[i] += y.value[i] * std::expm1(2 * p.u * (2 * exponent + 8));
    }
  return as.back(y);
}

// An element without weight has a result of 0, and so a derivative of 0.
LayerGradient softmax_layer_reverse(const LayerCall& call, const Bounded& seed) {
  const Precision p = precision_of(call);
  const AsLines as(call);
  const Bounded y = as.to(softmax_layer(call)), s = as.to(seed);
  Bounded by = softmax_reverse(y, s, -1, p);
  // Through the logarithm of the sum the two terms are multiplied one by one.
  for (std::size_t i = 0; as.axes > 1 && i < by.size(); ++i)
    by.bound[i] += 4 * p.u * (2 * std::fabs(y.value[i] * s.value[i]) + std::fabs(by.value[i]));
  return gradient_by_input(call, as.back(by));
}

const LayerGradientRegistrar reverse{"Softmax", &reversed<softmax_layer_reverse>};
const LayerRegistrar registrar{"Softmax", &checked<softmax_layer>};

}  // namespace
}  // namespace kerasan::reference

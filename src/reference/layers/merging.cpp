// Add, Subtract, Multiply, Average, Maximum, Minimum and Concatenate; Dot has its own file.
#include <algorithm>
#include <cmath>

#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/precision.h"
#include "reference/ops/reverse.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

struct Element {
  double value, bound;
};
using Combine = Element (*)(Element a, Element b, Precision p);

Element add(Element a, Element b, Precision p) {
  const double d = a.bound + b.bound, v = a.value + b.value;
  return {v, d + p.u * (std::fabs(v) + d)};
}
Element subtract(Element a, Element b, Precision p) { return add(a, {-b.value, b.bound}, p); }
Element multiply(Element a, Element b, Precision p) {
  const double d = a.bound * std::fabs(b.value) + b.bound * std::fabs(a.value) + a.bound * b.bound;
  const double v = a.value * b.value;
  return {v, d + p.u * (std::fabs(v) + d) + p.tiny};
}
Element maximum(Element a, Element b, Precision) {
  return {std::max(a.value, b.value), std::max(a.bound, b.bound)};
}
Element minimum(Element a, Element b, Precision) {
  return {std::min(a.value, b.value), std::max(a.bound, b.bound)};
}

// Of one shape each.
template <Combine F>
void fold_into(Bounded& y, const Bounded& x, Precision p) {
  double *value = y.value.data(), *bound = y.bound.data();
  const double *other = x.value.data(), *other_bound = x.bound.data();
  for (std::size_t i = 0; i < y.size(); ++i) {
    const Element e = F({value[i], bound[i]}, {other[i], other_bound[i]}, p);
    value[i] = e.value;
    bound[i] = e.bound;
  }
}

// Inputs of different rank broadcast after the batch axis.
Bounded with_rank(const Bounded& x, std::size_t rank) {
  if (x.shape.size() == rank) return x;
  require(!x.shape.empty(), "inputs of different rank");
  Bounded y = x;
  y.shape.insert(y.shape.begin() + 1, rank - x.shape.size(), 1);
  return y;
}

template <Combine F>
Bounded fold(const LayerCall& call) {
  const Precision p = precision_of(call);
  std::size_t rank = 0;
  for (const Bounded& x : call.inputs) rank = std::max(rank, x.shape.size());
  Bounded y = with_rank(call.inputs[0], rank);
  for (std::size_t k = 1; k < call.inputs.size(); ++k) {
    if (call.inputs[k].shape == y.shape) {
      fold_into<F>(y, call.inputs[k], p);
      continue;
    }
    const Bounded x = with_rank(call.inputs[k], rank);
    const Shape shape = broadcast_shape(y.shape, x.shape);
    const auto left = broadcast_index(y.shape, shape), right = broadcast_index(x.shape, shape);
    Bounded next(shape);
    for (std::size_t i = 0; i < next.size(); ++i) {
      const Element e =
          F({y.value[left[i]], y.bound[left[i]]}, {x.value[right[i]], x.bound[right[i]]}, p);
      next.value[i] = e.value;
      next.bound[i] = e.bound;
    }
    y = std::move(next);
  }
  return y;
}

// The order of a sum or product of three or more is not documented, so its intermediate
// values are bounded by the sum (product) of magnitudes instead of by the partial results.
template <Combine F>
Bounded any_order(const LayerCall& call) {
  Bounded y = fold<F>(call);
  if (F != &add || call.inputs.size() < 3) return y;
  LayerCall magnitudes = call;
  for (Bounded& x : magnitudes.inputs)
    for (std::size_t i = 0; i < x.size(); ++i) x.value[i] = std::fabs(x.value[i]);
  y.bound = fold<F>(magnitudes).bound;
  return y;
}

Bounded average(const LayerCall& call) {
  const Precision p = precision_of(call);
  Bounded y = any_order<add>(call);
  const double n = double(call.inputs.size());
  for (std::size_t i = 0; i < y.size(); ++i) {
    y.value[i] /= n;
    y.bound[i] = y.bound[i] / n + 2 * p.u * std::fabs(y.value[i]) + p.tiny;
  }
  return y;
}

Bounded subtract_layer(const LayerCall& call) {
  require(call.inputs.size() == 2, "not two inputs");
  return fold<subtract>(call);
}

Bounded concatenate(const LayerCall& call) {
  const Bounded& head = call.inputs[0];
  const auto axis = std::size_t(
      normal_axis(std::int64_t(get_number(call.config, "axis", -1)), head.shape.size()));
  Shape shape = head.shape;
  shape[axis] = 0;
  for (const Bounded& x : call.inputs) {
    Shape same = x.shape;
    require(same.size() == shape.size(), "inputs of different rank");
    const std::int64_t length = same[axis];
    same[axis] = head.shape[axis];
    require(same == head.shape, "shapes differ outside the axis");
    shape[axis] += length;
  }
  Bounded y(shape);
  std::size_t outer = 1;
  for (std::size_t i = 0; i < axis; ++i) outer *= std::size_t(shape[i]);
  std::size_t to = 0;
  for (std::size_t o = 0; o < outer; ++o)
    for (const Bounded& x : call.inputs) {
      const std::size_t block = x.size() / outer;
      std::copy_n(x.value.begin() + o * block, block, y.value.begin() + to);
      std::copy_n(x.bound.begin() + o * block, block, y.bound.begin() + to);
      to += block;
    }
  return y;
}

const LayerRegistrar registrars[] = {
    {"Add", &checked<any_order<add>>},      {"Subtract", &checked<subtract_layer>},
    {"Multiply", &checked<fold<multiply>>}, {"Average", &checked<average>},
    {"Maximum", &checked<fold<maximum>>},   {"Minimum", &checked<fold<minimum>>},
    {"Concatenate", &checked<concatenate>},
};

using Gradients = std::vector<Bounded>;

// The derivative by each input: the seed times a factor, summed where the input was broadcast.
template <class Factor>
LayerGradient each_input(const LayerCall& call, const Gradients& seeds, Factor factor) {
  LayerGradient out;
  out.weights.resize(call.weights.size());
  const Precision p = precision_of(call);
  for (const Bounded& x : call.inputs)
    require(x.shape.size() == seeds.at(0).shape.size(), "inputs of different rank");
  for (std::size_t k = 0; k < call.inputs.size(); ++k)
    out.inputs.push_back(sum_to(factor(k, seeds.at(0), p), call.inputs[k].shape, p));
  return out;
}

Bounded scaled(Bounded x, double factor, Precision p) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    x.value[i] *= factor;
    x.bound[i] = std::fabs(factor) * x.bound[i] + 2 * p.u * std::fabs(x.value[i]) + p.tiny;
  }
  return x;
}

LayerGradient add_reverse(const LayerCall& call, const Gradients& seeds) {
  return each_input(call, seeds, [](std::size_t, const Bounded& s, Precision) { return s; });
}
LayerGradient average_reverse(const LayerCall& call, const Gradients& seeds) {
  const double n = double(call.inputs.size());
  return each_input(
      call, seeds, [n](std::size_t, const Bounded& s, Precision p) { return scaled(s, 1 / n, p); });
}
LayerGradient subtract_reverse(const LayerCall& call, const Gradients& seeds) {
  return each_input(call, seeds, [](std::size_t k, const Bounded& s, Precision p) {
    return k == 0 ? s : scaled(s, -1, p);
  });
}

Bounded broadcast(const Bounded& x, const Shape& shape) {
  if (x.shape == shape) return x;
  const auto from = broadcast_index(x.shape, shape);
  Bounded y(shape);
  for (std::size_t i = 0; i < y.size(); ++i)
    y.value[i] = x.value[from[i]], y.bound[i] = x.bound[from[i]];
  return y;
}

LayerGradient multiply_reverse(const LayerCall& call, const Gradients& seeds) {
  return each_input(call, seeds, [&](std::size_t k, Bounded s, Precision p) {
    for (std::size_t j = 0; j < call.inputs.size(); ++j)
      if (j != k) s = product(s, broadcast(call.inputs[j], s.shape), p);
    return s;
  });
}

// Of inputs that tie within their bounds, any may get it, or each a share.
template <int kSign>
LayerGradient extreme_reverse(const LayerCall& call, const Gradients& seeds) {
  const Shape& shape = seeds.at(0).shape;
  std::vector<Bounded> all;
  for (const auto& x : call.inputs) all.push_back(broadcast(x, shape));
  return each_input(call, seeds, [&](std::size_t k, const Bounded& s, Precision p) {
    Bounded share(shape);
    for (std::size_t i = 0; i < share.size(); ++i) {
      bool may = true, must = true;
      for (std::size_t j = 0; j < all.size(); ++j) {
        if (j == k) continue;
        const double lead = kSign * (all[k].value[i] - all[j].value[i]);
        const double slack = all[k].bound[i] + all[j].bound[i];
        may = may && lead >= -slack;
        must = must && lead > slack;
      }
      share.value[i] = must ? 1 : may ? 0.5 : 0;
      share.bound[i] = must || !may ? 0 : 0.5;
    }
    return product(share, s, p);
  });
}

LayerGradient concatenate_reverse(const LayerCall& call, const Gradients& seeds) {
  const Bounded& seed = seeds.at(0);
  const auto axis = std::size_t(
      normal_axis(std::int64_t(get_number(call.config, "axis", -1)), seed.shape.size()));
  LayerGradient out;
  out.weights.resize(call.weights.size());
  std::int64_t before = 0;
  for (const Bounded& x : call.inputs) {
    out.inputs.push_back(gather(
        seed, x.shape, [&](std::size_t a, std::int64_t i) { return a == axis ? i + before : i; }));
    before += x.shape[axis];
  }
  return out;
}

const LayerGradientRegistrar reverse[] = {
    {"Add", &reversed_many<add_reverse>},
    {"Subtract", &reversed_many<subtract_reverse>},
    {"Multiply", &reversed_many<multiply_reverse>},
    {"Average", &reversed_many<average_reverse>},
    {"Maximum", &reversed_many<extreme_reverse<1>>},
    {"Minimum", &reversed_many<extreme_reverse<-1>>},
    {"Concatenate", &reversed_many<concatenate_reverse>},
};

}  // namespace
}  // namespace kerasan::reference

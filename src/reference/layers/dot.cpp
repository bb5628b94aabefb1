// Dot: contracts one axis of each of two inputs, sample by sample; with `normalize` both are
// brought to unit length along it first (the cosine of the angle).
#include "reference/ops/config.h"
#include "reference/ops/einsum.h"
#include "reference/ops/guard.h"
#include "reference/ops/moments.h"
#include "reference/ops/moments_reverse.h"
#include "reference/ops/reverse.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

// The contracted axis last, the batch axis first: [n, the others as one, k].
Bounded contracted_last(const Bounded& x, std::int64_t axis) {
  std::vector<std::size_t> perm{0};
  for (std::size_t i = 1; i < x.shape.size(); ++i)
    if (std::int64_t(i) != axis) perm.push_back(i);
  perm.push_back(std::size_t(axis));
  const Bounded y = permute(x, perm);
  const std::int64_t k = x.shape[axis], n = x.shape[0];
  require(n > 0 && k > 0, "no elements");
  return reshape(y, {n, std::int64_t(x.size()) / n / k, k});
}

// The shape without the batch axis and `axis`.
void append_others(const Shape& shape, std::int64_t axis, Shape& out) {
  for (std::size_t i = 1; i < shape.size(); ++i)
    if (std::int64_t(i) != axis) out.push_back(shape[i]);
}

struct Sides {
  Ints axes;
  std::vector<Bounded> given, used;  // contracted axis last; used: of unit length if so asked
};

Sides sides_of(const LayerCall& call, Precision p) {
  require(call.inputs.size() == 2, "not two inputs");
  Sides out{get_ints(call.config, "axes", 2, Ints()), {}, {}};
  require(out.axes.size() == 2, "no axes");
  for (std::size_t i = 0; i < 2; ++i) {
    const Bounded& x = call.inputs[i];
    out.axes[i] = normal_axis(out.axes[i], x.shape.size());
    require(out.axes[i] > 0, "contraction of the batch axis");
    out.given.push_back(contracted_last(x, out.axes[i]));
    out.used.push_back(get_flag(call.config, "normalize", false) ? unit_length(out.given[i], {2}, p)
                                                                 : out.given[i]);
  }
  require(
      out.used[0].shape[0] == out.used[1].shape[0] && out.used[0].shape[2] == out.used[1].shape[2],
      "inputs of different length");
  return out;
}

Bounded dot(const LayerCall& call) {
  const Precision p = precision_of(call);
  const Sides sides = sides_of(call, p);
  Bounded y = batch_matmul(sides.used[0], permute(sides.used[1], {0, 2, 1}), p);
  Shape shape{y.shape[0]};
  append_others(call.inputs[0].shape, sides.axes[0], shape);
  append_others(call.inputs[1].shape, sides.axes[1], shape);
  if (shape.size() == 1) shape.push_back(1);
  return reshape(y, shape);
}

// Back from [n, the others as one, k].
Bounded back_in_place(const Bounded& x, const Shape& shape, std::int64_t axis) {
  Shape moved{shape[0]};
  append_others(shape, axis, moved);
  moved.push_back(shape[std::size_t(axis)]);
  std::vector<std::size_t> perm;  // of the axes of `shape`, where they are in `moved`
  for (std::size_t i = 0; i < shape.size(); ++i)
    perm.push_back(std::int64_t(i) == axis ? shape.size() - 1 : i - (std::int64_t(i) > axis));
  return permute(reshape(x, moved), perm);
}

LayerGradient dot_reverse(const LayerCall& call, const std::vector<Bounded>& seeds) {
  const Precision p = precision_of(call);
  const Sides sides = sides_of(call, p);
  const Bounded &a = sides.used[0], &b = sides.used[1];
  const Bounded seed = reshape(seeds.at(0), {a.shape[0], a.shape[1], b.shape[1]});
  Outputs by{batch_matmul(seed, b, p), batch_matmul(permute(seed, {0, 2, 1}), a, p)};
  LayerGradient out;
  out.weights.resize(call.weights.size());
  for (std::size_t i = 0; i < 2; ++i) {
    if (get_flag(call.config, "normalize", false))
      by[i] = unit_length_reverse(sides.given[i], by[i], {2}, p);
    out.inputs.push_back(back_in_place(by[i], call.inputs[i].shape, sides.axes[i]));
  }
  return out;
}

const LayerRegistrar registrar{"Dot", &checked<dot>};
const LayerGradientRegistrar reverse{"Dot", &reversed_many<dot_reverse>};

}  // namespace
}  // namespace kerasan::reference

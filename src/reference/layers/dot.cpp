// Dot: contracts one axis of each of two inputs, sample by sample; with `normalize` both are
// brought to unit length along it first (the cosine of the angle).
#include <algorithm>

#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/matmul.h"
#include "reference/ops/moments.h"
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

Bounded sample(const Bounded& x, std::int64_t n) {
  Bounded y(Shape{x.shape[1], x.shape[2]});
  const auto from = std::ptrdiff_t(std::size_t(n) * y.size());
  std::copy_n(x.value.begin() + from, y.size(), y.value.begin());
  std::copy_n(x.bound.begin() + from, y.size(), y.bound.begin());
  return y;
}

// The shape without the batch axis and `axis`.
void append_others(const Shape& shape, std::int64_t axis, Shape& out) {
  for (std::size_t i = 1; i < shape.size(); ++i)
    if (std::int64_t(i) != axis) out.push_back(shape[i]);
}

Bounded dot(const LayerCall& call) {
  const Precision p = precision_of(call);
  require(call.inputs.size() == 2, "not two inputs");
  Ints axes = get_ints(call.config, "axes", 2, Ints());
  require(axes.size() == 2, "no axes");
  std::vector<Bounded> sides;
  for (std::size_t i = 0; i < 2; ++i) {
    const Bounded& x = call.inputs[i];
    axes[i] = normal_axis(axes[i], x.shape.size());
    require(axes[i] > 0, "contraction of the batch axis");
    Bounded side = contracted_last(x, axes[i]);
    if (get_flag(call.config, "normalize", false)) side = unit_length(side, {2}, p);
    sides.push_back(std::move(side));
  }
  require(sides[0].shape[0] == sides[1].shape[0] && sides[0].shape[2] == sides[1].shape[2],
          "inputs of different length");
  Shape shape{sides[0].shape[0]};
  append_others(call.inputs[0].shape, axes[0], shape);
  append_others(call.inputs[1].shape, axes[1], shape);
  if (shape.size() == 1) shape.push_back(1);
  Bounded y(shape);
  std::size_t to = 0;
  for (std::int64_t n = 0; n < shape[0]; ++n) {
    const Bounded part = matmul(sample(sides[0], n), permute(sample(sides[1], n), {1, 0}), p);
    std::copy(part.value.begin(), part.value.end(), y.value.begin() + std::ptrdiff_t(to));
    std::copy(part.bound.begin(), part.bound.end(), y.bound.begin() + std::ptrdiff_t(to));
    to += part.size();
  }
  return y;
}

const LayerRegistrar registrar{"Dot", &checked<dot>};

}  // namespace
}  // namespace kerasan::reference

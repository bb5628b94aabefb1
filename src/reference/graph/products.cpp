// Products of matrices.
#include <cmath>

#include "reference/graph/operation.h"
#include "reference/ops/matmul.h"
#include "reference/ops/shape.h"

namespace kerasan::reference::graph {
namespace {

void require_finite(const Value& x) {
  require(is_float(x.dtype), "a product of integers");
  for (std::size_t i = 0; i < x.number.size(); ++i)
    require(std::isfinite(x.number.value[i]) && std::isfinite(x.number.bound[i]),
            "values that are not finite");
}

Bounded turned(const Bounded& m) { return permute(m, {1, 0}); }

Bounded product(const Bounded& a, const Bounded& b, DType type, const Products& products) {
  require(a.shape[1] == b.shape[0], "the inner sizes differ");
  require(double(a.size()) * double(b.shape[1]) <= 1e8, "a large product");
  return matmul(a, b, precision_of(type, products.matmul));
}

Value settle(Bounded y, DType type) {
  Value out{std::move(y), type};
  for (std::size_t i = 0; i < out.number.size(); ++i) set(out, i, at(out, i));
  return out;
}

std::vector<Value> two_matrices(const Call& call) {
  const Value &a = call.input(0), &b = call.input(1);
  require(a.number.shape.size() == 2 && b.number.shape.size() == 2, "no matrices");
  require_finite(a);
  require_finite(b);
  return {settle(
      product(call.flag("transpose_a") ? turned(a.number) : a.number,
              call.flag("transpose_b") ? turned(b.number) : b.number, a.dtype, call.products),
      a.dtype)};
}

// Matrix number `index` of a stack.
Bounded matrix(const Bounded& stack, std::size_t index, bool transposed) {
  const std::size_t rank = stack.shape.size();
  Bounded out(Shape{stack.shape[rank - 2], stack.shape[rank - 1]});
  const auto from = std::ptrdiff_t(index * out.size()), count = std::ptrdiff_t(out.size());
  std::copy_n(stack.value.begin() + from, count, out.value.begin());
  std::copy_n(stack.bound.begin() + from, count, out.bound.begin());
  return transposed ? turned(out) : out;
}

std::vector<Value> stacks(const Call& call) {
  const Value &a = call.input(0), &b = call.input(1);
  require(a.number.shape.size() >= 2 && b.number.shape.size() >= 2, "no matrices");
  require_finite(a);
  require_finite(b);
  const Shape of_a(a.number.shape.begin(), a.number.shape.end() - 2);
  const Shape of_b(b.number.shape.begin(), b.number.shape.end() - 2);
  Shape shape = common_shape(of_a, of_b);
  require(element_count(shape) <= 1 << 16, "a large stack");
  const auto from_a = source_index(of_a, shape), from_b = source_index(of_b, shape);
  std::vector<Bounded> parts;
  for (std::size_t i = 0; i < from_a.size(); ++i)
    parts.push_back(product(matrix(a.number, from_a[i], call.flag("adj_x")),
                            matrix(b.number, from_b[i], call.flag("adj_y")), a.dtype,
                            call.products));
  require(!parts.empty(), "an empty stack");
  shape.insert(shape.end(), parts[0].shape.begin(), parts[0].shape.end());
  Bounded y(shape);
  std::size_t to = 0;
  for (const Bounded& part : parts)
    for (std::size_t i = 0; i < part.size(); ++i, ++to) {
      y.value[to] = part.value[i];
      y.bound[to] = part.bound[i];
    }
  return {settle(std::move(y), a.dtype)};
}

const OperationRegistrar matrices{{"MatMul"}, &two_matrices};
const OperationRegistrar batches{{"BatchMatMul", "BatchMatMulV2"}, &stacks};

}  // namespace
}  // namespace kerasan::reference::graph

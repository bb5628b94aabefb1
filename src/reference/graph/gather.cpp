// Looking elements up by index, and the reverse.
#include "reference/graph/operation.h"
#include "reference/ops/shape.h"

namespace kerasan::reference::graph {
namespace {

Value looked_up(const Value& table, const Value& at_rows, std::size_t axis) {
  const auto rows = fixed(at_rows);
  Shape shape(table.number.shape.begin(), table.number.shape.begin() + std::ptrdiff_t(axis));
  shape.insert(shape.end(), at_rows.number.shape.begin(), at_rows.number.shape.end());
  shape.insert(shape.end(), table.number.shape.begin() + std::ptrdiff_t(axis) + 1,
               table.number.shape.end());
  const std::int64_t length = table.number.shape[axis];
  const std::size_t inner = strides(table.number.shape)[axis];
  const std::size_t outer =
      table.number.size() == 0 ? 0 : table.number.size() / (inner * std::size_t(length));
  (void)make(shape, table.dtype);
  std::vector<std::size_t> index;
  for (std::size_t before = 0; before < outer; ++before)
    for (const std::int64_t row : rows) {
      require(row >= 0 && row < length, "an index outside the table");
      for (std::size_t k = 0; k < inner; ++k)
        index.push_back((before * std::size_t(length) + std::size_t(row)) * inner + k);
    }
  return take(table, std::move(shape), index);
}

std::vector<Value> gather(const Call& call) {
  const Value& table = call.input(0);
  require(call.integer("batch_dims", 0) == 0, "batch_dims");
  require(!table.number.shape.empty(), "a table without rows");
  std::size_t axis = 0;
  if (call.node.op == "GatherV2")
    axis = std::size_t(normal_axis(fixed_one(call.input(2)), table.number.shape.size()));
  return {looked_up(table, call.input(1), axis)};
}

// A row for each index: `on` at its place, `off` elsewhere; an index outside has no `on`.
std::vector<Value> one_hot(const Call& call) {
  const Value &indices = call.input(0), &on = call.input(2), &off = call.input(3);
  const std::int64_t depth = fixed_one(call.input(1));
  require(depth >= 0 && on.number.size() == 1 && off.number.size() == 1, "no scalars");
  require(call.integer("axis", -1) == -1 ||
              call.integer("axis", -1) == std::int64_t(indices.number.shape.size()),
          "another axis than the last");
  Shape shape = indices.number.shape;
  shape.push_back(depth);
  Value y = make(shape, on.dtype);
  std::size_t to = 0;
  for (const std::int64_t index : fixed(indices))
    for (std::int64_t k = 0; k < depth; ++k, ++to) set(y, to, k == index ? at(on, 0) : at(off, 0));
  return {std::move(y)};
}

const OperationRegistrar gathers{{"Gather", "GatherV2", "ResourceGather"}, &gather};
const OperationRegistrar hot{{"OneHot"}, &one_hot};

}  // namespace
}  // namespace kerasan::reference::graph

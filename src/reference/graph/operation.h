// Operations of a TensorFlow graph by their documented meaning, in float64 with bounds.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "formats/tensorflow/graph_nodes.h"
#include "reference/bounded.h"
#include "reference/ops/guard.h"
#include "reference/ops/precision.h"

namespace kerasan::reference::graph {

// A tensor. An element is known within its bound; NaN with bound zero is NaN for certain, and an
// infinite bound says that nothing is known.
struct Value {
  Bounded number;
  DType dtype = DType::kFloat32;
};

// One element.
struct Known {
  double value = 0, bound = 0;
  static Known unknown();
  static Known nan();
};

struct Call {
  const formats::tensorflow::GraphNode& node;
  std::vector<Value> inputs;
  Products products;

  const Value& input(std::size_t i) const;  // throws Unsupported where there are fewer
  bool flag(const char* name, bool otherwise = false) const;
  std::int64_t integer(const char* name, std::int64_t otherwise) const;
  double number(const char* name, double otherwise) const;
  std::vector<std::int64_t> integers(const char* name) const;
  DType type(const char* name) const;
};

// Throws Unsupported for what has no documented meaning here.
using Operation = std::vector<Value> (*)(const Call&);

// Registers operations by the names of the graph; used at namespace scope in the file of a family.
struct OperationRegistrar {
  OperationRegistrar(std::initializer_list<std::string_view> names, Operation operation);
};
Operation find_operation(std::string_view name);  // nullptr: not known

// Elements and precision of a type; integers are exact.
Precision precision(DType type);
// An element that the type can hold; unknown where it would overflow.
Known settled(Known k, DType type);
// Fixed integers: axes, shapes, indices. Throws Unsupported where one is not known for certain.
std::vector<std::int64_t> fixed(const Value& value);
std::int64_t fixed_one(const Value& value);
void set(Value& value, std::size_t at, Known k);
Known at(const Value& value, std::size_t i);
Value make(Shape shape, DType type);  // throws Unsupported where it is too large
// Element i of the result is element index[i] of x.
Value take(const Value& x, Shape shape, const std::vector<std::size_t>& index);
// As NumPy: the shorter shape gets leading ones.
Shape common_shape(const Shape& a, const Shape& b);
std::vector<std::size_t> source_index(Shape from, const Shape& to);
// Strides of a row-major array.
std::vector<std::size_t> strides(const Shape& shape);
// Calls `each(position, multi-index)` for every element in order.
void walk(const Shape& shape,
          const std::function<void(std::size_t, const std::vector<std::int64_t>&)>& each);

}  // namespace kerasan::reference::graph

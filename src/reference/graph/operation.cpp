#include "reference/graph/operation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "reference/ops/shape.h"

namespace kerasan::reference::graph {
namespace {

constexpr std::size_t kMaxSize = std::size_t{1} << 22;

std::map<std::string, Operation, std::less<>>& table() {
  static std::map<std::string, Operation, std::less<>> operations;
  return operations;
}

// Beyond it partial results may have overflowed.
double largest(DType type) {
  if (type == DType::kFloat16) return 3e4;
  return type == DType::kFloat64 ? 1e290 : 1e30;
}

bool is_signed(DType type) {
  return type == DType::kInt8 || type == DType::kInt16 || type == DType::kInt32 ||
         type == DType::kInt64;
}

double integer_limit(DType type) {
  if (type == DType::kBool) return 1;
  if (type == DType::kInt64 || type == DType::kUInt64) return 0x1p53;
  return std::exp2(8 * double(dtype_size(type)) - (is_signed(type) ? 1 : 0)) - 1;
}

}  // namespace

Known Known::unknown() { return {0, std::numeric_limits<double>::infinity()}; }
Known Known::nan() { return {std::numeric_limits<double>::quiet_NaN(), 0}; }

OperationRegistrar::OperationRegistrar(std::initializer_list<std::string_view> names,
                                       Operation operation) {
  for (const std::string_view name : names) table().emplace(name, operation);
}

Operation find_operation(std::string_view name) {
  const auto found = table().find(name);
  return found == table().end() ? nullptr : found->second;
}

const Value& Call::input(std::size_t i) const {
  require(i < inputs.size(), "an input is missing");
  return inputs[i];
}

bool Call::flag(const char* name, bool otherwise) const {
  const auto found = node.attributes.find(name);
  return found == node.attributes.end() ? otherwise : found->second.flag.value_or(otherwise);
}

std::int64_t Call::integer(const char* name, std::int64_t otherwise) const {
  const auto found = node.attributes.find(name);
  return found == node.attributes.end() ? otherwise : found->second.integer.value_or(otherwise);
}

double Call::number(const char* name, double otherwise) const {
  const auto found = node.attributes.find(name);
  return found == node.attributes.end() ? otherwise : found->second.number.value_or(otherwise);
}

std::vector<std::int64_t> Call::integers(const char* name) const {
  const auto found = node.attributes.find(name);
  return found == node.attributes.end() ? std::vector<std::int64_t>{} : found->second.integers;
}

DType Call::type(const char* name) const {
  const auto found = node.attributes.find(name);
  require(found != node.attributes.end() && found->second.type.has_value(),
          std::string("the type ") + name + " is not one of numbers");
  return *found->second.type;
}

Precision precision(DType type) { return is_float(type) ? precision_of(type) : Precision{0, 0}; }

Known settled(Known k, DType type) {
  if (std::isnan(k.value) && k.bound == 0) return k;
  if (!std::isfinite(k.value) || !std::isfinite(k.bound)) return Known::unknown();
  if (is_float(type)) return std::fabs(k.value) + k.bound > largest(type) ? Known::unknown() : k;
  const double limit = integer_limit(type);
  require(std::fabs(k.value) <= limit && (k.value >= 0 || is_signed(type)),
          "integers beyond their type");
  require(k.bound > 0 || k.value == std::trunc(k.value), "fractions in an array of integers");
  return k;
}

std::vector<std::int64_t> fixed(const Value& value) {
  require(!is_float(value.dtype), "a number that is to be an integer");
  std::vector<std::int64_t> out;
  for (std::size_t i = 0; i < value.number.size(); ++i) {
    require(value.number.bound[i] == 0, "an index that is not known for certain");
    require(std::fabs(value.number.value[i]) <= 0x1p53, "a large integer");
    out.push_back(static_cast<std::int64_t>(value.number.value[i]));
  }
  return out;
}

std::int64_t fixed_one(const Value& value) {
  const auto all = fixed(value);
  require(all.size() == 1, "one integer is expected");
  return all.front();
}

void set(Value& value, std::size_t i, Known k) {
  k = settled(k, value.dtype);
  value.number.value[i] = k.value;
  value.number.bound[i] = k.bound;
}

Known at(const Value& value, std::size_t i) {
  return {value.number.value[i], value.number.bound[i]};
}

Value make(Shape shape, DType type) {
  for (const std::int64_t size : shape) require(size >= 0, "a negative size");
  double count = 1;
  for (const std::int64_t size : shape) count *= double(size);
  require(count <= double(kMaxSize), "a large array");
  return {Bounded(std::move(shape)), type};
}

Value take(const Value& x, Shape shape, const std::vector<std::size_t>& index) {
  Value out = make(std::move(shape), x.dtype);
  require(index.size() == out.number.size(), "sizes differ");
  for (std::size_t i = 0; i < index.size(); ++i) {
    require(index[i] < x.number.size(), "an index outside the array");
    out.number.value[i] = x.number.value[index[i]];
    out.number.bound[i] = x.number.bound[index[i]];
  }
  return out;
}

Shape common_shape(const Shape& a, const Shape& b) {
  Shape from_a = a, from_b = b;
  const std::size_t rank = std::max(a.size(), b.size());
  from_a.insert(from_a.begin(), rank - a.size(), 1);
  from_b.insert(from_b.begin(), rank - b.size(), 1);
  return broadcast_shape(from_a, from_b);
}

std::vector<std::size_t> source_index(Shape from, const Shape& to) {
  require(from.size() <= to.size(), "shapes do not fit");
  from.insert(from.begin(), to.size() - from.size(), 1);
  return broadcast_index(from, to);
}

std::vector<std::size_t> strides(const Shape& shape) {
  std::vector<std::size_t> out(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) out[i - 1] = out[i] * std::size_t(shape[i]);
  return out;
}

void walk(const Shape& shape,
          const std::function<void(std::size_t, const std::vector<std::int64_t>&)>& each) {
  const std::size_t count = element_count(shape);
  std::vector<std::int64_t> index(shape.size(), 0);
  for (std::size_t i = 0; i < count; ++i) {
    each(i, index);
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
}

}  // namespace kerasan::reference::graph

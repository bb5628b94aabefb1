#include "base/tensor.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "base/error.h"
#include "base/half.h"

namespace kerasan {
namespace {

static_assert(std::endian::native == std::endian::little, "tensor bytes are little-endian");

struct DTypeInfo {
  DType dtype;
  std::string_view name;
  std::size_t size;
  double unit_roundoff;
};

constexpr std::array<DTypeInfo, 13> kDTypes{{
    {DType::kFloat16, "float16", 2, 0x1p-11},
    {DType::kBFloat16, "bfloat16", 2, 0x1p-8},
    {DType::kFloat32, "float32", 4, 0x1p-24},
    {DType::kFloat64, "float64", 8, 0x1p-53},
    {DType::kInt8, "int8", 1, 0},
    {DType::kInt16, "int16", 2, 0},
    {DType::kInt32, "int32", 4, 0},
    {DType::kInt64, "int64", 8, 0},
    {DType::kUInt8, "uint8", 1, 0},
    {DType::kUInt16, "uint16", 2, 0},
    {DType::kUInt32, "uint32", 4, 0},
    {DType::kUInt64, "uint64", 8, 0},
    {DType::kBool, "bool", 1, 0},
}};

const DTypeInfo& info(DType dtype) { return kDTypes.at(static_cast<std::size_t>(dtype)); }

// Calls visitor with a value of the C++ type that holds one element.
template <typename Visitor>
void visit_type(DType dtype, Visitor&& visitor) {
  switch (dtype) {
    case DType::kFloat16:
      return visitor(Float16{});
    case DType::kBFloat16:
      return visitor(BFloat16{});
    case DType::kFloat32:
      return visitor(float{});
    case DType::kFloat64:
      return visitor(double{});
    case DType::kInt8:
      return visitor(std::int8_t{});
    case DType::kInt16:
      return visitor(std::int16_t{});
    case DType::kInt32:
      return visitor(std::int32_t{});
    case DType::kInt64:
      return visitor(std::int64_t{});
    case DType::kUInt8:
      return visitor(std::uint8_t{});
    case DType::kUInt16:
      return visitor(std::uint16_t{});
    case DType::kUInt32:
      return visitor(std::uint32_t{});
    case DType::kUInt64:
      return visitor(std::uint64_t{});
    case DType::kBool:
      return visitor(bool{});
  }
}

template <typename T>
double widen(const std::byte* at) {
  // Any nonzero byte is true; copying it into a bool would be undefined.
  if constexpr (std::is_same_v<T, bool>)
    return *at != std::byte{0} ? 1.0 : 0.0;
  else {
    T value;
    std::memcpy(&value, at, sizeof value);
    if constexpr (std::is_class_v<T>)
      return value.to_double();
    else
      return static_cast<double>(value);
  }
}

template <typename T>
T narrow(double value) {
  if constexpr (std::is_class_v<T>)
    return T::from_double(value);
  else if constexpr (std::is_same_v<T, bool>)
    return value != 0;
  else if constexpr (std::is_floating_point_v<T>)
    return static_cast<T>(value);
  else {
    // Out-of-range conversions are undefined in C++: saturate instead.
    using Limits = std::numeric_limits<T>;
    if (std::isnan(value)) return 0;
    if (value <= static_cast<double>(Limits::min())) return Limits::min();
    if (value >= static_cast<double>(Limits::max())) return Limits::max();
    return static_cast<T>(value);
  }
}

}  // namespace

std::size_t dtype_size(DType dtype) { return info(dtype).size; }
std::string_view dtype_name(DType dtype) { return info(dtype).name; }
double unit_roundoff(DType dtype) { return info(dtype).unit_roundoff; }
bool is_float(DType dtype) { return info(dtype).unit_roundoff > 0; }

DType parse_dtype(std::string_view name) {
  for (const auto& entry : kDTypes)
    if (entry.name == name) return entry.dtype;
  throw InputError("unknown dtype \"" + std::string(name.substr(0, 40)) + "\"");
}

std::size_t element_count(const Shape& shape) {
  // Leaves room for the multiplication by the element size.
  constexpr std::size_t kMax = std::numeric_limits<std::size_t>::max() / 16;
  std::size_t count = 1;
  bool empty = false;
  for (std::int64_t dim : shape) {
    if (dim < 0) throw InputError("negative dimension in shape " + shape_text(shape));
    if (dim == 0) empty = true;
  }
  if (empty) return 0;
  for (std::int64_t dim : shape) {
    if (static_cast<std::size_t>(dim) > kMax / count)
      throw InputError("shape " + shape_text(shape) + " is too large");
    count *= static_cast<std::size_t>(dim);
  }
  return count;
}

std::string shape_text(const Shape& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ", ";
    text += std::to_string(shape[i]);
  }
  if (shape.size() == 1) text += ",";
  return text + ")";
}

Tensor::Tensor(DType dtype, Shape shape, std::shared_ptr<const std::vector<std::byte>> bytes)
    : dtype_(dtype), shape_(std::move(shape)), bytes_(std::move(bytes)) {
  const std::size_t expected = element_count(shape_) * dtype_size(dtype_);
  const std::size_t actual = bytes_ ? bytes_->size() : 0;
  if (actual != expected)
    throw InputError("a " + std::string(dtype_name(dtype_)) + " tensor of shape " +
                     shape_text(shape_) + " needs " + std::to_string(expected) + " bytes, not " +
                     std::to_string(actual));
}

Tensor Tensor::from_doubles(DType dtype, Shape shape, std::span<const double> values) {
  auto bytes = std::make_shared<std::vector<std::byte>>(values.size() * dtype_size(dtype));
  visit_type(dtype, [&](auto tag) {
    using T = decltype(tag);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const T value = narrow<T>(values[i]);
      std::memcpy(bytes->data() + i * sizeof(T), &value, sizeof(T));
    }
  });
  return Tensor(dtype, std::move(shape), std::move(bytes));
}

std::size_t Tensor::size() const { return element_count(shape_); }

std::span<const std::byte> Tensor::bytes() const {
  return bytes_ ? std::span<const std::byte>(*bytes_) : std::span<const std::byte>();
}

std::vector<double> Tensor::to_doubles() const { return kerasan::to_doubles(dtype_, bytes()); }

std::vector<double> to_doubles(DType dtype, std::span<const std::byte> bytes) {
  const auto* at = static_cast<const void*>(bytes.data());
  if (dtype == DType::kFloat32 && reinterpret_cast<std::uintptr_t>(at) % alignof(float) == 0) {
    // The most frequent and largest ones: not filled with zeros first.
    const auto* first = static_cast<const float*>(at);
    return {first, first + bytes.size() / sizeof(float)};
  }
  std::vector<double> values(bytes.size() / dtype_size(dtype));
  visit_type(dtype, [&](auto tag) {
    using T = decltype(tag);
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = widen<T>(bytes.data() + i * sizeof(T));
  });
  return values;
}

}  // namespace kerasan

// A dense, row-major, little-endian array as the framework held it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kerasan {

enum class DType {
  kFloat16,
  kBFloat16,
  kFloat32,
  kFloat64,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUInt8,
  kUInt16,
  kUInt32,
  kUInt64,
  kBool
};

using Shape = std::vector<std::int64_t>;

std::size_t dtype_size(DType dtype);
std::string_view dtype_name(DType dtype);
// Throws InputError for a name that is not one of the above ("float32", "bool", ...).
DType parse_dtype(std::string_view name);
bool is_float(DType dtype);
// Unit roundoff u of round-to-nearest: float16 2^-11, bfloat16 2^-8, float32 2^-24,
// float64 2^-53. Zero for integer and bool types.
double unit_roundoff(DType dtype);
// Number of elements; 1 for a scalar. Throws InputError on a negative or overflowing size.
std::size_t element_count(const Shape& shape);
std::string shape_text(const Shape& shape);
// Every element of row-major bytes, widened exactly (int64/uint64 beyond 2^53 are rounded).
std::vector<double> to_doubles(DType dtype, std::span<const std::byte> bytes);

// Bytes are shared and immutable: copying a Tensor copies no data.
class Tensor {
 public:
  Tensor() = default;
  // Throws InputError unless bytes->size() == element_count(shape) * dtype_size(dtype).
  Tensor(DType dtype, Shape shape, std::shared_ptr<const std::vector<std::byte>> bytes);
  static Tensor from_doubles(DType dtype, Shape shape, std::span<const double> values);

  DType dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  std::size_t size() const;
  std::span<const std::byte> bytes() const;
  // Every element widened exactly to double (int64/uint64 beyond 2^53 are rounded).
  std::vector<double> to_doubles() const;

 private:
  DType dtype_ = DType::kFloat32;
  Shape shape_{0};
  std::shared_ptr<const std::vector<std::byte>> bytes_;
};

}  // namespace kerasan

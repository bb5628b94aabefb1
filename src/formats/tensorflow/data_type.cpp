#include "formats/tensorflow/data_type.h"

#include <array>

namespace kerasan::formats::tensorflow {
namespace {

struct Type {
  const char* name;
  std::size_t size;  // 0: not fixed
};

// Types of four bits and less take a byte each.
constexpr std::array<Type, 34> kTypes{{
    {"invalid", 0},
    {"float32", 4},
    {"float64", 8},
    {"int32", 4},
    {"uint8", 1},
    {"int16", 2},
    {"int8", 1},
    {"string", 0},
    {"complex64", 8},
    {"int64", 8},
    {"bool", 1},
    {"qint8", 1},
    {"quint8", 1},
    {"qint32", 4},
    {"bfloat16", 2},
    {"qint16", 2},
    {"quint16", 2},
    {"uint16", 2},
    {"complex128", 16},
    {"float16", 2},
    {"resource", 0},
    {"variant", 0},
    {"uint32", 4},
    {"uint64", 8},
    {"float8_e5m2", 1},
    {"float8_e4m3fn", 1},
    {"float8_e4m3fnuz", 1},
    {"float8_e4m3b11fnuz", 1},
    {"float8_e5m2fnuz", 1},
    {"int4", 1},
    {"uint4", 1},
    {"int2", 1},
    {"uint2", 1},
    {"float4_e2m1fn", 1},
}};

bool known(std::int64_t type) {
  return type >= 0 && type < static_cast<std::int64_t>(kTypes.size());
}

}  // namespace

std::string type_name(std::int64_t type) {
  return known(type) ? kTypes[type].name : "type " + std::to_string(type);
}

std::optional<std::size_t> type_size(std::int64_t type) {
  if (!known(type) || kTypes[type].size == 0) return std::nullopt;
  return kTypes[type].size;
}

std::optional<DType> tensor_type(std::int64_t type) {
  switch (type) {
    case 1:
      return DType::kFloat32;
    case 2:
      return DType::kFloat64;
    case 3:
      return DType::kInt32;
    case 4:
      return DType::kUInt8;
    case 5:
      return DType::kInt16;
    case 6:
      return DType::kInt8;
    case 9:
      return DType::kInt64;
    case 10:
      return DType::kBool;
    case 14:
      return DType::kBFloat16;
    case 17:
      return DType::kUInt16;
    case 19:
      return DType::kFloat16;
    case 22:
      return DType::kUInt32;
    case 23:
      return DType::kUInt64;
    default:
      return std::nullopt;
  }
}

}  // namespace kerasan::formats::tensorflow

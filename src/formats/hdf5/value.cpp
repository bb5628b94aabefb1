#include "formats/hdf5/value.h"

#include <cstring>

#include "formats/hdf5/handle.h"

namespace kerasan::formats {
namespace {

constexpr std::size_t kMaxAttribute = std::size_t{256} << 20;

std::optional<DType> float_type(hid_t type) {
  std::size_t sign, exponent, exponent_size, mantissa, mantissa_size;
  if (H5Tget_fields(type, &sign, &exponent, &exponent_size, &mantissa, &mantissa_size) < 0) {
    return std::nullopt;
  }
  const std::size_t size = H5Tget_size(type);
  if (size == 2 && exponent_size == 5 && mantissa_size == 10) return DType::kFloat16;
  if (size == 2 && exponent_size == 8 && mantissa_size == 7) return DType::kBFloat16;
  if (size == 4 && exponent_size == 8 && mantissa_size == 23) return DType::kFloat32;
  if (size == 8 && exponent_size == 11 && mantissa_size == 52) return DType::kFloat64;
  return std::nullopt;
}

std::optional<DType> integer_type(hid_t type) {
  const bool is_signed = H5Tget_sign(type) == H5T_SGN_2;
  const std::size_t size = H5Tget_size(type);
  if (H5Tget_precision(type) != 8 * size) return std::nullopt;
  switch (size) {
    case 1:
      return is_signed ? DType::kInt8 : DType::kUInt8;
    case 2:
      return is_signed ? DType::kInt16 : DType::kUInt16;
    case 4:
      return is_signed ? DType::kInt32 : DType::kUInt32;
    case 8:
      return is_signed ? DType::kInt64 : DType::kUInt64;
    default:
      return std::nullopt;
  }
}

// h5py writes a bool as an enumeration of one byte: FALSE = 0, TRUE = 1.
bool is_bool(hid_t type) {
  if (H5Tget_nmembers(type) != 2 || H5Tget_size(type) != 1) return false;
  std::int8_t no = 1, yes = 0;
  return H5Tenum_valueof(type, "FALSE", &no) >= 0 && H5Tenum_valueof(type, "TRUE", &yes) >= 0 &&
         no == 0 && yes == 1;
}

std::string bounded_text(const char* at, std::size_t size) { return {at, strnlen(at, size)}; }

Json read_texts(hid_t attribute, hid_t type, std::size_t count) {
  Json list = Json::array();
  if (H5Tis_variable_str(type) > 0) {
    std::vector<char*> texts(count, nullptr);
    const H5Handle memory(H5Tcopy(H5T_C_S1), &H5Tclose, "a type");
    H5Tset_size(memory, H5T_VARIABLE);
    H5Tset_cset(memory, H5Tget_cset(type));
    if (H5Aread(attribute, memory, texts.data()) < 0) return nullptr;
    for (char* text : texts) {
      list.push_back(text == nullptr ? std::string() : std::string(text));
      H5free_memory(text);
    }
    return list;
  }
  const std::size_t size = H5Tget_size(type);
  if (size == 0 || count > kMaxAttribute / size) return nullptr;
  std::vector<char> bytes(count * size);
  if (H5Aread(attribute, type, bytes.data()) < 0) return nullptr;
  for (std::size_t i = 0; i < count; ++i) list.push_back(bounded_text(&bytes[i * size], size));
  return list;
}

template <typename T>
Json read_numbers(hid_t attribute, hid_t memory, std::size_t count) {
  std::vector<T> values(count);
  if (H5Aread(attribute, memory, values.data()) < 0) return nullptr;
  return Json(values);
}

Json read_list(hid_t attribute, hid_t type, std::size_t count) {
  switch (H5Tget_class(type)) {
    case H5T_STRING:
      return read_texts(attribute, type, count);
    case H5T_INTEGER:
      return read_numbers<std::int64_t>(attribute, H5T_NATIVE_INT64, count);
    case H5T_FLOAT:
      return read_numbers<double>(attribute, H5T_NATIVE_DOUBLE, count);
    default:
      return nullptr;
  }
}

}  // namespace

std::optional<DType> dtype_of(hid_t type) {
  switch (H5Tget_class(type)) {
    case H5T_FLOAT:
      return float_type(type);
    case H5T_INTEGER:
      return integer_type(type);
    case H5T_ENUM:
      return is_bool(type) ? std::optional(DType::kBool) : std::nullopt;
    default:
      return std::nullopt;
  }
}

std::string type_text(hid_t type) {
  if (const auto dtype = dtype_of(type)) return std::string(dtype_name(*dtype));
  const std::string size = " of " + std::to_string(H5Tget_size(type)) + " bytes";
  switch (H5Tget_class(type)) {
    case H5T_STRING:
      return "string";
    case H5T_OPAQUE:
      return "opaque" + size;
    case H5T_COMPOUND:
      return "compound" + size;
    case H5T_FLOAT:
      return "float" + size;
    default:
      return "type" + size;
  }
}

Shape shape_of(hid_t space) {
  const int rank = H5Sget_simple_extent_ndims(space);
  if (rank < 0 || rank > 32) throw InputError("a dataspace that is not simple");
  hsize_t sizes[32] = {};
  H5Sget_simple_extent_dims(space, sizes, nullptr);
  Shape shape;
  for (int i = 0; i < rank; ++i) {
    if (sizes[i] > static_cast<hsize_t>(INT64_MAX)) throw InputError("a dimension is too large");
    shape.push_back(static_cast<std::int64_t>(sizes[i]));
  }
  return shape;
}

Json attribute_value(hid_t attribute) {
  const H5Handle type(H5Aget_type(attribute), &H5Tclose, "the type of an attribute");
  const H5Handle space(H5Aget_space(attribute), &H5Sclose, "the shape of an attribute");
  if (H5Sget_simple_extent_type(space) == H5S_NULL) return Json::array();
  const Shape shape = shape_of(space);
  const std::size_t count = element_count(shape);
  if (count > kMaxAttribute / 8) return nullptr;
  Json list = read_list(attribute, type, count);
  if (shape.empty() && list.is_array() && list.size() == 1) return list.front();
  return list;
}

}  // namespace kerasan::formats

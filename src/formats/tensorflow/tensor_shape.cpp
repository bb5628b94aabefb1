#include "formats/tensorflow/tensor_shape.h"

#include "formats/tensorflow/wire.h"

namespace kerasan::formats::tensorflow {

DeclaredShape read_shape(std::string_view message) {
  DeclaredShape shape;
  for (const Field& field : Message(message, "TensorShapeProto")) {
    if (field.number == 3) shape.known_rank = !field.flag();
    if (field.number != 2) continue;
    std::int64_t size = 0;  // a field that is left out is zero
    for (const Field& part : Message(field.message(), "TensorShapeProto.Dim")) {
      if (part.number == 1) size = part.integer();
    }
    shape.dims.push_back(size < 0 ? -1 : size);
  }
  return shape;
}

std::string declared_text(const DeclaredShape& shape) {
  if (!shape.known_rank) return "unknown";
  std::string text = "(";
  for (const std::int64_t dim : shape.dims) {
    if (text.size() > 1) text += ", ";
    text += dim < 0 ? "?" : std::to_string(dim);
  }
  return text + (shape.dims.size() == 1 ? ",)" : ")");
}

bool compatible(const DeclaredShape& declared, const Shape& shape) {
  if (!declared.known_rank) return true;
  if (declared.dims.size() != shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (declared.dims[i] >= 0 && declared.dims[i] != shape[i]) return false;
  }
  return true;
}

}  // namespace kerasan::formats::tensorflow

// TensorShapeProto: shapes as the protocol buffers of TensorFlow hold them.
#pragma once

#include <string_view>

#include "base/tensor.h"

namespace kerasan::formats::tensorflow {

struct DeclaredShape {
  bool known_rank = true;
  Shape dims;  // -1: not known
};

// Throws InputError where it is damaged.
DeclaredShape read_shape(std::string_view message);
// "(?, 3)", "unknown".
std::string declared_text(const DeclaredShape& shape);
// No dimension that both know differs.
bool compatible(const DeclaredShape& declared, const Shape& shape);

}  // namespace kerasan::formats::tensorflow

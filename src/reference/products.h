// In what form an accelerator takes the factors of products of single-precision numbers.
#pragma once

#include <string_view>

namespace kerasan::reference {

// Largest relative error of one factor before it is multiplied; 0 where it is taken as it is.
struct Products {
  double matmul = 0, convolution = 0, recurrent = 0;
  bool transforms = false;  // convolutions may go through a transform (ops/conv_transform.h)
};

// TF32 has 10 bits after the leading one, bfloat16 has 7 (NVIDIA A100 Tensor Core GPU Architecture,
// 2020). Some kernels round to the nearest and some cut the rest off: twice the unit roundoff holds
// for both. A form that is not known says nothing of the product.
inline double factor_error(std::string_view form) {
  if (form == "float32") return 0;
  if (form == "tf32") return 0x1p-10;
  return form == "bfloat16" ? 0x1p-7 : 1;
}

}  // namespace kerasan::reference

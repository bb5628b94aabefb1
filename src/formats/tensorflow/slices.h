// Tensors that are stored in parts: the slices of partitioned variables.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "formats/tensorflow/tensor_bundle.h"

namespace kerasan::formats::tensorflow {

// Each element is in exactly one slice.
bool covers(const std::vector<TensorSlice>& slices, const Shape& shape);
// Copies the elements of a slice, row-major, to where they belong; false where the bytes are not
// those of such a slice. The slice lies within the shape, as of `covers`.
bool place_slice(std::span<const std::byte> part, const TensorSlice& slice, const Shape& shape,
                 std::size_t element_size, std::span<std::byte> whole);

}  // namespace kerasan::formats::tensorflow

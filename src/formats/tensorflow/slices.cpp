#include "formats/tensorflow/slices.h"

#include <cstring>

namespace kerasan::formats::tensorflow {
namespace {

constexpr std::size_t kMaxSlices = 4096;  // each is compared with each

struct Range {
  std::int64_t start;
  std::int64_t length;
};

Range range(const TensorSlice& slice, const Shape& shape, std::size_t axis) {
  const auto& [start, length] = slice[axis];
  return length < 0 ? Range{0, shape[axis]} : Range{start, length};
}

bool inside(const TensorSlice& slice, const Shape& shape) {
  if (slice.size() != shape.size()) return false;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    const Range r = range(slice, shape, axis);
    if (r.start < 0 || r.start > shape[axis] || r.length > shape[axis] - r.start) return false;
  }
  return true;
}

bool overlap(const TensorSlice& a, const TensorSlice& b, const Shape& shape) {
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    const Range x = range(a, shape, axis);
    const Range y = range(b, shape, axis);
    if (x.start >= y.start + y.length || y.start >= x.start + x.length) return false;
  }
  return true;
}

std::size_t elements(const TensorSlice& slice, const Shape& shape) {
  Shape lengths;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    lengths.push_back(range(slice, shape, axis).length);
  }
  return element_count(lengths);
}

}  // namespace

bool covers(const std::vector<TensorSlice>& slices, const Shape& shape) {
  if (slices.size() > kMaxSlices) return false;
  std::size_t count = 0;
  for (std::size_t i = 0; i < slices.size(); ++i) {
    if (!inside(slices[i], shape)) return false;
    count += elements(slices[i], shape);
    for (std::size_t k = 0; k < i; ++k) {
      if (overlap(slices[i], slices[k], shape)) return false;
    }
  }
  return count == element_count(shape);
}

bool place_slice(std::span<const std::byte> part, const TensorSlice& slice, const Shape& shape,
                 std::size_t element_size, std::span<std::byte> whole) {
  const std::size_t count = elements(slice, shape);
  if (part.size() != count * element_size) return false;
  if (count == 0) return true;
  // Along the last axis a slice lies in one piece.
  const std::size_t rank = shape.size();
  const std::size_t run =
      rank == 0 ? 1 : static_cast<std::size_t>(range(slice, shape, rank - 1).length);
  std::vector<std::int64_t> at(rank, 0);
  for (std::size_t done = 0; done < count; done += run) {
    std::size_t target = 0;
    for (std::size_t axis = 0; axis < rank; ++axis) {
      target = target * static_cast<std::size_t>(shape[axis]) +
               static_cast<std::size_t>(range(slice, shape, axis).start + at[axis]);
    }
    std::memcpy(whole.data() + target * element_size, part.data() + done * element_size,
                run * element_size);
    for (std::size_t axis = rank - (rank > 0 ? 1 : 0); axis-- > 0;) {
      if (++at[axis] < range(slice, shape, axis).length) break;
      at[axis] = 0;
    }
  }
  return true;
}

}  // namespace kerasan::formats::tensorflow

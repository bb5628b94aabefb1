// Moving elements about: exact, bounds move along.
#pragma once

#include <functional>

#include "reference/bounded.h"

namespace kerasan::reference {

std::int64_t normal_axis(std::int64_t axis, std::size_t rank);
Bounded reshape(Bounded x, Shape shape);
// Axis i of the result is axis perm[i] of x.
Bounded permute(const Bounded& x, const std::vector<std::size_t>& perm);
// Moves axis 1 to the end / the last axis to 1.
Bounded to_channels_last(const Bounded& x);
Bounded to_channels_first(const Bounded& x);
// Row-major position of each element of `x` broadcast (as NumPy does) to `shape`.
std::vector<std::size_t> broadcast_index(const Shape& from, const Shape& shape);
// Throws Unsupported when the shapes do not broadcast.
Shape broadcast_shape(const Shape& a, const Shape& b);
// Element (i_0, ..., i_r) of the result is element source(axis, i_axis) along each axis of
// x; a source outside of x gives zero.
Bounded gather(const Bounded& x, const Shape& shape,
               const std::function<std::int64_t(std::size_t axis, std::int64_t i)>& source);
// One step x[:, t, ...] of a sequence.
Bounded step_of(const Bounded& x, std::int64_t t);

}  // namespace kerasan::reference

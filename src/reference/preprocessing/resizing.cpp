// Resizing and CenterCrop; RandomCrop at inference where the input already has the size.
#include <cmath>

#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/interpolate.h"
#include "reference/ops/reverse.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

constexpr std::int64_t kLongest = 1024;  // of an axis that a derivative is led back along

std::size_t first_spatial(const LayerCall& call) {
  const std::size_t rank = call.inputs[0].shape.size();
  require(rank == 3 || rank == 4, "input of unexpected rank");
  return rank - (channels_first(call.config) ? 2 : 3);
}

std::array<std::int64_t, 2> target(const LayerCall& call) {
  const std::array<std::int64_t, 2> size{std::int64_t(get_number(call.config, "height", 0)),
                                         std::int64_t(get_number(call.config, "width", 0))};
  require(size[0] > 0 && size[1] > 0, "no size");
  return size;
}

bool has_size(const LayerCall& call) {
  const std::size_t first = first_spatial(call);
  const Shape& shape = call.inputs[0].shape;
  return shape[first] == target(call)[0] && shape[first + 1] == target(call)[1];
}

Bounded resizing(const LayerCall& call) {
  for (const char* key : {"crop_to_aspect_ratio", "pad_to_aspect_ratio", "antialias"})
    require(!get_flag(call.config, key, false), key);
  return interpolate(call.inputs[0], first_spatial(call), target(call),
                     get_text(call.config, "interpolation", "bilinear"), precision_of(call));
}

// The window in the middle; where the margins differ the smaller one comes first.
Bounded center_crop(const LayerCall& call) {
  const Bounded& x = call.inputs[0];
  const std::size_t first = first_spatial(call);
  const auto size = target(call);
  Shape shape = x.shape;
  std::array<std::int64_t, 2> start{};
  for (std::size_t i = 0; i < 2; ++i) {
    require(x.shape[first + i] >= size[i], "an image smaller than the window");
    start[i] = (x.shape[first + i] - size[i]) / 2;
    shape[first + i] = size[i];
  }
  return gather(x, shape, [&](std::size_t axis, std::int64_t i) {
    return axis >= first && axis < first + 2 ? start[axis - first] + i : i;
  });
}

LayerGradient center_crop_reverse(const LayerCall& call, const Bounded& seed) {
  return gradient_by_input(call, move_back(&center_crop, call, seed));
}

// How much of each of n positions goes into each of m: row i of the result belongs to output i.
Bounded shares(std::int64_t n, std::int64_t m, const std::string& interpolation, Precision p) {
  require(n <= kLongest && m <= kLongest, "too long an axis");
  Bounded each(Shape{n, 1, n});
  for (std::int64_t i = 0; i < n; ++i) each.value[std::size_t(i * n + i)] = 1;
  return reshape(interpolate(each, 0, {m, 1}, interpolation, p), {m, n});
}

// Axis `axis` of the seed by the transpose of the shares.
Bounded spread_back(const Bounded& seed, std::size_t axis, const Bounded& share, Precision p) {
  const std::int64_t m = share.shape[0], n = share.shape[1];
  Shape shape = seed.shape;
  shape[axis] = n;
  std::size_t stride = 1;
  for (std::size_t i = axis + 1; i < shape.size(); ++i) stride *= std::size_t(shape[i]);
  Bounded out(shape);
  const double rounding = gamma(double(m) + 8, p);
  for (std::size_t at = 0; at < seed.size(); ++at) {
    const std::size_t inner = at % stride, i = at / stride % std::size_t(m);
    const std::size_t begin = at / stride / std::size_t(m) * std::size_t(n) * stride + inner;
    const double s = seed.value[at], ds = seed.bound[at];
    for (std::size_t j = 0; j < std::size_t(n); ++j) {
      const double a = share.value[i * std::size_t(n) + j],
                   da = share.bound[i * std::size_t(n) + j];
      if (a == 0 && da == 0) continue;
      out.value[begin + j * stride] += a * s;
      out.bound[begin + j * stride] +=
          bound_of_product(a, da, s, ds) + rounding * (std::fabs(a) + da) * (std::fabs(s) + ds);
    }
  }
  return out;
}

// Linear in the image, along one axis after the other.
LayerGradient resizing_reverse(const LayerCall& call, const Bounded& seed) {
  const Precision p = precision_of(call);
  const std::size_t first = first_spatial(call);
  const auto size = target(call);
  require(seed.shape == resizing(call).shape, "a derivative of another shape");
  Bounded by = seed;
  for (std::size_t i = 0; i < 2; ++i)
    by = spread_back(by, first + i,
                     shares(call.inputs[0].shape[first + i], size[i],
                            get_text(call.config, "interpolation", "bilinear"), p),
                     p);
  return gradient_by_input(call, std::move(by));
}

Bounded random_crop(const LayerCall& call) {
  require(!call.training, "random in training: see layer-property");
  require(has_size(call), "resized at inference");
  return call.inputs[0];
}

const LayerRegistrar registrars[] = {
    {"Resizing", &checked<resizing>},
    {"CenterCrop", &checked<center_crop>},
    {"RandomCrop", &checked<random_crop>},
};
const LayerGradientRegistrar reverse[] = {{"Resizing", &reversed<resizing_reverse>},
                                          {"CenterCrop", &reversed<center_crop_reverse>}};

}  // namespace
}  // namespace kerasan::reference

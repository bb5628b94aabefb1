// Layers that only move elements.
#include <algorithm>
#include <numeric>

#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/interpolate.h"
#include "reference/ops/reverse.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

// Flatten brings channels_first data to channels_last first, so that the order of weights
// after it does not depend on the data format.
Bounded flatten(const LayerCall& call) {
  const Bounded& x = call.inputs[0];
  require(!x.shape.empty(), "input of unexpected rank");
  if (x.shape[0] == 0) throw Unsupported("an empty batch");
  const Shape shape{x.shape[0], std::int64_t(x.size()) / x.shape[0]};
  if (channels_first(call.config) && x.shape.size() > 2) return reshape(to_channels_last(x), shape);
  return reshape(x, shape);
}

Bounded reshape_layer(const LayerCall& call) {
  const Bounded& x = call.inputs[0];
  const auto target = get_ints(call.config, "target_shape");
  require(target && !x.shape.empty() && x.shape[0] > 0, "no target shape");
  Shape shape{x.shape[0]};
  shape.insert(shape.end(), target->begin(), target->end());
  const auto open = std::find(shape.begin(), shape.end(), -1);
  if (open != shape.end()) {
    *open = 1;
    const auto known = std::int64_t(element_count(shape));
    require(known > 0, "target shape of size zero");
    *open = std::int64_t(x.size()) / known;
  }
  return reshape(x, shape);
}

Bounded permute_layer(const LayerCall& call) {
  const auto dims = get_ints(call.config, "dims");
  require(dims.has_value(), "no dims");
  std::vector<std::size_t> perm{0};
  for (std::int64_t dim : *dims) perm.push_back(std::size_t(dim));
  return permute(call.inputs[0], perm);
}

Bounded repeat_vector(const LayerCall& call) {
  const Bounded& x = call.inputs[0];
  require(x.shape.size() == 2, "input of unexpected rank");
  const auto n = std::int64_t(get_number(call.config, "n", -1));
  require(n >= 0, "no n");
  return gather(reshape(x, {x.shape[0], 1, x.shape[1]}), {x.shape[0], n, x.shape[1]},
                [](std::size_t axis, std::int64_t i) { return axis == 1 ? 0 : i; });
}

// The position of the first spatial axis.
std::size_t first_spatial(const LayerCall& call) { return channels_first(call.config) ? 2 : 1; }

// [before, after] for each spatial axis from an int, (a, b) or ((a, b), (c, d)).
Ints edges(const LayerCall& call, std::string_view key, std::size_t spatial) {
  Ints pads = get_ints(call.config, key).value_or(Ints{1});
  if (pads.size() == 1) pads.assign(2 * spatial, pads[0]);
  if (spatial > 1 && pads.size() == spatial) {
    Ints both;
    for (std::int64_t pad : pads) both.insert(both.end(), 2, pad);
    pads = both;
  }
  require(pads.size() == 2 * spatial, std::string(key) + " has an unexpected length");
  return pads;
}

// Sign 1 pads with zeros, -1 crops.
Bounded change_edges(const LayerCall& call, const Ints& pads, std::size_t spatial, int sign) {
  const Bounded& x = call.inputs[0];
  require(x.shape.size() == spatial + 2, "input of unexpected rank");
  const std::size_t first = spatial == 1 ? 1 : first_spatial(call);
  Shape shape = x.shape;
  for (std::size_t i = 0; i < spatial; ++i) {
    shape[first + i] += sign * (pads[2 * i] + pads[2 * i + 1]);
    require(shape[first + i] >= 0, "cropped to nothing");
  }
  return gather(x, shape, [&](std::size_t axis, std::int64_t i) {
    const bool inside = axis >= first && axis < first + spatial;
    return inside ? i - sign * pads[2 * (axis - first)] : i;
  });
}

template <std::size_t kSpatial>
Bounded zero_padding(const LayerCall& call) {
  return change_edges(call, edges(call, "padding", kSpatial), kSpatial, 1);
}

template <std::size_t kSpatial>
Bounded cropping(const LayerCall& call) {
  return change_edges(call, edges(call, "cropping", kSpatial), kSpatial, -1);
}

template <std::size_t kSpatial>
Bounded up_sampling(const LayerCall& call) {
  const Bounded& x = call.inputs[0];
  require(x.shape.size() == kSpatial + 2, "input of unexpected rank");
  const std::string interpolation = get_text(call.config, "interpolation", "nearest");
  const Ints size = get_ints(call.config, "size", kSpatial, Ints(kSpatial, 2));
  const std::size_t first = kSpatial == 1 ? 1 : first_spatial(call);
  Shape shape = x.shape;
  for (std::size_t i = 0; i < kSpatial; ++i) {
    require(size[i] > 0, "size is not positive");
    shape[first + i] *= size[i];
  }
  if (interpolation != "nearest")
    return interpolate(x, first, {shape[first], shape[first + 1]}, interpolation,
                       precision_of(call));
  return gather(x, shape, [&](std::size_t axis, std::int64_t i) {
    return axis >= first && axis < first + kSpatial ? i / size[axis - first] : i;
  });
}

const LayerRegistrar registrars[] = {
    {"Flatten", &checked<flatten>},
    {"Reshape", &checked<reshape_layer>},
    {"Permute", &checked<permute_layer>},
    {"RepeatVector", &checked<repeat_vector>},
    {"ZeroPadding1D", &checked<zero_padding<1>>},
    {"ZeroPadding2D", &checked<zero_padding<2>>},
    {"ZeroPadding3D", &checked<zero_padding<3>>},
    {"Cropping1D", &checked<cropping<1>>},
    {"Cropping2D", &checked<cropping<2>>},
    {"Cropping3D", &checked<cropping<3>>},
    {"UpSampling1D", &checked<up_sampling<1>>},
    {"UpSampling2D", &checked<up_sampling<2>>},
    {"UpSampling3D", &checked<up_sampling<3>>},
};

// An interpolation does more than move elements.
template <std::size_t kSpatial>
Bounded repeated(const LayerCall& call) {
  require(get_text(call.config, "interpolation", "nearest") == "nearest", "interpolation");
  return up_sampling<kSpatial>(call);
}

template <Mover F>
LayerGradient moved_back(const LayerCall& call, const Bounded& seed) {
  return gradient_by_input(call, move_back(F, call, seed));
}

// Each element stays where it was in memory.
LayerGradient reshape_reverse(const LayerCall& call, const Bounded& seed) {
  require(seed.size() == call.inputs[0].size(), "a derivative of another size");
  return gradient_by_input(call, reshape(seed, call.inputs[0].shape));
}

LayerGradient flatten_reverse(const LayerCall& call, const Bounded& seed) {
  if (channels_first(call.config)) return moved_back<flatten>(call, seed);
  return reshape_reverse(call, seed);
}

const LayerGradientRegistrar reverse[] = {
    {"Flatten", &reversed<flatten_reverse>},
    {"Reshape", &reversed<reshape_reverse>},
    {"Permute", &reversed<moved_back<permute_layer>>},
    {"RepeatVector", &reversed<moved_back<repeat_vector>>},
    {"ZeroPadding1D", &reversed<moved_back<zero_padding<1>>>},
    {"ZeroPadding2D", &reversed<moved_back<zero_padding<2>>>},
    {"Cropping1D", &reversed<moved_back<cropping<1>>>},
    {"Cropping2D", &reversed<moved_back<cropping<2>>>},
    {"UpSampling1D", &reversed<moved_back<repeated<1>>>},
    {"UpSampling2D", &reversed<moved_back<repeated<2>>>},
    {"ZeroPadding3D", &reversed<moved_back<zero_padding<3>>>},
    {"Cropping3D", &reversed<moved_back<cropping<3>>>},
    {"UpSampling3D", &reversed<moved_back<repeated<3>>>},
};

}  // namespace
}  // namespace kerasan::reference

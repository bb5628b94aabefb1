// Resizing and CenterCrop; RandomCrop at inference where the input already has the size.
#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/interpolate.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

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

}  // namespace
}  // namespace kerasan::reference

// MaxNumBoundingBoxes: of a dictionary of images, boxes [n, count, 4] and labels [n, count] the
// images stay, and the others get `max_number` entries a row, filled up with -1.
#include <algorithm>

#include "reference/ops/config.h"
#include "reference/ops/guard.h"

namespace kerasan::reference {
namespace {

constexpr double kFill = -1;  // the documented default; another is not part of the config

bool is_boxes(const Bounded& x) { return x.shape.size() == 3 && x.shape[2] == 4; }
bool is_labels(const Bounded& x) { return x.shape.size() == 2; }

// Axis 1 cut or filled up to `count` entries.
Bounded with_entries(const Bounded& x, std::int64_t count) {
  Shape shape = x.shape;
  shape[1] = count;
  Bounded y(shape);
  std::fill(y.value.begin(), y.value.end(), kFill);
  const std::int64_t width = shape.size() == 3 ? shape[2] : 1;
  const std::int64_t kept = std::min(count, x.shape[1]) * width;
  for (std::int64_t n = 0; n < shape[0]; ++n) {
    std::copy_n(x.value.begin() + n * x.shape[1] * width, kept,
                y.value.begin() + n * count * width);
    std::copy_n(x.bound.begin() + n * x.shape[1] * width, kept,
                y.bound.begin() + n * count * width);
  }
  return y;
}

Outputs most_boxes(const LayerCall& call) {
  const double most = get_number(call.config, "max_number", 0);
  require(most >= 1 && most < kMaxElements, "max_number of unexpected size");
  require(get_number(call.config, "fill_value", kFill) == kFill, "another fill_value");
  Outputs outputs;
  std::size_t boxes = 0, labels = 0;
  for (const Bounded& x : call.inputs) {
    const bool limited = is_boxes(x) || is_labels(x);
    boxes += is_boxes(x);
    labels += is_labels(x);
    outputs.push_back(limited ? with_entries(x, std::int64_t(most)) : x);
  }
  require(boxes == 1 && labels == 1 && outputs.size() <= 3, "inputs that cannot be told apart");
  return outputs;
}

const LayerRegistrar registrar{"MaxNumBoundingBoxes", &checked<most_boxes>};

}  // namespace
}  // namespace kerasan::reference

// A rectangle that replaces a part of an image: of another image of the batch (CutMix), of one
// value (RandomErasing).
#include <algorithm>
#include <cmath>

#include "reference/ops/guard.h"
#include "reference/preprocessing/common.h"
#include "reference/preprocessing/encode.h"

namespace kerasan::reference {
namespace {

// The smallest rectangle that holds all pixels of an image which changed.
struct Rectangle {
  std::int64_t top = 0, bottom = -1, left = 0, right = -1;  // inclusive
  bool holds(std::int64_t r, std::int64_t c) const {
    return r >= top && r <= bottom && c >= left && c <= right;
  }
  void take(std::int64_t r, std::int64_t c) {
    if (bottom < top) top = bottom = r, left = right = c;
    top = std::min(top, r), bottom = std::max(bottom, r);
    left = std::min(left, c), right = std::max(right, c);
  }
};

Rectangle changed(const Images& images, std::int64_t n) {
  Rectangle area;
  for (std::int64_t i = 0; i < images.pixels(); ++i)
    for (std::int64_t k = 0; k < images.channels; ++k)
      if (std::fabs(images.y[images.at(n, i, k)] - images.x[images.at(n, i, k)]) > images.slack())
        area.take(i / images.width, i % images.width);
  return area;
}

// Whether the rectangle of the output has the values told.
template <class Value>
bool filled(const Images& images, std::int64_t n, const Rectangle& area, Value value) {
  for (std::int64_t r = area.top; r <= area.bottom; ++r)
    for (std::int64_t c = area.left; c <= area.right; ++c)
      for (std::int64_t k = 0; k < images.channels; ++k) {
        const std::int64_t pixel = r * images.width + c;
        const double want = value(pixel, k);
        if (std::fabs(images.y[images.at(n, pixel, k)] - want) >
            images.slack() + images.u * std::fabs(want))
          return false;
      }
  return true;
}

PropertyResult patched(const LayerCall& call) {
  const Images images = images_of(call);
  require(double(images.n) * double(images.x.size()) <= 1e8, "too large to search");
  for (std::int64_t n = 0; n < images.n; ++n) {
    const Rectangle area = changed(images, n);
    bool found = area.bottom < area.top;
    for (std::int64_t m = 0; !found && m < images.n; ++m)
      found = filled(images, n, area, [&](std::int64_t pixel, std::int64_t k) {
        return images.x[images.at(m, pixel, k)];
      });
    if (!found)
      return broken("gives for image " + std::to_string(n) +
                    " of the batch no rectangle of another at its place");
  }
  return kept();
}

PropertyResult erased(const LayerCall& call) {
  const auto fill = call.config.find("fill_value");
  require(fill != call.config.end() && fill->is_number(), "erased with noise");
  const double value = fill->get<double>();
  const Images images = images_of(call);
  for (std::int64_t n = 0; n < images.n; ++n)
    if (!filled(images, n, changed(images, n), [&](std::int64_t, std::int64_t) { return value; }))
      return broken("erases something else than a rectangle with fill_value");
  return kept();
}

const PropertyRegistrar registrars[] = {
    {"CutMix", &in_training<patched>},
    {"RandomErasing", &in_training<erased>},
};

}  // namespace
}  // namespace kerasan::reference

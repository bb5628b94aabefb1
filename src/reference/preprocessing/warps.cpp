// Rotation, zoom, translation and shear: each image of the output is a warp of that of the input by
// amounts within the documented limits, with the documented continuation beyond the edges and
// interpolation. The centre of an image is that of its pixels' centres.
#include <cmath>
#include <set>

#include "reference/ops/guard.h"
#include "reference/preprocessing/encode.h"
#include "reference/preprocessing/warp.h"

namespace kerasan::reference {
namespace {

constexpr double kWork = 2e7;  // pixels looked at for one application: about a second

Range both_ways(double f) { return {-std::fabs(f), std::fabs(f)}; }

Warp described(const LayerCall& call) {
  Warp warp;
  const std::string interpolation = get_text(call.config, "interpolation", "bilinear");
  require(interpolation == "bilinear" || interpolation == "nearest",
          "interpolation " + interpolation);
  warp.nearest = interpolation == "nearest";
  warp.fill_mode = get_text(call.config, "fill_mode", "reflect");
  require(warp.fill_mode == "reflect" || warp.fill_mode == "constant" ||
              warp.fill_mode == "nearest" || warp.fill_mode == "wrap",
          "fill_mode " + warp.fill_mode);
  warp.fill_value = get_number(call.config, "fill_value", 0);
  return warp;
}

// Each image of the batch is one of the warps that any of the forms permits.
PropertyResult judge(const Images& images, const std::vector<Warp>& forms, const char* what) {
  double work = kWork;
  for (std::int64_t n = 0; n < images.n; ++n) {
    bool found = false;
    for (const Warp& form : forms) {
      const Found one = find_warp(images, n, form, work);
      if (one == Found::kUnknown)
        return n > 0 ? kept() : PropertyResult{std::nullopt, NotChecked{"too many to search"}};
      if ((found = one == Found::kYes)) break;
    }
    if (!found)
      return broken("gives for image " + std::to_string(n) + " of the batch no " + what +
                    " of it within the limits of its arguments");
  }
  return kept();
}

struct Centre {
  double row, column;
};
Centre centre_of(const Images& images) {
  return {double(images.height - 1) / 2, double(images.width - 1) / 2};
}

// Content moves down by a positive part of the height and right by one of the width.
PropertyResult random_translation(const LayerCall& call) {
  const Images images = images_of(call);
  Warp warp = described(call);
  warp.limits = {factor_range(call, "height_factor", both_ways),
                 factor_range(call, "width_factor", both_ways)};
  const double h = double(images.height), w = double(images.width);
  warp.map = [=](const ParameterBox& p, double r, double c) {
    return Position{r - p.middle[0] * h, c - p.middle[1] * w, p.half[0] * h, p.half[1] * w};
  };
  return judge(images, {warp}, "translation");
}

// Positive: content becomes smaller. Without a width_factor both sides change alike.
PropertyResult random_zoom(const LayerCall& call) {
  const Images images = images_of(call);
  Warp warp = described(call);
  const bool alike = get_numbers(call.config, "width_factor").empty();
  warp.limits = {factor_range(call, "height_factor", both_ways),
                 alike ? Range{0, 0} : factor_range(call, "width_factor", both_ways)};
  const Centre at = centre_of(images);
  warp.map = [=](const ParameterBox& p, double r, double c) {
    const std::size_t k = alike ? 0 : 1;
    const double dr = r - at.row, dc = c - at.column;
    return Position{at.row + dr * (1 + p.middle[0]), at.column + dc * (1 + p.middle[k]),
                    std::fabs(dr) * p.half[0], std::fabs(dc) * p.half[k]};
  };
  return judge(images, {warp}, "zoom");
}

// Positive: content turns counter-clockwise; rows count downwards.
PropertyResult random_rotation(const LayerCall& call) {
  const Images images = images_of(call);
  Warp warp = described(call);
  warp.limits = {factor_range(call, "factor", both_ways), Range{0, 0}};
  const Centre at = centre_of(images);
  warp.map = [=](const ParameterBox& p, double r, double c) {
    const double angle = 2 * M_PI * p.middle[0], turn = 2 * M_PI * p.half[0];
    const double dr = r - at.row, dc = c - at.column, moved = std::hypot(dr, dc) * turn;
    return Position{at.row + std::sin(angle) * dc + std::cos(angle) * dr,
                    at.column + std::cos(angle) * dc - std::sin(angle) * dr, moved, moved};
  };
  return judge(images, {warp}, "rotation");
}

// Whether a pixel is another one of its source than its own: 0 no, 1 its own or the fill, 2
// another.
int copied(const Images& images, std::int64_t n, std::int64_t pixel, const Warp& warp) {
  const double slack = images.slack();
  const auto is = [&](auto value) {
    for (std::int64_t k = 0; k < images.channels; ++k)
      if (std::fabs(images.y[images.at(n, pixel, k)] - value(k)) > slack) return false;
    return true;
  };
  const auto source = [&](std::int64_t i) {
    return is([&](std::int64_t k) { return images.x[images.at(n, i, k)]; });
  };
  if (source(pixel) || is([&](std::int64_t) { return warp.fill_value; })) return 1;
  for (std::int64_t i = 0; i < images.pixels(); ++i)
    if (source(i)) return 2;
  return 0;
}

// What the images of a batch show of the layer as a whole.
struct Shown {
  double shown = 0, changed = 0;  // images that are not constant, and those of them that changed
  bool interpolated = false;
  std::set<std::vector<double>> moved;  // colours of pixels that went to another place

  void take(const Images& images, std::int64_t n, const Warp& warp) {
    bool constant = true, same = true;
    for (std::int64_t i = 0; i < images.pixels(); ++i) {
      std::vector<double> colour;
      for (std::int64_t k = 0; k < images.channels; ++k) {
        const double x = images.x[images.at(n, i, k)], y = images.y[images.at(n, i, k)];
        constant = constant && x == images.x[images.at(n, 0, k)];
        same = same && std::fabs(x - y) <= images.slack();
        colour.push_back(y);
      }
      const int kind = copied(images, n, i, warp);
      interpolated = interpolated || kind == 0;
      if (kind == 2) moved.insert(colour);
    }
    shown += !constant;
    changed += !constant && !same;
  }
};

// Where a warp takes each pixel from is not documented; that it takes it from one position is, and
// so is the share of images that it is applied to.
PropertyResult placed_anywhere(const LayerCall& call) {
  constexpr std::size_t kEnough = 6;  // beyond the corners, which an edge may repeat
  const Images images = images_of(call);
  Warp warp = described(call);
  // A layer without a choice of fill_mode fills with fill_value.
  if (!call.config.contains("fill_mode")) warp.fill_mode = "constant";
  double work = kWork;
  Shown all;
  for (std::int64_t n = 0; n < images.n; ++n) {
    for (std::int64_t i = 0; i < images.pixels(); ++i) {
      const Found found = find_position(images, n, i, warp, work);
      if (found == Found::kNo)
        return broken("gives a pixel that is no interpolation between neighbours of its input",
                      images.y[images.at(n, i, 0)]);
      if (found == Found::kUnknown)
        return n + i > 0 ? kept() : PropertyResult{std::nullopt, NotChecked{"too many to search"}};
    }
    work -= double(images.pixels()) * double(images.pixels());
    all.take(images, n, warp);
  }
  if (!warp.nearest && images.channels > 1 && !all.interpolated && all.moved.size() >= kEnough)
    return broken("moves whole pixels where it is to interpolate");
  if (call.config.contains("factor") && all.changed == 0) {
    const Range factor = factor_range(call, "factor", [](double f) { return Range{0, f}; });
    if (std::pow(1 - (factor.low + factor.high) / 2, all.shown) < kFalseAlarm)
      return broken("changes no image of the batch", 0, (factor.low + factor.high) / 2);
  }
  return kept();
}

const PropertyRegistrar registrars[] = {
    {"RandomShear", &in_training<placed_anywhere>},
    {"RandomPerspective", &in_training<placed_anywhere>},
    {"RandomElasticTransform", &in_training<placed_anywhere>},
    {"RandomTranslation", &in_training<random_translation>},
    {"RandomZoom", &in_training<random_zoom>},
    {"RandomRotation", &in_training<random_rotation>},
};

}  // namespace
}  // namespace kerasan::reference

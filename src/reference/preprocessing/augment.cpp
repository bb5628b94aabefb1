// RandAugment (Cubuk et al. 2020) and AugMix (Hendrycks et al. 2020): drawn operations in a row, of
// which nothing is known but the range of what comes out. Where one operation is asked for, each
// image must be one: a map of the levels of each channel (contrast, equalization, solarization,
// posterization, brightness), a pull towards gray, a filter (sharpness), or pixels from elsewhere
// (rotation, shear, translation).
#include <algorithm>
#include <cmath>

#include "reference/ops/guard.h"
#include "reference/preprocessing/common.h"
#include "reference/preprocessing/encode.h"
#include "reference/preprocessing/operations.h"
#include "reference/preprocessing/warp.h"

namespace kerasan::reference {
namespace {

constexpr double kWork = 2e7;  // positions looked at for one application: about a second
// Black and two grays: parts of the range that an image may go on with beyond its edges.
constexpr double kFills[] = {0, 0.5, 128.0 / 255};

double slack_of(const Images& images) { return 4 * images.slack(); }

// Equal levels of a channel stay equal.
bool maps_levels(const Images& images, std::int64_t n) {
  for (std::int64_t k = 0; k < images.channels; ++k) {
    std::vector<std::pair<double, double>> pixels;
    for (std::int64_t i = 0; i < images.pixels(); ++i)
      pixels.emplace_back(images.x[images.at(n, i, k)], images.y[images.at(n, i, k)]);
    std::sort(pixels.begin(), pixels.end());
    double first = 0;  // the least output of this level
    for (std::size_t i = 0; i < pixels.size(); ++i) {
      if (i == 0 || pixels[i].first != pixels[i - 1].first) first = pixels[i].second;
      if (pixels[i].second - first > slack_of(images)) return false;
    }
  }
  return true;
}

// y = gray + f (x - gray) for all channels of all pixels, cut off at the ends of the range.
bool pulls_to_gray(const Images& images, std::int64_t n, const Range& range) {
  if (images.channels != 3) return false;
  Common factor;
  for (std::int64_t i = 0; i < images.pixels(); ++i) {
    const Luma gray = luma_of(images, n, i);
    const double error = slack_of(images) + gray.error;
    for (std::int64_t k = 0; k < 3; ++k) {
      const double x = images.x[images.at(n, i, k)] - gray.value, y = images.y[images.at(n, i, k)];
      if (std::fabs(x) < 100 * error) continue;
      const double f = (y - gray.value) / x, wide = 4 * error * (1 + std::fabs(f)) / std::fabs(x);
      // A channel at an end of the range tells on one side only.
      const bool above = y > range.low + error, below = y < range.high - error;
      if (x > 0 ? above : below) factor.at_least(f - wide);
      if (x > 0 ? below : above) factor.at_most(f + wide);
    }
  }
  return factor.possible();
}

// Beyond its edges an image goes on as itself, or, which is not said, with black or gray.
bool shows_fill(const Images& images, std::int64_t n, const Range& range) {
  for (std::int64_t i = 0; i < images.pixels(); ++i)
    for (const double share : kFills) {
      const double fill = range.low + share * range.width();
      std::int64_t k = 0;
      while (k < images.channels &&
             std::fabs(images.y[images.at(n, i, k)] - fill) <= slack_of(images))
        ++k;
      if (k == images.channels) return true;
    }
  return false;
}

// Every pixel is what the interpolation shows at some position. How far a fill reaches into the
// interpolation at an edge is open: with one in sight nothing is excluded.
Found takes_from_elsewhere(const Images& images, std::int64_t n, const Range& range, bool nearest,
                           double& work) {
  if (shows_fill(images, n, range)) return Found::kYes;
  Warp form;
  form.nearest = nearest;
  form.fill_mode = "reflect";
  for (std::int64_t i = 0; i < images.pixels(); ++i)
    if (const Found found = find_position(images, n, i, form, work); found != Found::kYes)
      return found;
  return Found::kYes;
}

using Colour = std::vector<double>;

// What a pixel may be that is taken from elsewhere as a whole.
std::vector<Colour> whole_colours(const Images& images, std::int64_t n, const Range& range) {
  std::vector<Colour> colours;
  for (std::int64_t i = 0; i < images.pixels(); ++i) {
    const auto at = images.x.begin() + std::ptrdiff_t(images.at(n, i, 0));
    colours.emplace_back(at, at + images.channels);
  }
  for (const double share : kFills)
    colours.emplace_back(std::size_t(images.channels), range.low + share * range.width());
  std::sort(colours.begin(), colours.end());
  colours.erase(std::unique(colours.begin(), colours.end()), colours.end());
  return colours;
}

// The t within [0, 1] with which a pixel is x + t (colour - x).
Common part_of(const Images& images, std::int64_t n, std::int64_t pixel, const Colour& colour) {
  const double slack = slack_of(images);
  Common part{0, 1};
  for (std::int64_t k = 0; k < images.channels; ++k) {
    const std::size_t at = images.at(n, pixel, k);
    const double change = images.y[at] - images.x[at], way = colour[std::size_t(k)] - images.x[at];
    if (std::fabs(way) > 100 * slack)
      part.take(change / way, 2 * slack / std::fabs(way));
    else if (std::fabs(change) > 101 * slack)
      part.at_most(-1);
  }
  return part;
}

// Every pixel is a weighted mean of its own and a whole one from elsewhere, with weights that may
// be one and the same.
bool mixes_whole_pixels(const Images& images, std::int64_t n, const Range& range) {
  const std::vector<Colour> colours = whole_colours(images, n, range);
  std::int64_t most = 0;  // the pixel that tells the weight best
  double change = -1;
  for (std::int64_t i = 0; i < images.pixels(); ++i)
    for (std::int64_t k = 0; k < images.channels; ++k) {
      const std::size_t at = images.at(n, i, k);
      if (std::fabs(images.y[at] - images.x[at]) <= change) continue;
      change = std::fabs(images.y[at] - images.x[at]);
      most = i;
    }
  const auto fits = [&](const Common& weight, std::int64_t pixel) {
    return std::any_of(colours.begin(), colours.end(), [&](const Colour& colour) {
      Common part = part_of(images, n, pixel, colour);
      part.at_least(weight.low);
      part.at_most(weight.high);
      return part.possible();
    });
  };
  return std::any_of(colours.begin(), colours.end(), [&](const Colour& colour) {
    const Common weight = part_of(images, n, most, colour);
    bool all = weight.possible();
    for (std::int64_t i = 0; all && i < images.pixels(); ++i) all = fits(weight, i);
    return all;
  });
}

bool takes_whole_pixels(const Images& images, std::int64_t n, const Range& range) {
  const std::vector<Colour> colours = whole_colours(images, n, range);
  for (std::int64_t i = 0; i < images.pixels(); ++i) {
    const bool whole = std::any_of(colours.begin(), colours.end(), [&](const Colour& colour) {
      for (std::int64_t k = 0; k < images.channels; ++k)
        if (std::fabs(images.y[images.at(n, i, k)] - colour[std::size_t(k)]) > slack_of(images))
          return false;
      return true;
    });
    if (!whole) return false;
  }
  return true;
}

bool interpolates(const LayerCall& call) {
  const std::string interpolation = get_text(call.config, "interpolation", "bilinear");
  require(interpolation == "bilinear" || interpolation == "nearest",
          "interpolation " + interpolation);
  return interpolation == "bilinear";
}

// Each image is one operation of the paper on that of the input.
PropertyResult one_operation(const LayerCall& call, const Images& images) {
  const Range range = value_range(call);
  const bool nearest = !interpolates(call);
  double work = kWork;
  int moved = 0, whole = 0;  // images with pixels from elsewhere; of them, those of whole pixels
  for (std::int64_t n = 0; n < images.n; ++n) {
    if (maps_levels(images, n) || pulls_to_gray(images, n, range) ||
        kernel_misfit(images, n, 1, 1, range) <= slack_of(images))
      continue;
    const Found found = takes_from_elsewhere(images, n, range, nearest, work);
    if (found == Found::kNo)
      return broken("gives for image " + std::to_string(n) +
                    " of the batch no single operation on it, where one is asked for");
    if (found == Found::kUnknown) return kept();
    moved += 1;
    whole += takes_whole_pixels(images, n, range);
  }
  // A drawn amount is a whole number of pixels with a chance of 0.
  if (!nearest && whole == moved && whole >= 3)
    return broken("moves whole pixels where it is to interpolate");
  return kept();
}

// One chain of at most one operation, mixed with the image. Without interpolation a mixture can be
// told; the operations that `all_ops` adds are cut off at the ends of the range before, so that
// theirs cannot.
PropertyResult one_link(const Images& images, const Range& range) {
  const double pixels = double(images.pixels());
  require(pixels * pixels * double(images.x.size()) <= 1e8, "too large to search");
  for (std::int64_t n = 0; n < images.n; ++n)
    if (!maps_levels(images, n) && !mixes_whole_pixels(images, n, range))
      return broken("gives for image " + std::to_string(n) +
                    " of the batch no mixture of it and a single operation on it");
  return kept();
}

PropertyResult mixed_chains(const LayerCall& call) {
  const PropertyResult within = within_range(call);
  if (within.broken || within.not_checked) return within;
  const bool one = get_number(call.config, "num_chains", 3) == 1 &&
                   get_number(call.config, "chain_depth", 3) == 1 &&
                   !get_flag(call.config, "all_ops", true) && !interpolates(call);
  return one ? one_link(images_of(call), value_range(call)) : within;
}

PropertyResult augmented(const LayerCall& call) {
  const PropertyResult within = within_range(call);
  if (within.broken || within.not_checked) return within;
  const Images images = images_of(call);
  if (get_number(call.config, "num_ops", 2) != 1) return within;
  require(double(images.x.size()) <= 1e6, "too large to search");
  return one_operation(call, images);
}

const PropertyRegistrar registrars[] = {
    {"RandAugment", &in_training<augmented>},
    {"AugMix", &in_training<mixed_chains>},
};

}  // namespace
}  // namespace kerasan::reference

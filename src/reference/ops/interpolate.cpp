// Weights: linear; Keys's cubic with a = -1/2 (Keys 1981, "Cubic convolution interpolation");
// Lanczos (Duchon 1979). Taps outside of the image are left out and the rest scaled to sum to 1;
// for "linear" that is the nearest pixel.
#include "reference/ops/interpolate.h"

#include <algorithm>
#include <cmath>

#include "reference/ops/guard.h"

namespace kerasan::reference {
namespace {

struct Kernel {
  double radius;
  double (*weight)(double);
  double slope;  // Lipschitz constant
};

double linear(double x) { return std::max(0.0, 1 - std::fabs(x)); }

double cubic(double x) {
  const double t = std::fabs(x);
  if (t >= 2) return 0;
  return t < 1 ? (1.5 * t - 2.5) * t * t + 1 : ((-0.5 * t + 2.5) * t - 4) * t + 2;
}

double sinc(double x) { return x == 0 ? 1 : std::sin(x) / x; }

template <int kRadius>
double lanczos(double x) {
  const double t = M_PI * x;
  return std::fabs(x) >= kRadius ? 0 : sinc(t) * sinc(t / kRadius);
}

Kernel kernel_of(const std::string& interpolation) {
  if (interpolation == "bilinear") return {1, linear, 1};
  if (interpolation == "bicubic") return {2, cubic, 1.5};
  if (interpolation == "lanczos3") return {3, lanczos<3>, 2};
  if (interpolation == "lanczos5") return {5, lanczos<5>, 2};
  throw Unsupported("interpolation " + interpolation);
}

struct Taps {
  std::int64_t first = 0;
  std::vector<double> weight;
  double error = 0;  // of each weight
};

// A framework may hold the weights of the cubic in a table of 1024 steps between two pixels.
constexpr double kCubicSteps = 1024;

Taps taps_at(std::int64_t i, std::int64_t n, std::int64_t m, const Kernel& kernel, Precision p) {
  const double scale = double(n) / double(m);
  const double at = (double(i) + 0.5) * scale - 0.5;
  double drift = 4 * p.u * (std::fabs(at) + 1);  // the position is computed with few roundings
  if (kernel.weight == &cubic && std::fmod(at * kCubicSteps, 1) != 0) drift += 0.5 / kCubicSteps;
  Taps taps;
  taps.first = std::max<std::int64_t>(0, std::int64_t(std::ceil(at - kernel.radius)));
  const auto last = std::min<std::int64_t>(n - 1, std::int64_t(std::floor(at + kernel.radius)));
  double sum = 0;
  for (std::int64_t k = taps.first; k <= last; ++k) {
    taps.weight.push_back(kernel.weight(double(k) - at));
    sum += taps.weight.back();
  }
  for (double& weight : taps.weight) weight /= sum;
  const double count = double(taps.weight.size());
  // Each weight moves by slope * drift, and the sum that scales it by as much for each of them.
  taps.error = (kernel.slope * drift * (1 + count) + 16 * p.u) / std::fabs(sum);
  return taps;
}

struct Lines {
  std::size_t outer, n, inner;
};

Lines lines_of(const Shape& shape, std::size_t axis) {
  Lines lines{1, std::size_t(shape[axis]), 1};
  for (std::size_t i = 0; i < axis; ++i) lines.outer *= std::size_t(shape[i]);
  for (std::size_t i = axis + 1; i < shape.size(); ++i) lines.inner *= std::size_t(shape[i]);
  return lines;
}

Bounded along(const Bounded& x, std::size_t axis, std::int64_t length, const Kernel& kernel,
              Precision p) {
  const Lines lines = lines_of(x.shape, axis);
  Shape shape = x.shape;
  shape[axis] = length;
  Bounded y(shape);
  for (std::int64_t i = 0; i < length; ++i) {
    const Taps taps = taps_at(i, std::int64_t(lines.n), length, kernel, p);
    const double g = gamma(double(taps.weight.size()) + 2, p);
    for (std::size_t o = 0; o < lines.outer; ++o)
      for (std::size_t k = 0; k < taps.weight.size(); ++k) {
        const double weight = taps.weight[k], size = std::fabs(weight);
        const std::size_t from = (o * lines.n + std::size_t(taps.first) + k) * lines.inner;
        const std::size_t to = (o * std::size_t(length) + std::size_t(i)) * lines.inner;
        for (std::size_t c = 0; c < lines.inner; ++c) {
          y.value[to + c] += weight * x.value[from + c];
          y.bound[to + c] += (size + taps.error) * x.bound[from + c] +
                             (g * size + taps.error) * std::fabs(x.value[from + c]) + p.tiny;
        }
      }
  }
  return y;
}

// The pixel that the centre lies in; where it is as good as on an edge, either neighbour.
Bounded nearest(const Bounded& x, std::size_t axis, std::int64_t length, Precision p) {
  const Lines lines = lines_of(x.shape, axis);
  Shape shape = x.shape;
  shape[axis] = length;
  Bounded y(shape);
  for (std::int64_t i = 0; i < length; ++i) {
    const double at = (double(i) + 0.5) * double(lines.n) / double(length);
    const auto pixel = std::min(std::size_t(at), lines.n - 1);
    const double edge = std::round(at);
    const bool unsure =
        std::fabs(at - edge) <= 8 * p.u * (at + 1) && edge > 0 && edge < double(lines.n);
    const std::size_t other = unsure ? std::size_t(edge) - (pixel == std::size_t(edge)) : pixel;
    for (std::size_t o = 0; o < lines.outer; ++o)
      for (std::size_t c = 0; c < lines.inner; ++c) {
        const std::size_t to = (o * std::size_t(length) + std::size_t(i)) * lines.inner + c;
        const std::size_t a = (o * lines.n + pixel) * lines.inner + c;
        const std::size_t b = (o * lines.n + other) * lines.inner + c;
        y.value[to] = x.value[a];
        y.bound[to] = std::max(x.bound[a], x.bound[b]) + std::fabs(x.value[a] - x.value[b]);
      }
  }
  return y;
}

}  // namespace

Bounded interpolate(const Bounded& x, std::size_t first, const std::array<std::int64_t, 2>& lengths,
                    const std::string& interpolation, Precision p) {
  require(x.shape.size() >= first + 2, "input of unexpected rank");
  Bounded y = x;
  for (std::size_t i = 0; i < 2; ++i) {
    require(x.shape[first + i] > 0 && lengths[i] > 0, "no pixels");
    require(double(y.size()) / double(y.shape[first + i]) * double(lengths[i]) <= kMaxElements,
            "too large to recompute");
    y = interpolation == "nearest" ? nearest(y, first + i, lengths[i], p)
                                   : along(y, first + i, lengths[i], kernel_of(interpolation), p);
  }
  return y;
}

}  // namespace kerasan::reference

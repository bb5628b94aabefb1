#include "reference/ops/conv_transform.h"

#include <bit>
#include <cmath>

namespace kerasan::reference {
namespace {

// log2 of the points of a transform along one axis.
int levels(const Window& window, std::int64_t n) {
  const std::int64_t points = n + (window.size - 1) * window.dilation;
  return points <= 1 ? 0 : int(std::bit_width(std::uint64_t(points - 1)));
}

// As a share of the sum, over `parts` pairs, of the products of norms.
double share(const Volume& x, const Windows& w, double parts, Precision p) {
  const int all =
      levels(w.planes, x.shape[1]) + levels(w.rows, x.shape[2]) + levels(w.columns, x.shape[3]);
  return gamma(3 * 8 * double(all) + parts + 4, p.u);
}

// Norms over all but the first and the last axis.
std::vector<double> norms(const Bounded& x, std::size_t first, std::size_t last) {
  std::vector<double> out(first * last);
  const std::size_t inner = out.empty() ? 0 : x.size() / out.size();
  for (std::size_t i = 0; i < first; ++i)
    for (std::size_t k = 0; k < inner; ++k)
      for (std::size_t j = 0; j < last; ++j) {
        const std::size_t at = (i * inner + k) * last + j;
        const double size = std::fabs(x.value[at]) + x.bound[at];
        out[i * last + j] += size * size;
      }
  for (double& v : out) v = std::sqrt(v);
  return out;
}

// bound[i, ..., j] += by[i, j]
void add(Bounded& x, const std::vector<double>& by, std::size_t first, std::size_t last) {
  const std::size_t inner = by.empty() ? 0 : x.size() / by.size();
  for (std::size_t i = 0; i < first; ++i)
    for (std::size_t k = 0; k < inner; ++k)
      for (std::size_t j = 0; j < last; ++j)
        x.bound[(i * inner + k) * last + j] += by[i * last + j];
}

struct Sides {
  std::size_t images, channels, depth, filters, each;  // depth, each: of one group
  std::vector<double> x, kernel;                       // norms [images, channels], [depth, filters]

  Sides(const Volume& volume, const Bounded& k, std::int64_t groups)
      : images(std::size_t(volume.shape[0])),
        channels(std::size_t(volume.shape[4])),
        depth(std::size_t(k.shape[3])),
        filters(std::size_t(k.shape[4])),
        each(filters / std::size_t(groups)),
        x(norms(volume.data, images, channels)) {
    // [windows, depth * filters]: of each pair of channels.
    kernel = norms(k, 1, depth * filters);
  }
  std::size_t channel(std::size_t d, std::size_t f) const { return f / each * depth + d; }
};

}  // namespace

void allow_transform(Bounded& y, const Volume& x, const Bounded& kernel, const Windows& w,
                     std::int64_t groups, Precision p) {
  if (!p.transforms || y.size() == 0) return;
  const Sides s(x, kernel, groups);
  const double c = share(x, w, double(s.depth), p);
  std::vector<double> by(s.images * s.filters);
  for (std::size_t n = 0; n < s.images; ++n)
    for (std::size_t d = 0; d < s.depth; ++d)
      for (std::size_t f = 0; f < s.filters; ++f)
        by[n * s.filters + f] +=
            c * s.x[n * s.channels + s.channel(d, f)] * s.kernel[d * s.filters + f];
  add(y, by, s.images, s.filters);
}

void allow_transform_reverse(Bounded& input, Bounded& by_kernel, const Volume& x,
                             const Bounded& kernel, const Bounded& seed, const Windows& w,
                             std::int64_t groups, Precision p) {
  if (!p.transforms || seed.size() == 0) return;
  const Sides s(x, kernel, groups);
  const std::vector<double> out = norms(seed, s.images, s.filters);
  const double by_x = share(x, w, double(s.each), p), by_w = share(x, w, double(s.images), p);
  std::vector<double> of_x(s.images * s.channels), of_w(s.depth * s.filters);
  for (std::size_t n = 0; n < s.images; ++n)
    for (std::size_t d = 0; d < s.depth; ++d)
      for (std::size_t f = 0; f < s.filters; ++f) {
        const std::size_t at = n * s.channels + s.channel(d, f), k = d * s.filters + f;
        of_x[at] += by_x * out[n * s.filters + f] * s.kernel[k];
        of_w[k] += by_w * out[n * s.filters + f] * s.x[at];
      }
  if (input.size() > 0) add(input, of_x, s.images, s.channels);
  add(by_kernel, of_w, 1, s.depth * s.filters);
}

}  // namespace kerasan::reference

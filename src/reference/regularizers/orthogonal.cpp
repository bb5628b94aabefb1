// OrthogonalRegularizer: factor times the mean of the dot products between the L2-normalized rows
// (or columns), without those of a row with itself. As documented it does not say whether a
// product counts by its size, nor what a row of zeros becomes: sizes, and not checked.
#include "reference/regularizers/regularized.h"

namespace kerasan::reference {
namespace {

struct Vectors {
  std::int64_t count, length, step, stride;  // element i of vector r is at r * step + i * stride
};

RegularizerResult orthogonal(const RegularizerCall& call) {
  const Shape& shape = call.variable.shape;
  require(shape.size() == 2, "a variable that is not a matrix");
  const std::string mode = get_text(call.config, "mode", "rows");
  require(mode == "rows" || mode == "columns", "mode " + mode);
  const Vectors v = mode == "rows" ? Vectors{shape[0], shape[1], shape[1], 1}
                                   : Vectors{shape[1], shape[0], 1, shape[1]};
  require(v.count > 1, "one vector alone");
  require(double(v.count) * double(v.count) * double(v.length) < kMaxProducts, "a large matrix");
  const Precision p = precision_of(call.precision, call.products.matmul);
  const auto at = [&](std::int64_t r, std::int64_t i) {
    return call.variable.value[static_cast<std::size_t>(r * v.step + i * v.stride)];
  };
  std::vector<double> norm(static_cast<std::size_t>(v.count));
  for (std::int64_t r = 0; r < v.count; ++r) {
    double sum = 0;
    for (std::int64_t i = 0; i < v.length; ++i) sum += at(r, i) * at(r, i);
    // Shorter ones are divided by a fuzz factor that is not documented.
    require(sum > 1e-6, "a vector of about zero");
    norm[static_cast<std::size_t>(r)] = std::sqrt(sum);
  }
  double sum = 0, magnitudes = 0;
  for (std::int64_t r = 0; r < v.count; ++r)
    for (std::int64_t s = 0; s < r; ++s) {
      double dot = 0, size = 0;
      for (std::int64_t i = 0; i < v.length; ++i) {
        dot += at(r, i) * at(s, i);
        size += std::abs(at(r, i) * at(s, i));
      }
      const double scale = norm[static_cast<std::size_t>(r)] * norm[static_cast<std::size_t>(s)];
      sum += std::abs(dot) / scale;
      magnitudes += size / scale;
    }
  // Two norms (n / 2 + 9 roundings each), two divisions, a product, and the sum of all pairs with
  // the diagonal, of at most `count` in all, taken away again.
  const double n = double(v.length), pairs = double(v.count) * double(v.count);
  const double error =
      gamma(2 * n + 24, p.u) * magnitudes +
      (gamma(pairs, p.u) + p.factor * (2 + p.factor)) * (2 * magnitudes + double(v.count));
  const Approx total{sum, error, p.u, p.tiny};
  const Approx mean = total / Approx::exact(double(v.count) * double(v.count - 1) / 2, p);
  const Approx penalty = Approx::rounded(get_number(call.config, "factor", 0.01), p) * mean;
  return {penalty.value, penalty.bound, std::nullopt, {}};
}

const RegularizerRegistrar by_class{"OrthogonalRegularizer", &regularized<orthogonal>};
const RegularizerRegistrar by_name{"orthogonal_regularizer", &regularized<orthogonal>};

}  // namespace
}  // namespace kerasan::reference

// SpectralNormalization (Miyato et al. 2018): in training the kernel of the inner layer is divided
// by an estimate of its largest singular value, from `power_iterations` steps that begin with the
// stored vector u; at inference the kernel is used as it is.
#include <cmath>
#include <limits>

#include "reference/layers/wrapper.h"
#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/matmul.h"
#include "reference/ops/moments.h"
#include "reference/ops/reverse.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

// v = unit(u w'), u = unit(v w), as often as asked for; sigma = v w u'.
struct Estimate {
  double value, bound;
};

Estimate largest_singular_value(const Bounded& w, Bounded u, int iterations, Precision p) {
  const Bounded transposed = permute(w, {1, 0});
  Bounded v;
  for (int i = 0; i < iterations; ++i) {
    v = unit_length(matmul(u, transposed, p), {1}, p);
    u = unit_length(matmul(v, w, p), {1}, p);
  }
  const Bounded sigma = matmul(matmul(v, w, p), permute(u, {1, 0}), p);
  return {sigma.value[0], sigma.bound[0]};
}

std::size_t kernel_place(const LayerCall& call) {
  for (std::size_t i = 0; i < call.weight_names.size(); ++i)
    if (call.weight_names[i] == "kernel" || call.weight_names[i] == "embeddings") return i;
  throw Unsupported("no kernel was recorded");
}

// The call of the layer inside, with the kernel that it works with.
LayerCall normalized(const LayerCall& call) {
  const Precision p = precision_of(call);
  LayerCall inner = inner_call(call, wrapped(call));
  if (call.training) {
    Bounded& kernel = inner.weights[kernel_place(call)];
    const Bounded* found = find_weight(call, "vector_u");
    const Bounded u = found != nullptr ? *found : get_weight(call, "sn_u");
    const std::int64_t last = kernel.shape.back();
    require(last > 0 && u.size() == std::size_t(last), "vector_u of unexpected size");
    const auto iterations = int(get_number(call.config, "power_iterations", 1));
    const Bounded flat = reshape(kernel, {std::int64_t(kernel.size()) / last, last});
    const Estimate sigma = largest_singular_value(flat, reshape(u, {1, last}), iterations, p);
    const double low = std::fabs(sigma.value) - sigma.bound;
    require(low > 0, "the singular value is not told from zero");
    for (std::size_t i = 0; i < kernel.size(); ++i) {
      const double v = kernel.value[i] / sigma.value;
      kernel.bound[i] =
          kernel.bound[i] / low + std::fabs(v) * (sigma.bound / low + 2 * p.u) + p.tiny;
      kernel.value[i] = v;
    }
  }
  return inner;
}

Bounded spectral_normalization(const LayerCall& call) { return run_single(normalized(call)); }

// Whether the derivative by the kernel is that by the normalized one, which the layer keeps in its
// place, or goes on through the singular value (Miyato et al., equation 12) is not documented.
LayerGradient spectral_normalization_reverse(const LayerCall& call, const Bounded& seed) {
  LayerGradient out = run_inner_reverse(normalized(call), {seed});
  if (call.training)
    if (auto& kernel = out.weights.at(kernel_place(call)))
      kernel->bound.assign(kernel->size(), std::numeric_limits<double>::infinity());
  return out;
}

const LayerGradientRegistrar reverse{"SpectralNormalization",
                                     &reversed<spectral_normalization_reverse>};

const LayerRegistrar registrar{"SpectralNormalization", &checked<spectral_normalization>};

}  // namespace
}  // namespace kerasan::reference

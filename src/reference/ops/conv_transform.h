// Convolutions that a library does through a transform.
#pragma once

#include "reference/ops/conv.h"

namespace kerasan::reference {

// Libraries of graphics processors multiply the Fourier transforms of images and kernels where that
// is faster, or use minimal filtering: then an output is off by a share of the norms of the whole
// image and kernel, however small the products are that it sums. By Parseval's theorem and the
// error of the fast Fourier transform (Higham, Accuracy and Stability of Numerical Algorithms,
// theorem 24.2: eta = mu + gamma_4 (sqrt 2 + mu) for each of log2 N levels, here with mu = 2 u),
// for three transforms, the product and the sum over channels. Each of these does nothing unless
// p.transforms.
void allow_transform(Bounded& y, const Volume& x, const Bounded& kernel, const Windows& w,
                     std::int64_t groups, Precision p);
// For the derivatives by x (of size 0: not wanted) and by the kernel, of the derivative `seed` by
// y.
void allow_transform_reverse(Bounded& input, Bounded& by_kernel, const Volume& x,
                             const Bounded& kernel, const Bounded& seed, const Windows& w,
                             std::int64_t groups, Precision p);

}  // namespace kerasan::reference

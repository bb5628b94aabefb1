// The plainest and most frequent work, over elements that lie side by side.
#pragma once

#include <cmath>
#include <cstddef>

namespace kerasan::reference {

// A product with an exact zero is zero, however wide the bound of the other factor.
inline double times(double a, double b) { return (a == 0) | (b == 0) ? 0 : a * b; }
// A number of an interval, with what its magnitude may be: the bound of products with it.
inline double bound_of_product(double a, double da, double b, double db) {
  return times(std::fabs(a), db) + times(da, std::fabs(b)) + times(da, db);
}

}  // namespace kerasan::reference

namespace kerasan::reference::lines {

// Values and their bounds.
struct Line {
  double* value;
  double* bound;
  std::size_t size;
};

// bound = scale products + always.
void restore(Line to, const float* products, double scale, double always);
// bound += scale products + always.
void add_restored(double* bound, const float* products, std::size_t size, double scale,
                  double always);
// Adds products and what restores their bounds, to a sum of so many that g is its gamma.
void add_products(Line to, const double* value, const float* products, double scale, double always,
                  double g);
// Adds what comes next to sums that are each off by what they gather, a share g of their parts.
void add_parts(Line to, const double* value, const double* bound, double g);
// value + bias, where what the bias adds to the bound of the sum is `drift`.
void add_bias(Line to, const double* bias, const double* drift, double u);
// a b, each rounded.
void multiply(Line to, const double* a, const double* a_bound, const double* b,
              const double* b_bound, double u, double tiny);
// max(value, 0).
void rectify(Line to);
// The derivative of max(x, 0) = y within its bound, times the seed. Where y and its bound are zero,
// x was negative.
void rectify_reverse(Line to, const double* y, const double* y_bound, const double* seed,
                     const double* seed_bound, double u, double tiny);
// The same by x, where both one-sided derivatives count at 0.
void relu_reverse(Line to, const double* x, const double* x_bound, const double* seed,
                  const double* seed_bound, double u, double tiny);
// Of elements x of a window: the largest of them is at least `floor`; how many may be it; and what
// one of them gets of what the largest gets.
void raise(double* floor, const double* x, const double* x_bound, std::size_t size);
void count_reaching(double* count, const double* floor, const double* x, const double* x_bound,
                    std::size_t size);
void give_to_reaching(Line to, const double* count, const double* floor, const double* x,
                      const double* x_bound, const double* seed, const double* seed_bound);
// (of_value |value| + of_bound bound) by, rounded to single precision.
void sizes(float* to, const double* value, const double* bound, std::size_t size, double of_value,
           double of_bound, double by);
// The largest finite of_value |value| + of_bound bound; 0 where there is none. A factor of zero
// leaves its part out, whatever that is.
double largest(const double* value, const double* bound, std::size_t size, double of_value,
               double of_bound);

double sum_of_squares(const double* value, std::size_t size);
// The largest of what is not negative; infinity where one is no number.
double most(const double* value, std::size_t size);
// Lowers what is above the limit to it.
void limit(double* value, std::size_t size, double limit);
bool all_zero(const double* value, std::size_t size);
// Whether each magnitude is below the limit; one that is no number is not.
bool all_below(const double* value, std::size_t size, double limit);

}  // namespace kerasan::reference::lines

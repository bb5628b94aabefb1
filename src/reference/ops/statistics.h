// Tests with a chance of a false alarm that holds for every sample size, not in the limit.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/tensor.h"
#include "reference/property.h"

namespace kerasan::reference {

// Whether `hits` of `n` independent trials of chance p are as far off as `alarm` allows to say:
// Chernoff's bound P(|k/n - p| that far) <= 2 exp(-n KL(k/n || p)).
bool unlikely_count(double hits, double n, double p, double alarm);
// The same for the mean and the mean square of n independent standard normal numbers: Mills' bound
// of the tail, and Laurent and Massart (2000), lemma 1, of chi squared.
std::optional<std::string> unlikely_normal(const std::vector<double>& z, double alarm);

// Independent draws of a mask: -1 unknown, 0 kept, 1 dropped.
struct Draws {
  Shape shape;
  std::vector<int> state;
};
// The rate of dropped elements, and that neighbours along each axis agree as often as independent
// ones do. Disjoint pairs are independent of each other.
std::optional<Broken> broken_draws(const Draws& draws, double rate, double alarm);

}  // namespace kerasan::reference

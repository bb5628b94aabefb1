// One unknown amount that all pixels of an image tell, each within its error.
#pragma once

#include <cmath>
#include <string>

#include "reference/preprocessing/images.h"

namespace kerasan::reference {

struct Common {
  double low = -INFINITY, high = INFINITY;
  void at_least(double value) { low = std::max(low, value); }
  void at_most(double value) { high = std::min(high, value); }
  void take(double value, double error) {
    at_least(value - error);
    at_most(value + error);
  }
  bool possible() const { return low <= high; }
  // The pixels must have a value in common, and it must lie in the limits.
  PropertyResult judge(const Range& limits, const std::string& what) const;
};

}  // namespace kerasan::reference

// What becomes of the roundings of a long computation.
#pragma once

#include "reference/bounded.h"

namespace kerasan::reference {

// How an operation bounds what its own roundings do.
enum class Rounding {
  kWorst,        // no order of evaluation and no signs do more
  kIndependent,  // roundings are independent and their mean is zero: their deviation
  kNone,         // values alone; arguments are exact
};

// Takes the place of carrying bounds through a computation of many operations: the outcome of each
// is settled, in their order, before the next one uses it, whose arguments are thus exact.
class Roundings {
 public:
  virtual ~Roundings() = default;
  virtual Rounding kind() const = 0;
  // Takes the bounds of an outcome, and leaves it exact.
  virtual void settle(Bounded& outcome) = 0;
};

}  // namespace kerasan::reference

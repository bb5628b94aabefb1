// What the derivatives of layers have in common.
#pragma once

#include <cmath>
#include <functional>
#include <span>

#include "reference/gradient.h"
#include "reference/ops/guard.h"
#include "reference/ops/lines.h"
#include "reference/ops/matmul.h"
#include "reference/ops/precision.h"

namespace kerasan::reference {

Bounded product(const Bounded& a, const Bounded& b, Precision p);
// The sum of parts of one shape in any order.
Bounded sum_of(std::span<const Bounded> parts, Precision p);
Bounded sum_of(std::vector<Bounded>&& parts, Precision p);
// A sum in any order whose parts come one after the other.
class RunningSum {
 public:
  void add(const Bounded& part);
  Bounded finish(Precision p) &&;

 private:
  Bounded sum_;
  std::vector<double> sizes_;
  double count_ = 0;
};

// The sum of the elements of each group, in any order; `group[i]` is that of element i.
Bounded sum_groups(const Bounded& x, const std::vector<std::size_t>& group, Shape shape,
                   Precision p);
// Over all axes but the last.
Bounded sum_rows(const Bounded& x, Precision p);
// Of a derivative by a broadcast tensor, the one by the tensor itself.
Bounded sum_to(const Bounded& x, const Shape& shape, Precision p);

// For a layer that only moves elements, F: the derivative puts each element back where it came
// from, and adds up where one was used several times.
using Mover = Bounded (*)(const LayerCall& call);
Bounded move_back(Mover forward, const LayerCall& call, const Bounded& seed);

// A gradient with one input, and none by any weight yet.
LayerGradient gradient_by_input(const LayerCall& call, Bounded by_input);
void set_gradient(LayerGradient& gradient, const LayerCall& call, std::string_view weight,
                  Bounded value);

// Wraps `F: (const LayerCall&, const Bounded& seed) -> LayerGradient`, for layers of one input and
// one output; the registered function reports and never throws.
template <LayerGradient (*F)(const LayerCall&, const Bounded&)>
LayerGradient reversed(const LayerCall& call, const std::vector<Bounded>& seeds) {
  try {
    require(call.inputs.size() == 1 && seeds.size() == 1, "several inputs or outputs");
    return F(call, seeds[0]);
  } catch (const std::exception& error) {
    LayerGradient out;
    out.not_checked = NotChecked{call.class_name + ": " + error.what()};
    return out;
  }
}

// The same for any number of inputs and outputs.
template <LayerGradient (*F)(const LayerCall&, const std::vector<Bounded>&)>
LayerGradient reversed_many(const LayerCall& call, const std::vector<Bounded>& seeds) {
  try {
    return F(call, seeds);
  } catch (const std::exception& error) {
    LayerGradient out;
    out.not_checked = NotChecked{call.class_name + ": " + error.what()};
    return out;
  }
}

}  // namespace kerasan::reference

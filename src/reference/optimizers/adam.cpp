// Adam (Kingma & Ba 2015), AMSGrad (Reddi et al. 2018), AdamW (Loshchilov & Hutter 2019).
#include "reference/optimizers/elementwise.h"

namespace kerasan::reference {
namespace {

struct Moments {
  UpdateVariant base;     // what the forms share: the slots
  Bounded first, second;  // after the step; `second` is the largest so far under AMSGrad
};

Moments moments(const Step& s) {
  const Approx b1 = s.hyper("beta_1", 0.9), b2 = s.hyper("beta_2", 0.999);
  const Bounded &m = s.slot("m"), &v = s.slot("v");
  Moments out;
  const Bounded& g = s.gradient_by("m", b1);
  Bounded mean = s.each([&](std::size_t k) { return average(s.at(m, k), s.at(g, k), b1); });
  if (!s.call.gradient) out.base.implied = g;
  out.base.slots["v"] =
      s.each([&](std::size_t k) { return average(s.at(v, k), s.at(g, k) * s.at(g, k), b2); });
  out.first = s.slot_after("m", mean);
  if (s.call.gradient) out.base.slots["m"] = std::move(mean);
  out.second = s.slot_after("v", out.base.slots["v"]);
  if (s.flag("amsgrad")) {
    const Bounded largest = s.slot("vhat");
    out.base.slots["vhat"] =
        s.each([&](std::size_t k) { return larger(s.at(largest, k), s.at(out.second, k)); });
    out.second = s.slot_after("vhat", out.base.slots["vhat"]);
  }
  return out;
}

// Whether the step that was observed is one of this form.
bool tells(const Step& s, const Bounded& after) {
  if (!s.call.update_alone || s.call.after.size() != after.size()) return false;
  for (std::size_t k = 0; k < after.size(); ++k)
    if (!(std::abs(s.call.after.value[k] - after.value[k]) <= after.bound[k])) return false;
  return true;
}

UpdateResult adam(const Step& s) {
  const Approx one = s.exact(1), epsilon = s.hyper("epsilon", 1e-7);
  const Approx c1 = one - power(s.hyper("beta_1", 0.9), s.count());
  const Approx c2 = one - power(s.hyper("beta_2", 0.999), s.count());
  Moments held = moments(s);
  // Section 2, before 2.1: the corrections folded into the rate, "epsilon hat" outside the root.
  UpdateVariant folded = held.base;
  folded.form = "epsilon beside the root of v";
  const Approx rate = s.rate * root(c2) / c1;
  folded.after = s.each([&](std::size_t k) {
    return s.weight(k) - rate * s.at(held.first, k) / (root(s.at(held.second, k)) + epsilon);
  });
  if (tells(s, folded.after)) return {{std::move(folded)}, {}};
  // Algorithm 1.
  UpdateVariant corrected = std::move(held.base);
  corrected.form = "epsilon beside the root of the corrected v";
  corrected.after = s.each([&](std::size_t k) {
    return s.weight(k) -
           s.rate * (s.at(held.first, k) / c1) / (root(s.at(held.second, k) / c2) + epsilon);
  });
  return {{std::move(folded), std::move(corrected)}, {}};
}

const OptimizerRegistrar registrar{"Adam", &stepped<adam>};
const OptimizerRegistrar decayed{"AdamW", &stepped<adam>};

}  // namespace
}  // namespace kerasan::reference

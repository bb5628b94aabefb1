#include "checks/optimizer_judgement.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "checks/finding_text.h"

namespace kerasan::checks {

using reference::Bounded;
using reference::UpdateVariant;

double scale_of(const std::vector<double>& values, const std::vector<double>* from) {
  double scale = 0;
  for (std::size_t k = 0; k < values.size(); ++k)
    scale = std::max(scale, std::abs(from ? values[k] - (*from)[k] : values[k]));
  return scale;
}

namespace {

double largest_of(DType precision) {
  if (precision == DType::kFloat64) return std::numeric_limits<double>::max();
  return precision == DType::kFloat16 ? 65504 : 0x1.fep127;  // of the shorter of the two formats
}

// `scale`: what the bounds are wide against, the largest change.
Distance distance(const std::string& quantity, const Bounded& expected, const Bounded& claimed,
                  double scale, DType precision) {
  const double largest = largest_of(precision);
  Distance d;
  d.quantity = quantity;
  d.count = claimed.size();
  for (std::size_t k = 0; k < claimed.size(); ++k) {
    // What is no number already in the gradient or the weight goes on as none.
    if (std::isnan(expected.value[k]) && std::isnan(claimed.value[k])) continue;
    if (expected.value[k] == claimed.value[k]) continue;  // both infinite, too
    const bool beyond_all = std::abs(expected.value[k]) + expected.bound[k] > largest;
    if (std::isinf(claimed.value[k]) && beyond_all) continue;
    const double bound = expected.bound[k], error = std::abs(claimed.value[k] - expected.value[k]);
    if (bound > scale && error > 0) ++d.wide;
    if (error <= bound) {
      if (error > 0) d.nearest = std::max(d.nearest, error / bound);
      continue;
    }
    ++d.beyond;
    const double factor = bound > 0 && std::isfinite(error) ? error / bound : INFINITY;
    if (factor < d.factor || (d.beyond > 1 && factor == d.factor)) continue;
    d.factor = factor, d.index = k, d.claimed = claimed.value[k], d.expected = expected.value[k],
    d.bound = bound;
  }
  return d;
}

// The first quantity that disagrees: slots come before the weights that follow from them.
Judged judge_form(const StepOfVariable& var, const UpdateVariant& form) {
  Judged out{true, false, {}, &form};
  for (const auto& [name, expected] : form.slots) {
    const auto held = var.call.slots_after.find(name);
    if (held == var.call.slots_after.end() || held->second.size() != expected.size()) continue;
    const Distance d = distance(name, expected, held->second, scale_of(expected.value, nullptr),
                                var.call.precision);
    if (!d.agrees()) return {false, false, d, &form};
  }
  const Distance d =
      distance("", form.after, var.call.after, scale_of(form.after.value, &var.call.before.value),
               var.call.precision);
  out.agrees = d.agrees();
  out.wide = d.wide * 2 > d.count;
  out.worst = d;
  return out;
}

}  // namespace

Judged judge_forms(const StepOfVariable& var, const std::vector<UpdateVariant>& forms) {
  Judged best;
  for (const auto& form : forms) {
    const Judged one = judge_form(var, form);
    if (best.form == nullptr || (one.agrees && (!best.agrees || best.wide)) ||
        (!one.agrees && !best.agrees && one.worst.factor < best.worst.factor))
      best = one;
  }
  return best;
}

std::optional<Bounded> clipped(const OptimizerStep& step, const StepOfVariable& var) {
  const Bounded& g = *var.call.gradient;
  if (step.clipping.kind == "clipvalue") return reference::clip_by_value(g, step.clipping.limit);
  std::vector<const Bounded*> all{&g};
  if (step.clipping.kind == "global_clipnorm") {
    all.clear();
    for (const auto& other : step.variables) {
      if (!other.call.gradient) return std::nullopt;
      all.push_back(&*other.call.gradient);
    }
  }
  return reference::clip_by_norm(g, all, step.clipping.limit, var.call.precision);
}

Finding finding_of_distance(const RuleInfo& rule, const model::Event& event, const model::Run& run,
                            const StepOfVariable& var, const Distance& d, const std::string& who,
                            const std::string& by) {
  const std::string what = d.quantity.empty() ? "the variable" : "slot " + d.quantity;
  const model::Json index = index_of(var.call.before.shape, d.index);
  Finding f = finding_of(rule);
  f.claimed = {{what, number_or_text(d.claimed)}};
  f.recomputed = {{what, number_or_text(d.expected)}};
  f.bound = number_or_text(d.bound);
  f.where = where_of_update(event, run);
  f.message = who + " left " + what + (d.quantity.empty() ? " \"" : " of \"") + var.name +
              "\" at " + index.dump() + " with " + number_text(d.claimed) + ", but " + by + " " +
              number_text(d.expected) + " (" + std::to_string(d.beyond) + " of " +
              std::to_string(d.count) + " elements are outside the bound).";
  f.evidence = {{"variable", var.name},
                {"index", index},
                {"before", number_or_text(var.call.before.value[d.index])},
                {"iteration", var.call.iteration},
                {"elements_beyond", d.beyond},
                {"elements", d.count},
                {"factor", number_or_text(d.factor)}};
  return f;
}

}  // namespace kerasan::checks

// What follows the published update within one step: the variable's constraint, and the moving
// average of the weights (documented: new = momentum old + (1 - momentum) current, and every
// `ema_overwrite_frequency` steps the variable becomes its average).
#include "reference/constraint.h"
#include "reference/optimizers/elementwise.h"

namespace kerasan::reference {
namespace {

constexpr const char* kAverage = "average";

std::vector<Bounded> constrained_forms(const Bounded& weights, const UpdateCall& call,
                                       const Aftermath& more) {
  if (more.constraint.empty()) return {weights};
  const auto function = find_constraint(more.constraint);
  require(function != nullptr, "constraint " + more.constraint);
  const auto result = function({more.constraint, more.constraint_config, weights, call.precision});
  require(!result.not_checked, result.not_checked ? result.not_checked->reason : "");
  return result.forms.empty() ? std::vector<Bounded>{result.value} : result.forms;
}

// One value for what is averaged: of several forms, none is known.
Bounded constrained(const Bounded& weights, const UpdateCall& call, const Aftermath& more) {
  std::vector<Bounded> forms = constrained_forms(weights, call, more);
  if (forms.size() > 1) forms[0].bound.assign(forms[0].size(), detail::unknown());
  return forms[0];
}

Bounded averaged_weights(const UpdateCall& call, const Bounded& weights, double momentum) {
  const Precision p = precision_of(call.precision);
  const Approx beta = Approx::rounded(momentum, precision_of(DType::kFloat32));
  const auto before = call.slots_before.find(kAverage);
  require(before != call.slots_before.end() || momentum == 0, "the average was not recorded");
  Bounded out(weights.shape);
  for (std::size_t k = 0; k < out.size(); ++k) {
    const Approx x{weights.value[k], weights.bound[k], p.u, p.tiny};
    const Approx old{momentum == 0 ? 0 : before->second.value[k], 0, p.u, p.tiny};
    const Approx one = average(old, x, {beta.value, beta.bound, p.u, p.tiny});
    out.value[k] = one.value;
    out.bound[k] = one.bound;
  }
  return out;
}

// The average of weights before or after their constraint.
UpdateVariant averaged_form(const UpdateVariant& form, const UpdateCall& call,
                            const Aftermath& more, double momentum, bool constraint_first) {
  UpdateVariant out = form;
  if (constraint_first) out.after = constrained(form.after, call, more);
  out.slots[kAverage] = averaged_weights(call, out.after, momentum);
  if (more.overwritten) {
    const auto held = call.slots_after.find(kAverage);
    out.after = held != call.slots_after.end() ? held->second : out.slots[kAverage];
  }
  if (!constraint_first) out.after = constrained(out.after, call, more);
  return out;
}

}  // namespace

UpdateResult and_then(UpdateResult update, const UpdateCall& call, const Aftermath& more) {
  if (update.not_checked || (more.constraint.empty() && !more.averages)) return update;
  UpdateResult result;
  try {
    for (const UpdateVariant& form : update.variants) {
      if (!more.averages) {
        for (Bounded& after : constrained_forms(form.after, call, more)) {
          result.variants.push_back(form);
          result.variants.back().after = std::move(after);
        }
        continue;
      }
      for (const bool constraint_first : {true, false}) {
        if (constraint_first && more.constraint.empty()) continue;
        result.variants.push_back(averaged_form(form, call, more, more.momentum, constraint_first));
        // The first average may be the weights themselves.
        if (call.iteration == 0)
          result.variants.push_back(averaged_form(form, call, more, 0, constraint_first));
      }
    }
  } catch (const std::exception& error) {
    result.variants.clear();
    result.not_checked = NotChecked{call.class_name + ": " + error.what()};
  }
  return result;
}

}  // namespace kerasan::reference

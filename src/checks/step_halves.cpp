#include "checks/step_halves.h"

#include <algorithm>
#include <cmath>

#include "model/fields.h"

namespace kerasan::checks {

using model::Json;
using reference::Bounded;

bool too_wide(const Bounded& gradient) {
  const double scale = scale_of(gradient.value, nullptr);
  const auto wide = std::count_if(gradient.bound.begin(), gradient.bound.end(),
                                  [&](double b) { return !(b < scale) && b > 0; });
  return wide * 2 > std::ptrdiff_t(gradient.size());
}

std::map<std::string, double> sizes_beside(const Json& model,
                                           const std::map<std::string, Bounded>& gradients) {
  std::map<std::string, double> out;
  for (const Json* layer : model::leaf_layers(model)) {
    std::map<std::string, double> sizes;
    for (const Json& weight : layer->value("weights", Json::array())) {
      const auto found = gradients.find(model::string_or(weight, "id", ""));
      if (found != gradients.end() && !too_wide(found->second))
        sizes[found->first] = scale_of(found->second.value, nullptr);
    }
    for (const Json& weight : layer->value("weights", Json::array())) {
      const std::string id = model::string_or(weight, "id", "");
      for (const auto& [other, size] : sizes)
        if (other != id) {
          const auto [at, first] = out.try_emplace(id, size);
          if (!first) at->second = std::min(at->second, size);
        }
    }
  }
  return out;
}

namespace {

// Of what the step was made with from what was expected; nullopt where it tells nothing.
std::optional<Distance> distance(const Bounded& used, const Bounded& expected, double beside) {
  if (used.size() != expected.size()) return std::nullopt;
  Distance d;
  d.quantity = "gradient";
  d.count = used.size();
  for (std::size_t k = 0; k < used.size(); ++k) {
    const double bound = expected.bound[k] + used.bound[k],
                 error = std::fabs(used.value[k] - expected.value[k]);
    if (!(bound + std::fabs(expected.value[k]) < beside)) return std::nullopt;
    if (error <= bound) continue;
    ++d.beyond;
    const double factor = bound > 0 && std::isfinite(error) ? error / bound : INFINITY;
    if (d.beyond > 1 && factor <= d.factor) continue;
    d.factor = factor, d.index = k, d.bound = bound;
    d.claimed = used.value[k], d.expected = expected.value[k];
  }
  return d;
}

}  // namespace

Halves judge_halves(const StepOfVariable& var, const std::optional<Bounded>& used, double beside) {
  Halves out;
  StepOfVariable own = var;
  own.call.gradient = used;
  const auto result = outcomes(own, own.call);
  if (result.not_checked) return out;
  const Judged judged = judge_forms(own, result.variants);
  if (judged.form == nullptr || judged.wide) return out;
  out.update = judged.agrees;
  const auto& gradient = used ? used : judged.form->implied;
  if (!gradient) return out;
  const auto d = distance(*gradient, *var.call.gradient, beside);
  if (!d) return out;
  out.told = true;
  out.gradient = *d;
  return out;
}

}  // namespace kerasan::checks

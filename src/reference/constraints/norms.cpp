#include "reference/constraints/norms.h"

#include <algorithm>
#include <sstream>

namespace kerasan::reference {
namespace {

constexpr double kFuzz = 1e-7;  // keras.config.epsilon(), as documented

std::vector<bool> reduced_axes(const ConstraintCall& call) {
  const std::size_t rank = call.variable.shape.size();
  std::vector<bool> reduced(rank, false);
  for (std::int64_t axis : get_ints(call.config, "axis").value_or(Ints{0})) {
    if (axis < 0) axis += static_cast<std::int64_t>(rank);
    require(axis >= 0 && axis < static_cast<std::int64_t>(rank), "axis");
    reduced[static_cast<std::size_t>(axis)] = true;
  }
  return reduced;
}

std::string in_words(const Approx& norm, const Approx& limit, const char* what) {
  std::ostringstream text;
  text << "a norm of " << norm.value << " where the " << what << " is " << limit.value;
  return text.str();
}

}  // namespace

Norms::Norms(const ConstraintCall& call) : precision_(precision_of(call.precision)) {
  const Bounded& x = call.variable;
  const auto reduced = reduced_axes(call);
  std::vector<std::size_t> stride(x.shape.size(), 0);
  std::size_t groups = 1, members = 1;
  for (std::size_t axis = x.shape.size(); axis-- > 0;) {
    if (reduced[axis]) {
      members *= static_cast<std::size_t>(x.shape[axis]);
    } else {
      stride[axis] = groups;
      groups *= static_cast<std::size_t>(x.shape[axis]);
    }
  }
  group_.resize(x.size());
  std::vector<double> sum(groups, 0), carried(groups, 0);
  for (std::size_t k = 0; k < x.size(); ++k) {
    std::size_t rest = k, group = 0;
    for (std::size_t axis = x.shape.size(); axis-- > 0;) {
      const auto extent = static_cast<std::size_t>(x.shape[axis]);
      group += rest % extent * stride[axis];
      rest /= extent;
    }
    group_[k] = group;
    sum[group] += x.value[k] * x.value[k];
    carried[group] += x.bound[k] * (2 * std::abs(x.value[k]) + x.bound[k]);
  }
  const double n = static_cast<double>(members), roundings = gamma(n + 1, precision_.u);
  for (std::size_t g = 0; g < groups; ++g)
    norms_.push_back(
        root({sum[g], carried[g] + roundings * (sum[g] + carried[g]) + n * precision_.tiny,
              precision_.u, precision_.tiny}));
}

Bounded Norms::scaled(const ConstraintCall& call, const std::vector<Approx>& wanted) const {
  Bounded out = call.variable;
  for (std::size_t k = 0; k < out.size(); ++k) {
    const Approx& size = norms_[group_[k]];
    const Approx x{out.value[k], out.bound[k], precision_.u, precision_.tiny};
    Approx factor = wanted[group_[k]] / (size + Approx::rounded(kFuzz, precision_));
    const Approx without = wanted[group_[k]] / size;
    factor.bound = std::max(factor.bound, std::abs(without.value - factor.value) + without.bound);
    // A factor that is not known still keeps each value within the norm wanted.
    const Approx scaled = x * factor;
    const double most = wanted[group_[k]].high() * (1 + 8 * precision_.u);
    out.value[k] = scaled.value;
    out.bound[k] = std::isfinite(scaled.bound) ? scaled.bound : most + std::abs(scaled.value);
  }
  return out;
}

std::string above(const Approx& norm, const Approx& limit) {
  return norm.value - norm.bound > limit.high() ? in_words(norm, limit, "limit") : "";
}

std::string below(const Approx& norm, const Approx& limit) {
  return norm.value + norm.bound < limit.value - limit.bound ? in_words(norm, limit, "least") : "";
}

}  // namespace kerasan::reference

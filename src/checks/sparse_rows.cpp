#include "checks/sparse_rows.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "checks/optimizer_judgement.h"

namespace kerasan::checks {

using reference::Bounded;

namespace {

Bounded rows_of(const Bounded& values, const std::vector<std::size_t>& rows, std::size_t width) {
  Bounded out(Shape{std::int64_t(rows.size()), std::int64_t(width)});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto from = std::ptrdiff_t(rows[i] * width), to = std::ptrdiff_t(i * width);
    std::copy_n(values.value.begin() + from, width, out.value.begin() + to);
    std::copy_n(values.bound.begin() + from, width, out.bound.begin() + to);
  }
  return out;
}

bool unmoved(const StepOfVariable& var) {
  const auto same = [](const auto& slots, const auto& other) {
    return slots.size() == other.size() &&
           std::all_of(slots.begin(), slots.end(), [&](const auto& slot) {
             const auto found = other.find(slot.first);
             return found != other.end() && found->second.value == slot.second.value;
           });
  };
  return var.call.before.value == var.call.after.value &&
         same(var.call.slots_before, var.call.slots_after);
}

}  // namespace

StepOfVariable step_of_rows(const StepOfVariable& var, const std::vector<std::size_t>& rows) {
  const std::size_t width = var.call.before.size() / std::size_t(var.call.before.shape[0]);
  const auto taken = [&](const Bounded& values) { return rows_of(values, rows, width); };
  const auto of_slots = [&](const std::map<std::string, Bounded>& slots) {
    std::map<std::string, Bounded> out;
    for (const auto& [name, slot] : slots) out.emplace(name, taken(slot));
    return out;
  };
  const reference::UpdateCall& whole = var.call;
  reference::UpdateCall call{whole.class_name,
                             whole.config,
                             whole.hyper,
                             whole.iteration,
                             whole.precision,
                             whole.products,
                             taken(whole.before),
                             taken(whole.after),
                             taken(*whole.gradient),
                             of_slots(whole.slots_before),
                             of_slots(whole.slots_after),
                             whole.decays,
                             whole.update_alone};
  return {var.name, var.unchecked, std::move(call), var.more, var.waits, var.unmoved, var.sparse};
}

std::vector<double> lookups(const model::Json& x, const model::Run& run,
                            const std::vector<std::size_t>& rows) {
  std::map<double, double> count;
  double all = 0;
  const auto told = run.tensors(x);
  for (const Tensor& input : told) {
    all += double(input.size());
    for (const double value : input.to_doubles()) ++count[value];
  }
  std::vector<double> times;
  bool each = true;
  for (const std::size_t row : rows) {
    const auto found = count.find(double(row));
    each = each && found != count.end();
    times.push_back(found == count.end() ? 0 : found->second);
  }
  if (!each) times.assign(rows.size(), all);
  if (told.empty() || x.dump().find("$array") != std::string::npos) times.clear();
  return times;
}

void add_roundings(const StepOfVariable& step, const std::vector<double>& times,
                   std::vector<reference::UpdateVariant>& variants) {
  const double u = unit_roundoff(step.call.precision);
  const auto widen = [&](Bounded& value, const Bounded& before) {
    if (value.size() != before.size() || times.empty()) return;
    const std::size_t width = std::max<std::size_t>(value.size() / times.size(), 1);
    for (std::size_t k = 0; k < value.size(); ++k)
      value.bound[k] += u * times[std::min(k / width, times.size() - 1)] *
                        std::max(std::abs(before.value[k]), std::abs(value.value[k]));
  };
  for (auto& variant : variants) {
    widen(variant.after, step.call.before);
    for (auto& [name, slot] : variant.slots)
      if (const auto before = step.call.slots_before.find(name);
          before != step.call.slots_before.end())
        widen(slot, before->second);
  }
}

bool others_follow(const StepOfVariable& var, std::vector<std::size_t>& touched) {
  const auto& g = *var.call.gradient;
  const std::size_t count = std::size_t(g.shape[0]),
                    width = g.size() / std::max<std::size_t>(count, 1);
  std::vector<std::size_t> others;
  for (std::size_t row = 0; row < count; ++row) {
    bool any = false;
    for (std::size_t k = row * width; k < (row + 1) * width; ++k)
      any = any || g.value[k] != 0 || g.bound[k] != 0;
    (any ? touched : others).push_back(row);
  }
  if (others.empty()) return true;
  const StepOfVariable rest = step_of_rows(var, others);
  if (unmoved(rest)) return true;
  const auto result = reference::find_optimizer(var.call.class_name)(rest.call);
  return !result.not_checked && judge_forms(rest, result.variants).agrees;
}

}  // namespace kerasan::checks

#include "reference/schedules/schedule.h"

#include "reference/registry.h"

namespace kerasan::reference {
namespace {

Registry<ScheduleFunction>& registry() {
  static Registry<ScheduleFunction> schedules("schedules");
  return schedules;
}

Approx whole(const Approx& x, double value) {
  // A quotient of integers that is whole comes out exactly; one beside it may be rounded to it.
  const double distance = std::abs(x.value - std::round(x.value));
  require(distance == 0 || distance > x.bound, "at a jump of the schedule");
  return {value, 0, x.u, x.tiny};
}

}  // namespace

ScheduleRegistrar::ScheduleRegistrar(std::string_view class_name, ScheduleFunction function) {
  registry().add(class_name, function);
}

ScheduleFunction find_schedule(std::string_view class_name) { return registry().find(class_name); }

Approx Schedule::number(const std::string& name) const {
  require(config_.contains(name) && config_.at(name).is_number(), name + " is not a number");
  const double value = config_.at(name).get<double>();
  return Approx::rounded(value, precision_of(DType::kFloat32));
}

Approx Schedule::number(const std::string& name, double otherwise) const {
  return has(name) ? number(name) : Approx::rounded(otherwise, precision_of(DType::kFloat32));
}

Approx Schedule::periods() const {
  const Approx passed = step / number("decay_steps");
  return flag("staircase") ? whole_below(passed) : passed;
}

Approx whole_below(const Approx& x) { return whole(x, std::floor(x.value)); }
Approx whole_above(const Approx& x) { return whole(x, std::ceil(x.value)); }

}  // namespace kerasan::reference

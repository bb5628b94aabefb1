// What the formulas of schedules share. They are evaluated in float32.
#pragma once

#include <string>

#include "reference/ops/guard.h"
#include "reference/optimizer.h"
#include "reference/optimizers/approx.h"

namespace kerasan::reference {

class Schedule {
 public:
  Schedule(const nlohmann::json& config, std::int64_t step)
      : config_(config), step(exact(static_cast<double>(step))) {}

  static Approx exact(double value) { return Approx::exact(value, precision_of(DType::kFloat32)); }
  // A number of the configuration, rounded to float32.
  Approx number(const std::string& name) const;
  Approx number(const std::string& name, double otherwise) const;
  bool has(const std::string& name) const {
    return config_.contains(name) && !config_.at(name).is_null();
  }
  bool flag(const std::string& name) const {
    return config_.contains(name) && config_.at(name) == true;
  }
  const nlohmann::json& config() const { return config_; }
  // step / decay_steps, whole where `staircase` is set.
  Approx periods() const;

 private:
  const nlohmann::json& config_;

 public:
  const Approx step;
};

// floor and ceil; throws where a rounding of the argument decides.
Approx whole_below(const Approx& x);
Approx whole_above(const Approx& x);

template <Approx (*F)(const Schedule&)>
ScheduleRate scheduled(const nlohmann::json& config, std::int64_t step) {
  try {
    const Approx rate = F(Schedule(config, step));
    require(std::isfinite(rate.value) && std::isfinite(rate.bound), "the rate is not finite");
    return {rate.value, rate.bound, {}};
  } catch (const std::exception& error) {
    return {0, 0, NotChecked{error.what()}};
  }
}

}  // namespace kerasan::reference

// One step of an optimizer on one variable, and the registry of optimizers.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reference/bounded.h"
#include "reference/layer.h"

namespace kerasan::reference {

// Names of hyperparameters and slots are Keras's own.
struct UpdateCall {
  std::string class_name;
  nlohmann::json config;                // get_config() of the optimizer
  std::map<std::string, double> hyper;  // held at the step; flags are 0 or 1
  std::int64_t iteration = 0;           // steps made before this one
  DType precision = DType::kFloat32;
  Products products;
  Bounded before, after;            // the variable, as observed
  std::optional<Bounded> gradient;  // as the optimizer gets it after clipping
  std::map<std::string, Bounded> slots_before;
  std::map<std::string, Bounded> slots_after;  // as observed
  bool decays = true;                          // weight_decay applies to this variable
  // False where a constraint or a moving average came after the update: then `after` tells nothing
  // of the gradient.
  bool update_alone = true;

  // The held value, else that of the config, else `otherwise`.
  double number(const std::string& name, double otherwise) const;
};

// The outcome under one documented form of the update. A slot without an entry follows from
// nothing that is known.
struct UpdateVariant {
  std::string form;  // the form in words
  std::map<std::string, Bounded> slots;
  Bounded after;
  // The gradient that the step implies, where none is known; clipping must have bounded it.
  std::optional<Bounded> implied;
  bool proves = true;  // false: `after` is as observed, only `implied` says something
};

struct UpdateResult {
  std::vector<UpdateVariant> variants;
  std::optional<NotChecked> not_checked;
};

using UpdateFunction = UpdateResult (*)(const UpdateCall&);

// Used once, at namespace scope, in the file of the optimizer.
struct OptimizerRegistrar {
  OptimizerRegistrar(std::string_view class_name, UpdateFunction function);
};

// nullptr when the class is unknown.
UpdateFunction find_optimizer(std::string_view class_name);

// What follows the update within one step.
struct Aftermath {
  std::string constraint;  // class of the variable's constraint, or empty
  nlohmann::json constraint_config;
  bool averages = false;     // use_ema: the slot "average" follows the weights
  double momentum = 0;       // ema_momentum
  bool overwritten = false;  // this step ends with the average in the variable
};
UpdateResult and_then(UpdateResult update, const UpdateCall& call, const Aftermath& more);

// The gradient after clipping: of each value ("clipvalue"), by the norm of this gradient
// ("clipnorm") or by that of all (`norm_of`: every gradient of the step).
Bounded clip_by_value(const Bounded& gradient, double limit);
Bounded clip_by_norm(const Bounded& gradient, const std::vector<const Bounded*>& norm_of,
                     double limit, DType precision);

// A learning-rate schedule: the rate at a step, or why it is not known.
struct ScheduleRate {
  double value = 0, bound = 0;
  std::optional<NotChecked> not_checked;
};

using ScheduleFunction = ScheduleRate (*)(const nlohmann::json& config, std::int64_t step);

struct ScheduleRegistrar {
  ScheduleRegistrar(std::string_view class_name, ScheduleFunction function);
};

ScheduleFunction find_schedule(std::string_view class_name);

}  // namespace kerasan::reference

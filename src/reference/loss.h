// Losses by their Keras class name: one value for each row, before any weighting.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reference/bounded.h"
#include "reference/layer.h"

namespace kerasan::reference {

struct LossCall {
  nlohmann::json config = nlohmann::json::object();  // from_logits, label_smoothing, delta, ...
  Bounded y_true;
  Bounded y_pred;  // bounds: how far the predictions of the judged run may lie from these
  DType precision = DType::kFloat32;
  bool direct = false;  // exactly these numbers were handed over: nothing was taken from logits
};

// `rows.shape` is the prediction's shape without its last axis.
struct LossRows {
  Bounded rows;
  std::optional<NotChecked> not_checked;
  std::vector<bool> ignored{};  // rows that `ignore_class` leaves out; empty: none
  bool of_batch = false;        // defined over the whole batch: not a mean over its rows
};

using LossFunction = LossRows (*)(const LossCall&);

struct LossRegistrar {
  LossRegistrar(std::string_view class_name, LossFunction function);
};

// "mse", "mean_squared_error", "keras.losses.MeanSquaredError" -> "MeanSquaredError";
// a name that is not a documented loss comes back unchanged.
std::string canonical_loss(std::string_view name);
LossFunction find_loss(std::string_view canonical);

// keras.backend.epsilon() as documented: 1e-7.
inline constexpr double kEpsilon = 1e-7;

}  // namespace kerasan::reference

#include "reference/loss.h"

#include <map>

#include "reference/registry.h"

namespace kerasan::reference {
namespace {

Registry<LossFunction>& registry() {
  static Registry<LossFunction> losses("losses");
  return losses;
}

// Documented names of keras.losses: function, aliases and class.
const std::map<std::string, std::string, std::less<>>& aliases() {
  static const std::map<std::string, std::string, std::less<>> names{
      {"mse", "MeanSquaredError"},
      {"MSE", "MeanSquaredError"},
      {"mean_squared_error", "MeanSquaredError"},
      {"mae", "MeanAbsoluteError"},
      {"MAE", "MeanAbsoluteError"},
      {"mean_absolute_error", "MeanAbsoluteError"},
      {"mape", "MeanAbsolutePercentageError"},
      {"MAPE", "MeanAbsolutePercentageError"},
      {"mean_absolute_percentage_error", "MeanAbsolutePercentageError"},
      {"msle", "MeanSquaredLogarithmicError"},
      {"MSLE", "MeanSquaredLogarithmicError"},
      {"mean_squared_logarithmic_error", "MeanSquaredLogarithmicError"},
      {"huber", "Huber"},
      {"huber_loss", "Huber"},
      {"logcosh", "LogCosh"},
      {"log_cosh", "LogCosh"},
      {"binary_crossentropy", "BinaryCrossentropy"},
      {"bce", "BinaryCrossentropy"},
      {"BCE", "BinaryCrossentropy"},
      {"categorical_crossentropy", "CategoricalCrossentropy"},
      {"sparse_categorical_crossentropy", "SparseCategoricalCrossentropy"},
      {"hinge", "Hinge"},
      {"squared_hinge", "SquaredHinge"},
      {"categorical_hinge", "CategoricalHinge"},
      {"kld", "KLDivergence"},
      {"KLD", "KLDivergence"},
      {"kl_divergence", "KLDivergence"},
      {"kullback_leibler_divergence", "KLDivergence"},
      {"poisson", "Poisson"},
      {"cosine_similarity", "CosineSimilarity"},
      {"cosine_proximity", "CosineSimilarity"},
      {"binary_focal_crossentropy", "BinaryFocalCrossentropy"},
      {"categorical_focal_crossentropy", "CategoricalFocalCrossentropy"},
      {"categorical_generalized_cross_entropy", "CategoricalGeneralizedCrossEntropy"},
      {"dice", "Dice"},
      {"tversky", "Tversky"},
      {"circle", "Circle"},
      {"ctc", "CTC"}};
  return names;
}

}  // namespace

LossRegistrar::LossRegistrar(std::string_view class_name, LossFunction function) {
  registry().add(class_name, function);
}

std::string canonical_loss(std::string_view name) {
  const auto dot = name.rfind('.');
  std::string_view last = dot == std::string_view::npos ? name : name.substr(dot + 1);
  const auto found = aliases().find(last);
  return found == aliases().end() ? std::string(last) : found->second;
}

LossFunction find_loss(std::string_view canonical) { return registry().find(canonical); }

}  // namespace kerasan::reference

// The derivative of what a training step minimises by the predictions and by the weights.
#include <algorithm>
#include <cmath>

#include "checks/layer_call.h"
#include "checks/products_of.h"
#include "checks/training_pass.h"
#include "model/fields.h"
#include "reference/regularizer.h"

namespace kerasan::checks {
namespace {

using model::Json;
using reference::Bounded;

// Factors that a loss gets on its way to the total: weights, 1 / n, the loss weight.
constexpr double kFactors = 8;

// One weight for each row, where a row is a prediction without its last axis.
std::vector<double> row_weights(const Json& value, const model::Run& run, std::size_t rows,
                                std::size_t batch) {
  if (value.is_null()) return std::vector<double>(rows, 1.0);
  const auto tensor = run.tensor(value);
  if (!tensor) throw NotFollowed("sample weights were not recorded");
  std::vector<double> given = tensor->to_doubles();
  if (given.size() == rows) return given;
  if (given.size() != batch || batch == 0 || rows % batch != 0)
    throw NotFollowed("sample weights that do not fit the rows");
  std::vector<double> out;
  for (double w : given) out.insert(out.end(), rows / batch, w);
  return out;
}

std::string weight_of_penalty(const Json& layer, const std::string& argument) {
  const std::string stem = argument.substr(0, argument.size() - std::string("_regularizer").size());
  for (const std::string& name : {stem, stem + "_kernel", std::string("kernel")})
    for (const auto& weight : layer.value("weights", Json::array()))
      if (weight_name(model::string_or(weight, "name", "")) == name &&
          (name != "kernel" || stem == "kernel" || stem == "depthwise"))
        return model::string_or(weight, "id", "");
  throw NotFollowed("the penalty " + argument);
}

template <class Visit>
void for_each_penalty(const Json& layer, Visit visit) {
  const Json config = layer.value("config", Json::object());
  if (!config.is_object()) return;
  for (const auto& [key, value] : config.items())
    if (key.ends_with("regularizer") && !value.is_null()) visit(key, value);
}

}  // namespace

Bounded loss_seed(const Json& step, const model::Run& run, const LossSpec& spec, std::size_t k,
                  const Bounded& predictions, DType precision, bool of_probabilities) {
  const auto function = reference::find_loss_gradient(spec.canonical);
  if (function == nullptr) throw NotFollowed("no derivative for loss " + spec.canonical);
  if (const auto axis = spec.config.find("axis");
      axis != spec.config.end() && axis->is_number() && *axis != -1)
    throw NotFollowed("a loss along another axis");
  const auto target = run.tensor(for_output(step.value("y", Json()), k, spec.output));
  if (!target) throw NotFollowed("the targets were not recorded");
  const auto result =
      function({{spec.config, cast(*target, precision), predictions, precision}, of_probabilities});
  if (result.not_checked) throw NotFollowed(spec.canonical + ": " + result.not_checked->reason);
  Bounded seed = result.gradient;
  const auto last = std::size_t(predictions.shape.back());
  const std::size_t rows = result.rows != 0 ? result.rows : last == 0 ? 0 : seed.size() / last;
  const std::size_t width = seed.size() / std::max<std::size_t>(rows, 1);
  const Json weight = for_output(step.value("sample_weight", Json()), k, spec.output);
  if (result.of_batch && !weight.is_null())
    throw NotFollowed("sample weights of a loss over the whole batch");
  if (rows == 0 || predictions.shape.size() < 2) throw NotFollowed("predictions without rows");
  const auto weights = row_weights(weight, run, rows, std::size_t(predictions.shape[0]));
  const double u = unit_roundoff(precision);
  for (std::size_t i = 0; i < seed.size(); ++i) {
    const double factor = spec.weight * weights[i / width] / double(rows);
    seed.value[i] *= factor;
    seed.bound[i] = seed.bound[i] * std::fabs(factor) +
                    reference::gamma(kFactors, u) *
                        (std::fabs(seed.value[i]) + seed.bound[i] * std::fabs(factor));
  }
  return seed;
}

void add_penalties(const Json& layer, const Json& weights, const model::Run& run,
                   std::map<std::string, std::vector<Bounded>>& parts) {
  for_each_penalty(layer, [&](const std::string& key, const Json& value) {
    if (key == "activity_regularizer") throw NotFollowed("activity_regularizer");
    const std::string id = weight_of_penalty(layer, key);
    const auto tensor = run.tensor(weights.value(id, Json()));
    if (!tensor) throw NotFollowed("the weights were not recorded");
    auto penalty =
        reference::penalty_of(value, Bounded::exact(*tensor), tensor->dtype(), products_of(run));
    if (!penalty) return;
    if (penalty->not_checked) throw NotFollowed(penalty->not_checked->reason);
    if (!penalty->gradient) throw NotFollowed("no derivative for the penalty " + key);
    parts[id].push_back(std::move(*penalty->gradient));
  });
}

std::pair<std::size_t, std::size_t> count_penalties(const Json& model) {
  std::size_t all = 0, training = 0;
  for (const Json* layer : model::leaf_layers(model))
    for_each_penalty(*layer, [&](const std::string&, const Json&) {
      ++all;
      if (layer->value("trainable", Json()) != false) ++training;
    });
  return {all, training};
}

}  // namespace kerasan::checks

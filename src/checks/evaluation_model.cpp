#include "checks/evaluation_model.h"

#include <algorithm>
#include <set>

#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

bool any_key(const Json& value, const auto& test) {
  if (value.is_object()) {
    for (const auto& [key, inner] : value.items())
      if (test(key, inner) || any_key(inner, test)) return true;
  } else if (value.is_array()) {
    for (const auto& inner : value)
      if (any_key(inner, test)) return true;
  }
  return false;
}

}  // namespace

bool truth(const Json& body, const char* name, bool otherwise) {
  const Json* field = kerasan::model::find_field(body, name);
  return field != nullptr && field->is_boolean() ? field->get<bool>() : otherwise;
}

std::string why_not_recomputable(const Json& model, bool training) {
  // A class of the user's may define its own test_step and so what the numbers mean.
  if (!truth(model, "builtin", true) && truth(model, "own_test_step", true))
    return "model class " + kerasan::model::string_or(model, "class", "") +
           " may define its own test step";
  static const std::set<std::string> varying{"Dropout",
                                             "SpatialDropout1D",
                                             "SpatialDropout2D",
                                             "SpatialDropout3D",
                                             "GaussianNoise",
                                             "GaussianDropout",
                                             "AlphaDropout",
                                             "BatchNormalization",
                                             "BatchNormalizationV1",
                                             "BatchNormalizationV2"};
  for (const auto& layer : model.value("layers", Json::array())) {
    const std::string cls = kerasan::model::string_or(layer, "class", "");
    if (cls == "Masking" && model["layers"].size() < 2) return "a masked output";
    if (!training) continue;
    if (varying.contains(cls)) return "a layer that varies in training: " + cls;
    if (!truth(layer, "builtin", true)) return "a layer of the program's own in training: " + cls;
    if (any_key(layer.value("config", Json()), [](const std::string& key, const Json& v) {
          return key.ends_with("dropout") && v.is_number() && v != 0;
        }))
      return "a layer that varies in training: " + cls;
  }
  return {};
}

bool has_masking(const Json& model) {
  for (const auto& layer : model.value("layers", Json::array()))
    if (kerasan::model::string_or(layer, "class", "") == "Masking") return true;
  return any_key(model.value("layers", Json::array()), [](const std::string& key, const Json& v) {
    return key == "mask_zero" && v == true;
  });
}

bool may_have_penalties(const Json& model) {
  for (const auto& layer : model.value("layers", Json::array()))
    if (!truth(layer, "builtin", true)) return true;
  return any_key(model.value("layers", Json::array()), [](const std::string& key, const Json& v) {
    return key.ends_with("regularizer") && !v.is_null();
  });
}

double largest_weight(const Json& model) {
  double largest = 0;
  for (const auto& layer : model.value("layers", Json::array()))
    for (const auto& weight : layer.value("weights", Json::array())) {
      double product = 1;
      for (const auto& d : weight.value("shape", Json::array()))
        if (d.is_number()) product *= d.get<double>();
      largest = std::max(largest, product);
    }
  return largest;
}

std::string saved_as(const Json& model) {
  const auto origin = model.find("origin");
  if (origin == model.end() || !origin->is_object()) return {};
  const auto id = origin->find("saved_as");
  return id != origin->end() && id->is_string() ? id->get<std::string>() : std::string();
}

void take_meanings(const std::optional<CompileSpec>& saved, CompileSpec& loaded) {
  if (!saved) return;
  for (MetricSpec& metric : loaded.metrics)
    for (const MetricSpec& before : saved->metrics)
      if (before.name == metric.name && before.output == metric.output) metric = before;
}

Json validation_result(const Json& fit_result, std::size_t k) {
  Json out = Json::object();
  if (!fit_result.is_object()) return out;
  const Json history = fit_result.value("history", Json::object());
  for (const auto& [name, values] : history.items())
    if (name.starts_with("val_") && values.is_array() && k < values.size())
      out[name.substr(4)] = values[k];
  return out;
}

std::int64_t time_steps(const Json& step, const model::Run& run) {
  const auto inputs = run.tensors(step.value("x", Json()));
  return inputs.empty() || inputs[0].shape().size() < 2 ? 1 : inputs[0].shape()[1];
}

}  // namespace kerasan::checks

#include "checks/evaluation_compile.h"

#include <algorithm>

#include "model/fields.h"
#include "reference/loss.h"
#include "reference/metric.h"
#include "reference/metric_state.h"

namespace kerasan::checks {
namespace {

using model::Json;

std::string text(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

LossSpec one_loss(const Json& value) {
  LossSpec spec;
  if (value.is_null()) return spec;
  std::string name;
  if (value.is_string()) name = value;
  if (value.is_object() && value.contains("$function")) name = text(value, "$function");
  if (value.is_object() && value.contains("$object")) {
    name = text(value, "$object");
    spec.config = value.value("config", Json::object());
    if (!spec.config.is_object()) spec.config = Json::object();
  }
  spec.canonical = reference::canonical_loss(name);
  const std::string reduction = text(spec.config, "reduction");
  if (!of_framework(name) || reference::find_loss(spec.canonical) == nullptr)
    spec.unknown =
        "loss " + (name.empty() ? value.dump() : name) + " is not one of the documented losses";
  else if (!reduction.empty() && reduction != "auto" && reduction != "sum_over_batch_size")
    spec.unknown = "loss reduction " + reduction;
  return spec;
}

// An output is named after the layer that produces it.
std::string output_name(const Json& model, std::size_t k) {
  const Json outputs = model.value("outputs", Json::array());
  if (!outputs.is_array() || k >= outputs.size() || !outputs[k].is_array() || outputs[k].empty())
    return {};
  for (const auto& layer : model.value("layers", Json::array()))
    if (layer.value("id", Json()) == outputs[k][0])
      return kerasan::model::string_or(layer, "name", "");
  return outputs[k][0].is_string() ? outputs[k][0].get<std::string>() : std::string();
}

std::string last_part(const std::string& name) { return name.substr(name.rfind('.') + 1); }

bool is_loss_tracker(const MetricSpec& spec, const std::string& cls) {
  return cls == "Mean" && (spec.name == "loss" || spec.name.ends_with("_loss"));
}

std::string without_output(const MetricSpec& spec) {
  const std::string prefix = spec.output + "_";
  return !spec.output.empty() && spec.name.starts_with(prefix) ? spec.name.substr(prefix.size())
                                                               : spec.name;
}

bool known_metric(const std::string& canonical) {
  return canonical == "accuracy" || canonical == "crossentropy" ||
         reference::find_metric(canonical) != nullptr ||
         reference::find_loss(canonical) != nullptr || reference::has_metric_state(canonical);
}

// The name that decides what the metric computes.
std::string deciding_name(const MetricSpec& spec, const std::string& cls, const std::string& fn) {
  const std::string plain = without_output(spec);
  if (cls != "MeanMetricWrapper" && cls != "SumOverBatchSizeMetricWrapper" && !cls.empty())
    return cls;
  if (plain == "acc" || plain == "accuracy" || plain == "crossentropy" || plain == "ce")
    return plain;
  return fn.empty() ? plain : fn;
}

MetricSpec one_metric(const Json& metric) {
  MetricSpec spec;
  spec.name = text(metric, "name");
  spec.output = text(metric, "output");
  if (metric.contains("config") && metric["config"].is_object()) spec.config = metric["config"];
  if (metric.contains("weighted") && metric["weighted"].is_boolean())
    spec.weighted = metric["weighted"].get<bool>();
  const std::string cls = text(metric, "class"), fn = text(metric, "fn");
  spec.canonical = reference::canonical_metric(deciding_name(spec, last_part(cls), fn));
  // The metric of this name has another sign in some generations.
  if (!of_framework(cls) || !of_framework(fn) || !known_metric(spec.canonical) ||
      spec.canonical == "CosineSimilarity")
    spec.unknown = "metric " + spec.name + " (" + (fn.empty() ? cls : fn) + ") has no reference";
  return spec;
}

}  // namespace

const Json* items(const Json& value) {
  if (value.is_array()) return &value;
  if (value.is_object() && value.contains("$tuple")) return &value["$tuple"];
  return nullptr;
}

bool is_mapping(const Json& value) {
  return value.is_object() && !value.contains("$object") && !value.contains("$function") &&
         (value.empty() || !value.begin().key().starts_with("$"));
}

Json for_output(const Json& value, std::size_t index, const std::string& name) {
  if (const Json* list = items(value)) return index < list->size() ? (*list)[index] : Json();
  return is_mapping(value) ? value.value(name, Json()) : value;
}

StepOutputs outputs_of(const Json& predictions) {
  StepOutputs out;
  if (const Json* list = items(predictions)) out.count = list->size();
  if (!is_mapping(predictions) || predictions.empty()) return out;
  for (const auto& [name, value] : predictions.items()) out.names.push_back(name);
  out.count = out.names.size();
  return out;
}

std::string not_by_output(const Json& values, const StepOutputs& outputs,
                          const std::vector<std::string>& names) {
  if (outputs.count < 2) return {};
  if (items(values) != nullptr && !outputs.names.empty())
    return "the order of outputs that have names is not known";
  if (!is_mapping(values)) return {};
  for (const auto& [name, value] : values.items())
    if (std::ranges::find(names, name) == names.end()) return "an output by another name";
  return {};
}

bool of_framework(const std::string& qualified) {
  const auto dot = qualified.find('.');
  if (dot == std::string::npos) return qualified != "<lambda>";
  const std::string root = qualified.substr(0, dot);
  const bool ours =
      root == "keras" || root == "tensorflow" || root == "tensorflow_core" || root == "tf_keras";
  return ours && qualified.find("<lambda>") == std::string::npos;
}

std::optional<CompileSpec> compile_spec(const Json& model, std::size_t outputs,
                                        const std::vector<std::string>& names) {
  if (!model.contains("compile") || !model["compile"].is_object()) return std::nullopt;
  const Json& compile = model["compile"];
  CompileSpec spec;
  const Json loss = compile.value("loss", Json()), weights = compile.value("loss_weights", Json());
  const StepOutputs told{outputs, names};
  for (std::size_t k = 0; k < outputs; ++k)
    spec.outputs.push_back(names.empty() ? output_name(model, k) : names[k]);
  for (std::size_t k = 0; k < outputs; ++k) {
    const std::string& name = spec.outputs[k];
    LossSpec one = one_loss(for_output(loss, k, name));
    one.output = name;
    for (const Json& each : {loss, weights})
      if (const auto reason = not_by_output(each, told, spec.outputs); !reason.empty())
        one.unknown = reason;
    const Json weight = for_output(weights, k, name);
    if (weight.is_number())
      one.weight = weight.get<double>();
    else if (!weight.is_null())
      one.unknown = "a loss weight that is not a number";
    spec.losses.push_back(one);
  }
  for (const auto& metric : compile.value("metrics", Json::array())) {
    MetricSpec one = one_metric(metric);
    if (!is_loss_tracker(one, last_part(text(metric, "class")))) spec.metrics.push_back(one);
  }
  return spec;
}

}  // namespace kerasan::checks

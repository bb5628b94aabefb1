#include "checks/layer_call.h"

#include <cmath>

#include "checks/products_of.h"
#include "model/fields.h"

namespace kerasan::checks {

using Json = model::Json;
using reference::Bounded;
// Values of `t` as the layer sees them after its cast to the compute precision. Whether a
// compiler rounds there or keeps the wider value, the error is at most u |x|.
Bounded cast(const Tensor& t, DType compute) {
  Bounded b = Bounded::exact(t);
  const double u = unit_roundoff(compute);
  const bool integer = !is_float(t.dtype());
  if (!is_float(compute) || (!integer && unit_roundoff(t.dtype()) >= u)) return b;
  for (std::size_t i = 0; i < b.size(); ++i)
    if (!integer || std::fabs(b.value[i]) * u >= 1) b.bound[i] = u * std::fabs(b.value[i]);
  return b;
}

std::string weight_name(const std::string& path) {
  const std::string name = path.substr(path.find_last_of('/') + 1);
  return name.substr(0, name.find(':'));
}

namespace {

std::string field(const Json& body, const char* key) { return model::string_or(body, key, ""); }

// Arguments of the call by name: arrays, and the rest. `kwargs` holds fewer of them.
void take_arguments(const Json& body, const model::Run& run, reference::LayerCall& call) {
  for (const char* key : {"kwargs", "arguments"}) {
    const Json given = body.value(key, Json());
    if (!given.is_object()) continue;
    for (const auto& [name, value] : given.items()) {
      const std::vector<Tensor> tensors = run.tensors(value);
      if (tensors.empty()) {
        call.arguments[name] = value;
        continue;
      }
      std::vector<Bounded>& taken = call.tensors[name];
      taken.clear();
      for (const Tensor& t : tensors) taken.push_back(cast(t, call.compute_dtype));
    }
  }
  const Json masks = body.value("argument_masks", Json());
  if (masks.is_object())
    for (const auto& [name, value] : masks.items())
      if (const auto t = run.tensor(value)) call.tensor_masks.emplace(name, Bounded::exact(*t));
  const Json parameters = body.value("parameters", Json());
  if (parameters.is_array())
    for (const Json& name : parameters)
      if (name.is_string()) call.parameters.push_back(name);
}

}  // namespace

std::optional<std::string> take_layer_call(const Json& body, const model::Run& run,
                                           reference::LayerCall& call) {
  call.class_name = field(body, "class");
  call.config = body.value("config", Json::object());
  if (!call.config.is_object()) return "the config was not recorded";
  for (Json& value : call.config)  // some generations keep numbers as arrays
    if (const auto t = run.tensor(value); t && t->size() == 1) value = t->to_doubles()[0];
  call.training = body.contains("training") && body["training"] == true;
  if (const std::string dtype = field(body, "compute_dtype"); !dtype.empty())
    call.compute_dtype = parse_dtype(dtype);
  call.products = products_of(run);
  for (const Tensor& t : run.tensors(body.value("inputs", Json())))
    call.inputs.push_back(cast(t, call.class_name == "Embedding" ? t.dtype() : call.compute_dtype));
  if (call.inputs.empty()) return "the input was not recorded";
  const Json masks = body.value("masks", Json());
  for (const Json& mask : masks.is_array() ? masks : Json::array({masks})) {
    const auto t = run.tensor(mask);
    if (!t && !mask.is_null()) return "a mask was not recorded";
    call.masks.push_back(t ? std::optional(Bounded::exact(*t)) : std::nullopt);
  }
  for (const Json& weight : body.value("weights", Json::array())) {
    const auto t = run.tensor(weight.value("value", Json()));
    if (!t) return "a weight was not recorded";
    call.weights.push_back(cast(*t, call.compute_dtype));
    call.weight_names.push_back(weight_name(field(weight, "name")));
    call.weight_paths.push_back(field(weight, weight.contains("path") ? "path" : "name"));
  }
  for (const Tensor& t : run.tensors(body.value("initial_states", Json())))
    call.initial_states.push_back(cast(t, call.compute_dtype));
  take_arguments(body, run, call);
  call.observed = run.tensors(body.value("outputs", Json()));
  if (call.observed.empty()) return "the output was not recorded";
  return std::nullopt;
}

}  // namespace kerasan::checks

#include "reference/ops/config.h"

#include <cmath>

#include "reference/ops/guard.h"

namespace kerasan::reference {
namespace {

constexpr double kMostOfArgument = 0x1p31;  // products of two do not overflow

const Json* find(const Json& config, std::string_view key) {
  if (!config.is_object()) return nullptr;
  const auto found = config.find(std::string(key));
  return found == config.end() || found->is_null() ? nullptr : &*found;
}

void flatten(const Json& value, Ints& out) {
  if (value.is_number()) {
    require(std::fabs(value.get<double>()) <= kMostOfArgument, "an argument that is too large");
    out.push_back(value.get<std::int64_t>());
  } else if (value.is_array()) {
    for (const Json& item : value) flatten(item, out);
  } else if (value.is_object() && value.size() == 1) {
    flatten(value.front(), out);
  } else {
    throw Unsupported("an argument is not a list of integers");
  }
}

std::string last_component(const std::string& name) {
  return name.substr(name.find_last_of(".>/") + 1);
}

}  // namespace

double get_number(const Json& config, std::string_view key, double otherwise) {
  const Json* value = find(config, key);
  if (value == nullptr) return otherwise;
  require(value->is_number() || value->is_boolean(), std::string(key) + " is not a number");
  return value->is_boolean() ? double(value->get<bool>()) : value->get<double>();
}

bool get_flag(const Json& config, std::string_view key, bool otherwise) {
  return get_number(config, key, otherwise ? 1 : 0) != 0;
}

std::string get_text(const Json& config, std::string_view key, const std::string& otherwise) {
  const Json* value = find(config, key);
  if (value == nullptr) return otherwise;
  require(value->is_string(), std::string(key) + " is not text");
  return value->get<std::string>();
}

std::optional<Ints> get_ints(const Json& config, std::string_view key) {
  const Json* value = find(config, key);
  if (value == nullptr) return std::nullopt;
  Ints result;
  flatten(*value, result);
  return result;
}

Ints get_ints(const Json& config, std::string_view key, std::size_t count, const Ints& otherwise) {
  auto result = get_ints(config, key);
  if (!result) return otherwise;
  if (result->size() == 1) result->assign(count, result->front());
  require(result->size() == count, std::string(key) + " has an unexpected length");
  return *result;
}

bool channels_first(const Json& config) {
  return get_text(config, "data_format", "channels_last") == "channels_first";
}

std::optional<InnerLayer> get_layer(const Json& config, std::string_view key) {
  const Json* value = find(config, key);
  if (value == nullptr) return std::nullopt;
  require(value->is_object() && value->contains("config"), "the inner layer has no config");
  const std::string field = value->contains("class_name") ? "class_name" : "$object";
  require(value->contains(field), "the inner layer has no class");
  const std::string name = value->at(field).get<std::string>();
  // Keras marks what a program registered: "Package>Class", or the module that it comes from.
  const std::string module = get_text(*value, "module", "");
  require(name.find('>') == std::string::npos &&
              (module.empty() || module.starts_with("keras") || module.starts_with("tf_keras") ||
               module.starts_with("tensorflow")),
          "a class of the program inside");
  return InnerLayer{last_component(name), value->at("config")};
}

std::string activation_name(const Json& config, std::string_view key,
                            const std::string& otherwise) {
  if (!config.is_object() || !config.contains(std::string(key))) return otherwise;
  const Json& value = config.at(std::string(key));
  if (value.is_null()) return "linear";
  if (value.is_string()) return value.get<std::string>();
  require(value.is_object(), "activation of unknown form");
  // Keras 3 writes a function as {"class_name": "function", "config": NAME}.
  if (value.contains("config") && value["config"].is_string()) return value["config"];
  for (const char* field : {"$function", "$object", "class_name"})
    if (value.contains(field)) {
      require(!value.contains("config") || !value["config"].is_object() || value["config"].empty(),
              "activation with its own arguments");
      return last_component(value.at(field).get<std::string>());
    }
  throw Unsupported("activation of unknown form");
}

void require_plain_weights(const LayerCall& call) {
  require(find(call.config, "lora_rank") == nullptr, "lora_rank");
  for (const char* key : {"quantization_mode", "quantization_config"})
    require(find(call.config, key) == nullptr, key);
  const Json* dtype = find(call.config, "dtype");
  if (dtype == nullptr || !dtype->is_object() || !dtype->contains("config")) return;
  const Json& policy = dtype->at("config");
  const std::string name = policy.is_object() ? policy.value("name", std::string()) : "";
  require(name.find("_from_") == std::string::npos, "dtype policy " + name);
}

const Bounded* find_weight(const LayerCall& call, std::string_view name) {
  for (std::size_t i = 0; i < call.weights.size() && i < call.weight_names.size(); ++i)
    if (call.weight_names[i] == name) return &call.weights[i];
  return nullptr;
}

const Bounded& get_weight(const LayerCall& call, std::string_view name) {
  const Bounded* weight = find_weight(call, name);
  if (weight == nullptr) throw Unsupported("weight " + std::string(name) + " was not recorded");
  return *weight;
}

}  // namespace kerasan::reference

// Reads get_config() of any Keras generation.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reference/layer.h"

namespace kerasan::reference {

using Json = nlohmann::json;
using Ints = std::vector<std::int64_t>;

double get_number(const Json& config, std::string_view key, double otherwise);
bool get_flag(const Json& config, std::string_view key, bool otherwise);
std::string get_text(const Json& config, std::string_view key, const std::string& otherwise);
// An int, a list, a {"$tuple": ...} or a {"$shape": ...}; nested ones are flattened. A null
// inside throws Unsupported. nullopt when absent or null.
std::optional<Ints> get_ints(const Json& config, std::string_view key);
// The same, an int repeated to `count` entries; throws Unsupported unless there are `count`.
Ints get_ints(const Json& config, std::string_view key, std::size_t count, const Ints& otherwise);
bool channels_first(const Json& config);
// The inner layer of a wrapper: {"class_name", "config"} or {"$object", "config"}.
struct InnerLayer {
  std::string class_name;
  Json config;
};
std::optional<InnerLayer> get_layer(const Json& config, std::string_view key);
// "relu" of "relu", {"class_name": "relu"}, {"$function": "keras.activations.relu"}, ...;
// "linear" for null. Throws Unsupported when it has its own arguments or no name.
std::string activation_name(const Json& config, std::string_view key, const std::string& otherwise);

// Throws Unsupported for a layer whose kernel is held quantized or with low-rank additions (lora).
void require_plain_weights(const LayerCall& call);

// The weight whose name is `name`; nullptr when the layer has none.
const Bounded* find_weight(const LayerCall& call, std::string_view name);
// Throws Unsupported when it was not recorded.
const Bounded& get_weight(const LayerCall& call, std::string_view name);

}  // namespace kerasan::reference

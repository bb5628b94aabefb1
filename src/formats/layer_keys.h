// The names that Keras 3 gives to the layers of a model inside its weights file.
#pragma once

#include <map>
#include <string>

#include "formats/model_file.h"

namespace kerasan::formats {

// "BatchNormalization" -> "batch_normalization".
std::string snake_case(const std::string& class_name);

// From the group of a layer ("dense", "dense_1": class and count) to its name in the config of the
// model; empty where `model` is no config with layers.
std::map<std::string, std::string> layer_keys(const Json& model);

// The layer of that name in the config of a model; null where there is none.
const Json* layer_config(const Json& model, const std::string& name);
// The list of layers in the config of a model, of any generation; nullptr where there is none.
const Json* layer_list(const Json& model);
// The name of a layer in such a list; empty where it has none.
std::string layer_name(const Json& layer);
std::string text_field(const Json& object, const char* key);

}  // namespace kerasan::formats

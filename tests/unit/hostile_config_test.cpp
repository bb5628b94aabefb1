// Configs with values that no framework writes, through every rule over saved files, the comparison
// of two files and the prediction: whatever comes of it, nothing crashes, hangs or asks for memory.
#include <gtest/gtest.h>

#include <random>

#include "../rule_run.h"
#include "../saved_files.h"
#include "base/error.h"
#include "checks/file_difference.h"
#include "checks/file_rule.h"
#include "checks/saved_prediction.h"

namespace kerasan::checks {
namespace {

using formats::Json;

Json layer(const char* class_name, const char* name, const char* source, Json config) {
  config["name"] = name;
  Json nodes = Json::array();
  if (*source != '\0') nodes = Json::array({Json::array({{source, 0, 0, Json::object()}})});
  return {{"class_name", class_name}, {"name", name}, {"config", config}, {"inbound_nodes", nodes}};
}

Json functional_config() {
  const Json layers{
      layer("InputLayer", "x", "", {{"batch_input_shape", {nullptr, 8, 8, 2}}}),
      layer("Conv2D", "c", "x",
            {{"filters", 3},
             {"kernel_size", {3, 3}},
             {"strides", {1, 1}},
             {"padding", "same"},
             {"dilation_rate", {1, 1}},
             {"groups", 1},
             {"use_bias", true},
             {"activation", "relu"}}),
      layer("MaxPooling2D", "p", "c",
            {{"pool_size", {2, 2}}, {"strides", {2, 2}}, {"padding", "valid"}}),
      layer("ZeroPadding2D", "z", "p", {{"padding", {{1, 1}, {1, 1}}}}),
      layer("UpSampling2D", "u", "z", {{"size", {2, 2}}}),
      layer("Reshape", "r", "u", {{"target_shape", {-1, 3}}}),
      layer("LSTM", "l", "r", {{"units", 3}, {"use_bias", true}, {"return_sequences", false}}),
      layer("RepeatVector", "v", "l", {{"n", 2}}),
      layer("Flatten", "f", "v", Json::object()),
      layer("Dense", "d", "f", {{"units", 2}, {"use_bias", true}, {"activation", "softmax"}})};
  return {{"class_name", "Functional"},
          {"config",
           {{"name", "m"},
            {"layers", layers},
            {"input_layers", Json::array({{"x", 0, 0}})},
            {"output_layers", Json::array({{"d", 0, 0}})}}}};
}

// Every value of the config, however deep.
void places_in(const Json& value, const Json::json_pointer& at,
               std::vector<Json::json_pointer>& out) {
  out.push_back(at);
  for (const auto& [key, inner] : value.items()) {
    if (value.is_object()) places_in(inner, at / key, out);
    if (value.is_array()) places_in(inner, at / std::stoul(key), out);
  }
}

const std::vector<Json>& oddities() {
  static const std::vector<Json> all{nullptr,
                                     true,
                                     0,
                                     -1,
                                     1,
                                     INT64_MAX,
                                     INT64_MIN,
                                     UINT64_MAX,
                                     1e308,
                                     -0.5,
                                     "",
                                     "x",
                                     "c",
                                     "d",
                                     std::string(10000, 'a'),
                                     Json::array(),
                                     Json::object(),
                                     {{"class_name", "Lambda"}},
                                     Json::array({1, 2, 3, 4, 5, 6, 7, 8, 9}),
                                     Json::array({nullptr, INT64_MAX, INT64_MAX}),
                                     Json::array({Json::array({"d", 0, 0, Json::object()})}),
                                     functional_config()};
  return all;
}

void look_at(const Json& config) {
  formats::ModelFile file, whole;
  file.holds_weights = whole.holds_weights = true;
  file.config = config;
  whole.config = functional_config();
  const SavedModel model(file), other(whole);
  testing::Outcome outcome;
  check_file(model, outcome);
  FileDifferences all;
  const LayerPairs pairs = pair_layers(model, other);
  compare_architecture(model, other, pairs, all);
  compare_configs(model, other, pairs, all);
  compare_saved_weights(model, other, pairs, {}, all);
  const std::vector<double> values(128, 0.5);
  try {
    compare_predictions(model, other,
                        {{"x", Tensor::from_doubles(DType::kFloat32, {1, 8, 8, 2}, values)}}, all);
  } catch (const InputError&) {  // inputs that are not the model's
  }
}

TEST(HostileConfig, IsJudgedWhateverItHolds) {
  const Json sound = functional_config();
  std::vector<Json::json_pointer> places;
  places_in(sound, Json::json_pointer(), places);
  std::mt19937 draw(7);
  for (int i = 0; i < 1500; ++i) {
    Json config = sound;
    for (int k = 0; k < 1 + i % 3; ++k) {
      const auto& place = places[draw() % places.size()];
      // The second change may meet what the first took away.
      if (!config.contains(place)) continue;
      config[place] = oddities()[draw() % oddities().size()];
    }
    SCOPED_TRACE(config.dump().substr(0, 3000));
    EXPECT_NO_THROW(look_at(config));
  }
}

}  // namespace
}  // namespace kerasan::checks

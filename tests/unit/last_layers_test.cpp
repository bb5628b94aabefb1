// An error inside a model is magnified where large terms cancel.
#include "checks/last_layers.h"

#include <gtest/gtest.h>

#include <map>

#include "checks/evaluation_predictions.h"

namespace kerasan::checks {
namespace {

using model::Json;

struct Tensors {
  std::map<std::string, Tensor> held;
  Json add(const std::string& name, Shape shape, const std::vector<double>& values) {
    held[name] = Tensor::from_doubles(DType::kFloat32, std::move(shape), values);
    return {{"$tensor", name}};
  }
  model::TensorLookup lookup() {
    return [this](const std::string& name) -> std::optional<Tensor> {
      const auto found = held.find(name);
      return found == held.end() ? std::nullopt : std::optional(found->second);
    };
  }
};

Json application(const std::string& cls, const Json& config, const Json& input, const Json& weights,
                 const Json& output) {
  return {{"kind", "application"},
          {"step", 1},
          {"class", cls},
          {"config", config},
          {"builtin", true},
          {"compute_dtype", "float32"},
          {"inputs", Json::array({input})},
          {"weights", weights},
          {"outputs", Json::array({output})}};
}

TEST(LastLayers, SumsThatCancelMoveByTheSizeOfTheirTerms) {
  Tensors t;
  const model::Run run{t.lookup()};
  const Json kernel{{"name", "kernel"}, {"value", t.add("w", {2, 1}, {1000, -1000})}};
  const Json y = t.add("y", {1, 1}, {0.5});
  LastLayers layers;
  layers.take({"application", 0, 1,
               application("Dense", {{"units", 1}, {"use_bias", false}, {"activation", "linear"}},
                           t.add("x", {1, 2}, {1.0, 0.9995}), Json::array({kernel}), y)});
  layers.take({"application", 0, 1,
               application("Activation", {{"activation", "linear"}}, y, Json::array(), y)});
  const auto amplified = layers.amplification(y, run);
  ASSERT_TRUE(amplified);
  EXPECT_NEAR((*amplified)[0], 1999.5, 0.01);
  const auto allowed = with_allowance(*run.tensor(y), 1e-6, amplified);
  EXPECT_NEAR(allowed.bound[0], 1.9995e-3, 1e-6);
  EXPECT_LT(with_allowance(*run.tensor(y), 1e-6).bound[0], 1e-6);
}

TEST(LastLayers, SaysNothingOfWhatWasNotRecorded) {
  Tensors t;
  const model::Run run{t.lookup()};
  EXPECT_FALSE(LastLayers().amplification(t.add("y", {1, 1}, {0.5}), run));
}

}  // namespace
}  // namespace kerasan::checks

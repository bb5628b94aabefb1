#include <gtest/gtest.h>

#include "../rule_run.h"
#include "checks/rule.h"

namespace kerasan {
namespace {

using model::Json;

// Tensors of zeros whose digests name their shapes: "32x3".
std::optional<Tensor> zeros(const std::string& digest) {
  Shape shape;
  std::size_t size = 1;
  for (std::size_t at = 0; at < digest.size(); at = digest.find('x', at) + 1) {
    shape.push_back(std::stoll(digest.substr(at)));
    size *= static_cast<std::size_t>(shape.back());
    if (digest.find('x', at) == std::string::npos) break;
  }
  return Tensor::from_doubles(DType::kFloat32, shape, std::vector<double>(size));
}

testing::Outcome judge(const std::vector<Json>& events) {
  testing::Outcome outcome;
  model::Run run{&zeros};
  for (auto& rule : checks::make_rules()) {
    if (rule->info().name != "targets-match-predictions") continue;
    for (const Json& body : events) {
      const model::Event event{body.at("kind"), 0, 1, body};
      run.apply(event);
      rule->on_event(event, run, outcome);
    }
  }
  return outcome;
}

testing::Outcome loss(const char* y, const char* p, bool builtin = true) {
  return judge({{{"kind", "loss_value"},
                 {"class", "MeanSquaredError"},
                 {"builtin", builtin},
                 {"y_true", {{"$tensor", y}}},
                 {"y_pred", {{"$tensor", p}}},
                 {"where", {{"file", "net.py"}, {"line", 3}}}}});
}

testing::Outcome step(const char* loss, const char* y, const char* p) {
  const Json compile = {{"loss", loss}, {"metrics", Json::array()}, {"loss_weights", nullptr}};
  return judge({{{"kind", "model"}, {"id", "model:1"}, {"compile", compile}},
                {{"kind", "step"},
                 {"model", "model:1"},
                 {"phase", "train"},
                 {"index", 4},
                 {"y", {{"$tensor", y}}},
                 {"predictions", {{"$tensor", p}}}}});
}

TEST(TargetsMatchPredictions, ATargetMustNotStandForSeveralPredictions) {
  const auto outcome = loss("32x1", "32x3");
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings[0].scenario, "wrong-shape");
  EXPECT_EQ(outcome.findings[0].where["line"], 3);
  EXPECT_EQ(step("mse", "32x1", "32x3").findings.size(), 1U);
}

TEST(TargetsMatchPredictions, TargetsByNameGoWithTheOutputOfThatName) {
  const auto outcome = [](const char* first, const char* second) {
    const Json layers{{{"id", "layer:1"}, {"name", "wide"}},
                      {{"id", "layer:2"}, {"name", "narrow"}}};
    return judge({{{"kind", "model"},
                   {"id", "model:1"},
                   {"layers", layers},
                   {"outputs", {{"layer:1", 0, 0}, {"layer:2", 0, 0}}},
                   {"compile", {{"loss", "mse"}, {"metrics", Json::array()}}}},
                  {{"kind", "step"},
                   {"model", "model:1"},
                   {"phase", "train"},
                   {"index", 0},
                   {"y", {{first, {{"$tensor", "32x3"}}}, {second, {{"$tensor", "32x1"}}}}},
                   {"predictions", {{{"$tensor", "32x3"}}, {{"$tensor", "32x1"}}}}}});
  };
  EXPECT_EQ(outcome("wide", "narrow").agreed, 2U);
  EXPECT_EQ(outcome("narrow", "wide").findings.size(), 2U);
  EXPECT_EQ(outcome("other", "narrow").skipped, 1U);
}

TEST(TargetsMatchPredictions, ALastAxisOfLengthOneMayBeThereOrNot) {
  EXPECT_EQ(loss("32", "32x1").agreed, 1U);
  EXPECT_EQ(loss("32x4x1", "32x4").agreed, 1U);
  EXPECT_EQ(step("binary_crossentropy", "32x3", "32x3").agreed, 1U);
}

TEST(TargetsMatchPredictions, OtherLossesMayTakeOtherShapes) {
  EXPECT_EQ(step("sparse_categorical_crossentropy", "32x1", "32x3").skipped, 1U);
  EXPECT_TRUE(loss("32x1", "32x3", false).findings.empty());
}

}  // namespace
}  // namespace kerasan

#include <gtest/gtest.h>

#include "../rule_run.h"

namespace kerasan {
namespace {

using model::Json;

Json array(const char* shape) {
  return {{"$array", {{"shape", Json::parse(shape)}, {"dtype", "float32"}}}};
}

Json model_event(const char* declared, bool own) {
  const Json node = {{"input", {nullptr, 9}}, {"output", Json::parse(declared)}};
  const Json layer = {
      {"id", "layer:2"}, {"class", "Conv1D"}, {"own_compute_output_shape", own}, {"nodes", {node}}};
  return {{"kind", "model"},
          {"id", "model:1"},
          {"name", "net"},
          {"layers", {layer}},
          {"outputs", Json::parse(R"([["layer:2", 0, 0]])")}};
}

testing::Outcome applied(const char* declared, const char* observed, bool own = false) {
  return testing::run_rule("observed-shape", {model_event(declared, own),
                                              {{"kind", "application"},
                                               {"model", "model:1"},
                                               {"layer", "layer:2"},
                                               {"class", "Conv1D"},
                                               {"name", "far"},
                                               {"outputs", {array(observed)}}}});
}

testing::Outcome predicted(const char* declared, const char* observed) {
  return testing::run_rule("observed-shape",
                           {model_event(declared, false),
                            {{"kind", "call"},
                             {"id", 1},
                             {"api", "Model.predict"},
                             {"self", "model:1"},
                             {"where", {{"file", "net.py"}, {"line", 5}}}},
                            {{"kind", "return"}, {"id", 1}, {"result", array(observed)}}});
}

constexpr const char* kDeclared = R"({"$shape":[null,7,4]})";

TEST(ObservedShape, AnOutputHasTheShapeThatIsDeclared) {
  const auto outcome = applied(kDeclared, "[8,5,4]");
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings[0].scenario, "wrong-shape");
  EXPECT_EQ(outcome.findings[0].where["layer"], "far");
  EXPECT_EQ(applied(kDeclared, "[8,7]").findings.size(), 1U);
  EXPECT_EQ(applied(kDeclared, "[8,7,4]").agreed, 1U);
  EXPECT_EQ(applied(R"({"$shape":[null,null,4]})", "[8,5,4]").agreed, 1U);
}

TEST(ObservedShape, SoHasAPrediction) {
  EXPECT_EQ(predicted(kDeclared, "[8,5,4]").findings.size(), 1U);
  EXPECT_EQ(predicted(kDeclared, "[8,7,4]").agreed, 1U);
}

TEST(ObservedShape, WhatTheProgramDeclaresIsItsMatter) {
  EXPECT_EQ(applied(kDeclared, "[8,5,4]", true).skipped, 1U);
}

}  // namespace
}  // namespace kerasan

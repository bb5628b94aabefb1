// steps-traced-once and steady-graph: what equal calls add to what must not grow.
#include <gtest/gtest.h>

#include "../rule_run.h"

namespace kerasan {
namespace {

using model::Json;

struct Case {
  int calls = 10;
  int every = 1;  // which of them add one
  bool compile_between = false;
  Json x = {{"$array", {{"shape", {32, 4}}, {"dtype", "float32"}}}};
  bool shapes_change = false;
  Json callbacks = nullptr;
  Json unknown = false;
};

std::vector<Json> program(const Case& c) {
  std::vector<Json> events;
  std::int64_t made = 1;
  for (int i = 0; i < c.calls; ++i) {
    if (c.compile_between)
      events.push_back(
          {{"kind", "call"}, {"id", 1000 + i}, {"api", "Model.compile"}, {"self", "model:1"}});
    Json x = c.x;
    if (c.shapes_change) x["$array"]["shape"] = {32 + i, 4};
    events.push_back({{"kind", "call"},
                      {"id", i},
                      {"api", "Model.predict"},
                      {"self", "model:1"},
                      {"args", {{"x", {{"v", x}}}, {"callbacks", {{"v", c.callbacks}}}}},
                      {"where", {{"file", "p.py"}, {"line", 9}}}});
    const std::int64_t before = made;
    if (i % c.every == 0) made += 3;
    Json end = {{"kind", "return"}, {"id", i}, {"error", nullptr}};
    if (c.unknown != true)
      end.update({{"traces", made}, {"operations_before", before}, {"operations", made}});
    events.push_back(end);
  }
  return events;
}

class EqualCalls : public ::testing::TestWithParam<const char*> {
 protected:
  static testing::Outcome judge(const Case& c) { return testing::run_rule(GetParam(), program(c)); }
};

TEST_P(EqualCalls, GrowthWithEachCallIsFound) {
  const auto outcome = judge({});
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings[0].scenario, "performance-degradation");
  EXPECT_NE(outcome.findings[0].message.find("8 of 8 calls"), std::string::npos);
  EXPECT_EQ(outcome.findings[0].where["line"], 9);
}

TEST_P(EqualCalls, WhatTheFirstCallsMakeIsNot) {
  const auto outcome = judge({.every = 100});
  EXPECT_TRUE(outcome.findings.empty());
  EXPECT_EQ(outcome.agreed, 8U);
  EXPECT_TRUE(judge({.every = 3}).findings.empty());  // now and then
}

TEST_P(EqualCalls, OtherWorkIsNotTheSame) {
  EXPECT_TRUE(judge({.shapes_change = true}).findings.empty());
  EXPECT_TRUE(judge({.compile_between = true}).findings.empty());
  EXPECT_TRUE(judge({.x = {{"$object", "p.Rows"}}}).findings.empty());
  EXPECT_TRUE(judge({.callbacks = {{{"$object", "p.Own"}}}}).findings.empty());
  EXPECT_TRUE(judge({.x = {{"$tensor", "not recorded"}}}).findings.empty());
}

TEST_P(EqualCalls, DatasetsOfOneSpecificationAreEqual) {
  const Json config = {{"element_spec", "TensorSpec(shape=(None, 4))"}, {"cardinality", 3}};
  EXPECT_EQ(judge({.x = {{"$object", "tf.BatchDataset"}, {"config", config}}}).findings.size(), 1U);
}

TEST_P(EqualCalls, FewCallsAndCountsThatAreNotKnown) {
  const auto few = judge({.calls = 4});
  EXPECT_TRUE(few.findings.empty());
  EXPECT_EQ(few.skipped, 4U);
  EXPECT_TRUE(judge({.unknown = true}).findings.empty());
}

TEST_P(EqualCalls, BrokenArgumentsDoNoHarm) {
  for (const Json& x : {Json(1e300), Json{{"$tuple", 3}}, Json{{"$dict", {nullptr}}},
                        Json{{"$array", nullptr}}, Json{{"config", {{"element_spec", {1}}}}}})
    EXPECT_LE(judge({.x = x}).findings.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Rules, EqualCalls, ::testing::Values("steps-traced-once", "steady-graph"),
                         [](const auto& info) {
                           return std::string(info.param) == "steady-graph" ? "Graph" : "Traces";
                         });

}  // namespace
}  // namespace kerasan

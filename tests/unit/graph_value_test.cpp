#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "../rule_run.h"
#include "../tensorflow_files.h"
#include "base/error.h"
#include "reference/graph/evaluate.h"

namespace kerasan {
namespace {

using formats::tensorflow::read_graph_nodes;
using model::Json;
using reference::graph::Evaluation;
using reference::graph::Value;
using testing::field;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Tensor tensor(std::vector<double> values, Shape shape, DType type = DType::kFloat32) {
  return Tensor::from_doubles(type, std::move(shape), values);
}

std::string attribute(const char* name, const std::string& value) {
  return field(5, field(1, name) + field(2, value));
}
const std::string kFlag = field(5, 1);  // an AttrValue that is true

// A node of a GraphDef.
std::string node(const char* name, const char* op, const std::vector<const char*>& inputs = {},
                 const std::string& attributes = "") {
  std::string message = field(1, name) + field(2, op);
  for (const char* input : inputs) message += field(3, input);
  return field(1, message + attributes);
}

// A constant of int32 with its numbers one by one.
std::string integers(const char* name, const std::vector<int>& values, bool scalar = false) {
  std::string held = field(1, 3);
  held += field(2, scalar ? "" : field(2, field(1, int(values.size()))));
  for (const int v : values) held += field(7, std::uint64_t(std::int64_t(v)));
  return node(name, "Const", {}, attribute("value", field(8, held)));
}

Value evaluate(const std::string& graph, const std::map<std::string, Tensor>& fed,
               const char* name) {
  std::map<std::string, Value> values;
  for (const auto& [key, held] : fed) values[key] = {reference::Bounded::exact(held), held.dtype()};
  const auto nodes = read_graph_nodes(graph, 100);
  return Evaluation(nodes, std::move(values)).tensor(name);
}

// Judges what the graph, fed with `x`, is told to have given for the tensor "y:0".
testing::Outcome judge(const std::string& graph, const Tensor& x, const Tensor& y) {
  testing::Outcome outcome;
  const Tensor message(DType::kUInt8, {std::int64_t(graph.size())},
                       std::make_shared<std::vector<std::byte>>(
                           reinterpret_cast<const std::byte*>(graph.data()),
                           reinterpret_cast<const std::byte*>(graph.data()) + graph.size()));
  model::Run run([&](const std::string& digest) -> std::optional<Tensor> {
    return digest == "x" ? x : digest == "y" ? y : message;
  });
  const model::Event event{"graph_value",
                           0,
                           1,
                           {{"how", "session"},
                            {"graph", {{"$tensor", "graph"}}},
                            {"fed", {{"x:0", {{"$tensor", "x"}}}}},
                            {"fetched", {{"y:0", {{"$tensor", "y"}}}}},
                            {"where", {{"file", "net.py"}, {"line", 8}}}}};
  for (auto& rule : checks::make_rules())
    if (rule->info().name == "graph-value") rule->on_event(event, run, outcome);
  return outcome;
}

const std::string kLargestExponential = node("x", "Placeholder") + node("e", "Exp", {"x"}) +
                                        integers("axis", {0}) + node("y", "Max", {"e", "axis"});

TEST(GraphValue, ALostOperationIsAFinding) {
  const Tensor x = tensor({-0.3, -3}, {2});
  const auto outcome = judge(kLargestExponential, x, tensor({-0.3}, {}));
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings[0].scenario, "wrong-calculation");
  EXPECT_NEAR(outcome.findings[0].recomputed.get<double>(), std::exp(-0.3), 1e-6);
  EXPECT_EQ(outcome.findings[0].where["line"], 8);
  EXPECT_EQ(judge(kLargestExponential, x, tensor({std::exp(-0.3)}, {})).agreed, 1U);
}

TEST(GraphValue, AProductAllowsForTheFormOfItsFactors) {
  const auto nodes =
      read_graph_nodes(node("x", "Placeholder") + node("y", "MatMul", {"x", "x"}), 100);
  const std::map<std::string, Value> fed{
      {"x:0", {reference::Bounded::exact(tensor({1, 2, 3, 4}, {2, 2})), DType::kFloat32}}};
  const auto bound = [&](reference::Products products) {
    return Evaluation(nodes, fed, products).tensor("y:0").number.bound[0];
  };
  EXPECT_LT(bound({}), 1e-5);
  EXPECT_GT(bound({reference::factor_error("tf32"), 0, 0, false}), 0x1p-9 * (1 + 2 * 3));
}

TEST(GraphValue, NoNumberStaysNoNumberThroughOneArgument) {
  const std::string graph = node("x", "Placeholder") + node("y", "Relu", {"x"});
  const Tensor x = tensor({kNaN, -1}, {2});
  EXPECT_EQ(judge(graph, x, tensor({0, 0}, {2})).findings.size(), 1U);
  EXPECT_EQ(judge(graph, x, tensor({kNaN, 0}, {2})).agreed, 1U);
}

TEST(GraphValue, WhatALargerNumberThanNaNIsStaysOpen) {
  const std::string graph =
      node("x", "Placeholder") + integers("axis", {0}) + node("y", "Max", {"x", "axis"});
  const Tensor x = tensor({kNaN, -1}, {2});
  EXPECT_EQ(judge(graph, x, tensor({-1}, {})).skipped, 1U);
  EXPECT_EQ(judge(graph, x, tensor({kNaN}, {})).skipped, 1U);
}

TEST(GraphValue, UnknownOperationsAreNotChecked) {
  const std::string graph = node("x", "Placeholder") + node("y", "Unheard", {"x"});
  EXPECT_EQ(judge(graph, tensor({1}, {1}), tensor({1}, {1})).skipped, 1U);
  const std::string circle =
      node("x", "Placeholder") + node("a", "Add", {"y", "x"}) + node("y", "Neg", {"a"});
  EXPECT_EQ(judge(circle, tensor({1}, {1}), tensor({1}, {1})).skipped, 1U);
  EXPECT_EQ(judge("no graph", tensor({1}, {1}), tensor({1}, {1})).skipped, 1U);
}

TEST(GraphValue, LeftOutRunsAreNotChecked) {
  const auto outcome = testing::run_rule(
      "graph-value",
      {{{"kind", "graph_value"}, {"left_out", "RandomUniform"}, {"graph", nullptr}}});
  EXPECT_EQ(outcome.skipped, 1U);
}

TEST(GraphOperations, SumsOfTermsInAnyOrder) {
  const std::string graph = node("x", "Placeholder") + integers("axis", {1}) +
                            node("y", "Sum", {"x", "axis"}, attribute("keep_dims", kFlag));
  const Value y = evaluate(graph, {{"x:0", tensor({1, 1e7, -1e7, 2, 3, 4}, {2, 3})}}, "y:0");
  EXPECT_EQ(y.number.shape, (Shape{2, 1}));
  EXPECT_EQ(y.number.value, (std::vector<double>{1, 9}));
  EXPECT_GT(y.number.bound[0], 1);  // float32 may lose the 1
  EXPECT_LT(y.number.bound[1], 1e-5);
}

TEST(GraphOperations, RunningSumsOfIntegersAreExact) {
  const std::string graph = node("x", "Placeholder") + node("ones", "OnesLike", {"x"}) +
                            integers("axis", {-1}, true) + node("y", "Cumsum", {"ones", "axis"}) +
                            node("z", "Cumsum", {"ones", "axis"},
                                 attribute("exclusive", kFlag) + attribute("reverse", kFlag));
  const std::map<std::string, Tensor> fed{
      {"x:0", tensor({7, 7, 7, 7, 7, 7}, {2, 3}, DType::kInt32)}};
  EXPECT_EQ(evaluate(graph, fed, "y:0").number.value, (std::vector<double>{1, 2, 3, 1, 2, 3}));
  EXPECT_EQ(evaluate(graph, fed, "z:0").number.value, (std::vector<double>{2, 1, 0, 2, 1, 0}));
}

TEST(GraphOperations, TheShorterShapeIsRepeated) {
  const std::string graph =
      node("x", "Placeholder") + node("w", "Placeholder") + node("y", "Sub", {"x", "w"});
  const std::map<std::string, Tensor> fed{{"x:0", tensor({1, 2, 3, 4}, {2, 2})},
                                          {"w:0", tensor({1, 2}, {2})}};
  EXPECT_EQ(evaluate(graph, fed, "y:0").number.value, (std::vector<double>{0, 0, 2, 2}));
}

TEST(GraphOperations, MatricesAndRows) {
  const std::string graph = node("x", "Placeholder") + node("w", "Placeholder") +
                            node("m", "MatMul", {"x", "w"}, attribute("transpose_b", kFlag)) +
                            integers("row", {1, 0}) + node("y", "Gather", {"m", "row"}) +
                            integers("order", {1, 0}) + node("t", "Transpose", {"y", "order"});
  const std::map<std::string, Tensor> fed{{"x:0", tensor({1, 2, 3, 4}, {2, 2})},
                                          {"w:0", tensor({1, 0, 1, 1}, {2, 2})}};
  EXPECT_EQ(evaluate(graph, fed, "t:0").number.value, (std::vector<double>{3, 1, 7, 3}));
}

TEST(GraphOperations, SlicesFromTheEnd) {
  const std::string graph =
      node("x", "Placeholder") + integers("begin", {0, -1}) + integers("end", {0, -3}) +
      integers("step", {1, -1}) +
      node("y", "StridedSlice", {"x", "begin", "end", "step"},
           attribute("begin_mask", field(3, 1)) + attribute("end_mask", field(3, 1)));
  const Value y = evaluate(graph, {{"x:0", tensor({1, 2, 3, 4, 5, 6}, {2, 3})}}, "y:0");
  EXPECT_EQ(y.number.shape, (Shape{2, 2}));
  EXPECT_EQ(y.number.value, (std::vector<double>{3, 2, 6, 5}));
}

TEST(GraphOperations, AnEllipsisStandsForTheOtherAxes) {
  const std::string graph = node("x", "Placeholder") + integers("begin", {0, 1}) +
                            integers("end", {0, 3}) + integers("step", {1, 1}) +
                            node("y", "StridedSlice", {"x", "begin", "end", "step"},
                                 attribute("ellipsis_mask", field(3, 1)));
  const Value y = evaluate(graph, {{"x:0", tensor({1, 2, 3, 4, 5, 6}, {1, 2, 3})}}, "y:0");
  EXPECT_EQ(y.number.shape, (Shape{1, 2, 2}));
  EXPECT_EQ(y.number.value, (std::vector<double>{2, 3, 5, 6}));
}

// Any byte changed: another verdict, or none, and an end.
TEST(GraphValue, DamageIsNoHarm) {
  const std::string graph = node("x", "Placeholder") + integers("begin", {0, -1}) +
                            integers("end", {0, -3}) + integers("step", {1, -1}) +
                            node("s", "StridedSlice", {"x", "begin", "end", "step"}) +
                            integers("axis", {1}) + node("e", "Exp", {"s"}) +
                            node("y", "Sum", {"e", "axis"}, attribute("keep_dims", kFlag));
  const Tensor x = tensor({1, 2, 3, 4, 5, 6}, {2, 3});
  for (std::size_t i = 0; i < graph.size(); ++i)
    for (const int flip : {1, 8, 0x80, 0xFF}) {
      std::string damaged = graph;
      damaged[i] = char(damaged[i] ^ flip);
      const auto outcome = judge(damaged, x, tensor({0, 0}, {2, 1}));
      EXPECT_EQ(outcome.findings.size() + outcome.skipped + outcome.agreed, 1U);
    }
  for (std::size_t size = 0; size < graph.size(); ++size)
    EXPECT_EQ(judge(graph.substr(0, size), x, tensor({0, 0}, {2, 1})).agreed, 0U);
}

TEST(GraphOperations, AnUndecidedComparisonLeavesBothBranches) {
  // (x + x) + x > 0.3 is not decided for x = 0.1 in float32.
  const std::string graph = node("x", "Placeholder") + node("c", "Placeholder") +
                            node("a", "Add", {"x", "x"}) + node("b", "Add", {"a", "x"}) +
                            node("g", "Greater", {"b", "c"}) +
                            node("y", "SelectV2", {"g", "x", "c"});
  const std::map<std::string, Tensor> fed{{"x:0", tensor({0.1}, {1})}, {"c:0", tensor({0.3}, {1})}};
  EXPECT_TRUE(std::isinf(evaluate(graph, fed, "g:0").number.bound[0]));
  EXPECT_GE(evaluate(graph, fed, "y:0").number.bound[0], 0.2 - 1e-6);
}

TEST(GraphOperations, DamagedConstantsAreErrors) {
  const auto constant = [](const std::string& held) {
    return node("c", "Const", {}, attribute("value", field(8, held)));
  };
  const std::string shape = field(2, field(2, field(1, 2)));
  EXPECT_THROW(read_graph_nodes(constant(field(1, 3) + shape + field(4, "abc")), 9), InputError);
  const std::string large = field(2, field(2, field(1, std::uint64_t{1} << 40)));
  EXPECT_THROW(read_graph_nodes(constant(field(1, 3) + large), 9), InputError);
  EXPECT_THROW(read_graph_nodes(node("a", "NoOp") + node("b", "NoOp"), 1), InputError);
  const auto nodes = read_graph_nodes(constant(field(1, 3) + shape + field(7, 5)), 9);
  EXPECT_EQ(nodes[0].attributes.at("value").tensor->to_doubles(), (std::vector<double>{5, 5}));
}

}  // namespace
}  // namespace kerasan

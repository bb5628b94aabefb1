#include <gtest/gtest.h>

#include "../rule_run.h"
#include "reference/operation_shapes.h"

namespace kerasan {
namespace {

using model::Json;
using reference::OperationCall;

Json array(const char* shape) {
  return {{"$array", {{"shape", Json::parse(shape)}, {"dtype", "float32"}}}};
}

testing::Outcome judge(const Json& args, const char* result, const char* name = "strided_slice") {
  return testing::run_rule("operation-shape", {{{"kind", "operation"},
                                                {"name", name},
                                                {"args", args},
                                                {"result", array(result)},
                                                {"where", {{"file", "net.py"}, {"line", 8}}}}});
}

const Json kCorner = {
    {"input_", array("[1,4,6,3]")}, {"begin", {0, 0, 0, 0}}, {"end", {1, -1, -2, 2}}};

TEST(OperationShape, ASliceOfKnownBoundsHasAKnownShape) {
  const auto outcome = judge(kCorner, "null");
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings[0].scenario, "wrong-shape");
  EXPECT_EQ(outcome.findings[0].recomputed, Json::parse("[1,3,4,2]"));
  EXPECT_EQ(outcome.findings[0].where["line"], 8);
  EXPECT_EQ(judge(kCorner, "[1,3,null,2]").findings.size(), 1U);
  EXPECT_EQ(judge(kCorner, "[1,3,4,2]").agreed, 1U);
}

TEST(OperationShape, AnOpenAxisMayStayOpen) {
  const Json args = {{"input_", array("[null,6]")}, {"begin", {1, 0}}, {"end", {3, 2}}};
  EXPECT_EQ(judge(args, "[null,2]").agreed, 1U);
}

TEST(OperationShape, BoundsThatAreTensorsAreNotChecked) {
  Json args = kCorner;
  args["begin"] = array("[4]");
  EXPECT_EQ(judge(args, "null").skipped, 1U);
  args["begin"] = {0, array("[]"), 0, 0};
  EXPECT_EQ(judge(args, "null").skipped, 1U);
}

Dims shape(const char* name, std::map<std::string, std::vector<std::optional<Dims>>> tensors,
           const Json& arguments) {
  const auto found = reference::operation_shape({name, std::move(tensors), arguments});
  EXPECT_TRUE(found.output) << found.reason;
  return found.output.value_or(Dims{});
}

// The values are those of Python's slices, counted by hand.
TEST(OperationShape, StridesMayBeNegative) {
  const Json back = {{"begin", {4}}, {"end", {0}}, {"strides", {-2}}};
  EXPECT_EQ(shape("strided_slice", {{"input_", {Dims{5}}}}, back), Dims{2});
  const Json all = {
      {"begin", {0}}, {"end", {0}}, {"strides", {-1}}, {"begin_mask", 1}, {"end_mask", 1}};
  EXPECT_EQ(shape("strided_slice", {{"input_", {Dims{5}}}}, all), Dims{5});
  const Json past = {{"begin", {3}}, {"end", {99}}, {"strides", {1}}};
  EXPECT_EQ(shape("strided_slice", {{"input_", {Dims{5}}}}, past), Dims{2});
  const Json none = {{"begin", {3}}, {"end", {1}}};
  EXPECT_EQ(shape("strided_slice", {{"input_", {Dims{5}}}}, none), Dims{0});
  const Json one = {{"begin", {3, 0}}, {"end", {4, 2}}, {"shrink_axis_mask", 1}};
  EXPECT_EQ(shape("strided_slice", {{"input_", {Dims{5, 4, 7}}}}, one), (Dims{2, 7}));
}

TEST(OperationShape, TheOtherOperations) {
  const Dims x{std::nullopt, 4, 6};
  EXPECT_EQ(shape("slice", {{"input_", {x}}}, {{"begin", {0, 1, 2}}, {"size", {2, 3, -1}}}),
            (Dims{2, 3, 4}));
  EXPECT_EQ(shape("transpose", {{"a", {x}}}, {{"perm", {1, 2, 0}}}), (Dims{4, 6, std::nullopt}));
  EXPECT_EQ(shape("transpose", {{"a", {x}}}, Json::object()), (Dims{6, 4, std::nullopt}));
  EXPECT_EQ(shape("expand_dims", {{"input", {x}}}, {{"axis", 1}}), (Dims{std::nullopt, 1, 4, 6}));
  EXPECT_EQ(shape("backend.squeeze", {{"x", {Dims{3, 1, 2}}}}, {{"axis", 1}}), (Dims{3, 2}));
  EXPECT_EQ(shape("concat", {{"values", {x, Dims{2, 4, 1}}}}, {{"axis", -1}}), (Dims{2, 4, 7}));
  EXPECT_EQ(shape("backend.batch_dot", {{"x", {Dims{100, 20}}}, {"y", {Dims{100, 30, 20}}}},
                  {{"axes", {1, 2}}}),
            (Dims{std::nullopt, 30}));
  EXPECT_EQ(shape("backend.batch_dot", {{"x", {Dims{9, 2}}}, {"y", {Dims{9, 2}}}}, {{"axes", 1}}),
            (Dims{std::nullopt, 1}));
}

}  // namespace
}  // namespace kerasan

#include <cmath>

#include "layer_call.h"

namespace kerasan::reference {
namespace {

// A batch of one channel; what the framework gave is the exact result plus `common`, and `alone`
// for one element.
LayerResult normalized(std::size_t count, double common, double alone, double* wide) {
  LayerCall call;
  call.training = true;
  call.config = {{"axis", 1}, {"scale", false}, {"center", false}};
  call.inputs = {Bounded(Shape{std::int64_t(count), 1})};
  for (std::size_t i = 0; i < count; ++i) call.inputs[0].value[i] = std::sin(double(i));
  const LayerResult plain = run(call, "BatchNormalization");
  std::vector<double> given = plain.outputs.at(0).value;
  *wide = plain.outputs[0].bound[7];
  for (double& v : given) v += common * *wide;
  given[7] += alone * *wide;
  call.observed = {Tensor::from_doubles(DType::kFloat64, call.inputs[0].shape, given)};
  LayerResult result = run(call, "BatchNormalization");
  result.outputs.push_back(Bounded(call.inputs[0].shape));
  result.outputs[1].value = given;
  return result;
}

bool holds(const LayerResult& result) {
  for (std::size_t i = 0; i < result.outputs[0].size(); ++i)
    if (std::fabs(result.outputs[0].value[i] - result.outputs[1].value[i]) >
        result.outputs[0].bound[i])
      return false;
  return true;
}

TEST(CommonLine, ElementsShareTheErrorOfMeanAndDeviation) {
  double wide = 0;
  const LayerResult healthy = normalized(4096, 0.1, 0, &wide);
  EXPECT_TRUE(holds(healthy));
  EXPECT_LT(healthy.outputs[0].bound[7], wide / 50);
  EXPECT_FALSE(holds(normalized(4096, 0.1, 0.2, &wide)));  // one element goes its own way
}

TEST(CommonLine, AnErrorBeyondTheMeansBoundIsKept) {
  double wide = 0;
  EXPECT_FALSE(holds(normalized(4096, 3, 0, &wide)));
  EXPECT_TRUE(holds(normalized(8, 0.1, 0, &wide)));
  EXPECT_FALSE(holds(normalized(8, 0, 2, &wide)));
}

}  // namespace
}  // namespace kerasan::reference

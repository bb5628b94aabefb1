// What unit tests of layers share.
#pragma once

#include <gtest/gtest.h>

#include "reference/layer.h"

namespace kerasan::reference {

inline Bounded values(Shape shape, std::vector<double> v) {
  Bounded b(std::move(shape));
  b.value = std::move(v);
  return b;
}

inline LayerResult run(LayerCall call, const char* name) {
  call.class_name = name;
  const LayerFunction function = find_layer(name);
  if (function == nullptr)
    return {{}, nullptr, NotChecked{std::string(name) + " is not registered"}};
  return function(call);
}

inline std::vector<Bounded> outputs_of(LayerCall call, const char* name) {
  const LayerResult result = run(std::move(call), name);
  EXPECT_FALSE(result.not_checked) << result.not_checked->reason;
  return result.outputs;
}

inline void expect_values(const Bounded& y, const Shape& shape, const std::vector<double>& v) {
  ASSERT_EQ(y.shape, shape);
  ASSERT_EQ(y.size(), v.size());
  for (std::size_t i = 0; i < v.size(); ++i) {
    EXPECT_NEAR(y.value[i], v[i], 1e-12) << i;
    EXPECT_LT(y.bound[i], 1e-4) << i;
  }
}

inline void expect_values(const LayerResult& result, const Shape& shape,
                          const std::vector<double>& v) {
  ASSERT_FALSE(result.not_checked) << result.not_checked->reason;
  expect_values(result.outputs.at(0), shape, v);
}

}  // namespace kerasan::reference

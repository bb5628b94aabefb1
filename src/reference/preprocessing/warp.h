// Whether an image is a warp of another by parameters within limits: a search that excludes boxes
// of parameters by what their positions can reach at all, so that finding none proves that there is
// none.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "reference/preprocessing/images.h"

namespace kerasan::reference {

// A position in the source, and by how much it may lie elsewhere.
struct Position {
  double row = 0, column = 0, row_error = 0, column_error = 0;
};

struct ParameterBox {
  std::array<double, 2> middle{}, half{};
};

// Where the pixel (row, column) of the output comes from, for every parameter in the box.
using WarpMap = std::function<Position(const ParameterBox&, double row, double column)>;

struct Warp {
  WarpMap map;
  std::array<Range, 2> limits;
  bool nearest = false;   // else bilinear
  std::string fill_mode;  // "reflect", "constant", "nearest" or "wrap"
  double fill_value = 0;
};

enum class Found { kYes, kNo, kUnknown };

// `work` is what may be spent; lowered by what was.
Found find_warp(const Images& images, std::int64_t image, const Warp& warp, double& work);

// Whether a pixel of the output has, in all channels, the value that the interpolation has at some
// one position. Needs neither map nor limits.
Found find_position(const Images& images, std::int64_t image, std::int64_t pixel, Warp warp,
                    double& work);

}  // namespace kerasan::reference

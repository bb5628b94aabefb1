// RadialConstraint of tf.keras 2: kernels of Conv2D, (rows, cols, input depth, output depth), are
// the same for each radius: each square ring becomes one weight. The documented example names
// weights of the diagonal, and not those that releases take: each of the diagonal is a form of its
// own.
#include <cmath>
#include <sstream>

#include "reference/constraints/norms.h"

namespace kerasan::reference {
namespace {

constexpr double kMostForms = 2000;

class Kernel {
 public:
  explicit Kernel(const Shape& shape) : side_(shape[0]), depth_(shape[2] * shape[3]) {
    rings_.resize(std::size_t(side_ + 1) / 2);
    for (std::int64_t row = 0; row < side_; ++row)
      for (std::int64_t column = 0; column < side_; ++column)
        rings_[ring_of(row, column)].push_back(row * side_ + column);
  }

  const std::vector<std::vector<std::int64_t>>& rings() const { return rings_; }
  std::int64_t depth() const { return depth_; }
  std::size_t at(std::int64_t cell, std::int64_t channel) const {
    return std::size_t(cell * depth_ + channel);
  }

  // Each ring as the weight of the diagonal chosen for it.
  Bounded chosen(const Bounded& from, const std::vector<std::int64_t>& choice) const {
    Bounded to(from.shape);
    for (std::size_t r = 0; r < rings_.size(); ++r)
      for (const std::int64_t cell : rings_[r])
        for (std::int64_t channel = 0; channel < depth_; ++channel) {
          const std::size_t source = at(choice[r] * (side_ + 1), channel);
          to.value[at(cell, channel)] = from.value[source];
          to.bound[at(cell, channel)] = from.bound[source];
        }
    return to;
  }

  // All ways to choose; none where they are too many.
  std::vector<Bounded> forms(const Bounded& from) const {
    std::vector<Bounded> forms;
    if (std::pow(double(side_), double(rings_.size())) > kMostForms) return forms;
    std::vector<std::int64_t> choice(rings_.size(), 0);
    for (std::size_t r = 0; r < rings_.size();) {
      if (r == 0) forms.push_back(chosen(from, choice));
      if (++choice[r] < side_)
        r = 0;
      else
        choice[r++] = 0;
    }
    return forms;
  }

 private:
  std::size_t ring_of(std::int64_t row, std::int64_t column) const {
    return std::size_t(std::min({row, column, side_ - 1 - row, side_ - 1 - column}));
  }

  std::int64_t side_, depth_;
  std::vector<std::vector<std::int64_t>> rings_;
};

std::string unlike(const Kernel& kernel, const Bounded& variable) {
  for (const auto& ring : kernel.rings())
    for (const std::int64_t cell : ring)
      for (std::int64_t channel = 0; channel < kernel.depth(); ++channel) {
        const double first = variable.value[kernel.at(ring.front(), channel)];
        const double value = variable.value[kernel.at(cell, channel)];
        if (value == first) continue;
        std::ostringstream text;
        text << "the values " << first << " and " << value << " at one radius";
        return text.str();
      }
  return "";
}

ConstraintResult radial(const ConstraintCall& call) {
  const Shape& shape = call.variable.shape;
  require(shape.size() == 4 && shape[0] == shape[1] && shape[0] > 0, "a kernel that is not square");
  const Kernel kernel(shape);
  ConstraintResult result;
  result.value = call.variable;
  result.value.bound.assign(result.value.size(), detail::unknown());
  result.forms = kernel.forms(call.variable);
  result.broken = unlike(kernel, call.variable);
  return result;
}

const ConstraintRegistrar registrar{"RadialConstraint", &constrained<radial>};

}  // namespace
}  // namespace kerasan::reference

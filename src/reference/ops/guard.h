// Turns "this call is outside the reference" into a NotChecked at one place.
#pragma once

#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

#include "reference/layer.h"

namespace kerasan::reference {

// Internal to src/reference: never leaves a registered LayerFunction.
class Unsupported : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

inline void require(bool condition, const std::string& reason) {
  if (!condition) throw Unsupported(reason);
}

using Outputs = std::vector<Bounded>;

// Limit on elements of any intermediate value; larger calls are not checked.
inline constexpr double kMaxElements = 3.2e7;
// Limit on multiplications of one call, about a second of OpenBLAS on one core.
inline constexpr double kMaxProducts = 4e9;

// Wraps `F: const LayerCall& -> Bounded`: the registered function reports and never throws.
template <Bounded (*F)(const LayerCall&)>
LayerResult checked(const LayerCall& call) {
  LayerResult result;
  try {
    require(!call.inputs.empty(), "no recorded input");
    result.outputs.push_back(F(call));
  } catch (const std::exception& error) {
    result.outputs.clear();
    result.not_checked = NotChecked{call.class_name + ": " + error.what()};
  }
  return result;
}

// The same for a layer that keeps something for its derivative.
struct KeptOutputs {
  Outputs outputs;
  std::shared_ptr<const Kept> kept;
};
template <KeptOutputs (*F)(const LayerCall&)>
LayerResult checked(const LayerCall& call) {
  LayerResult result;
  try {
    require(!call.inputs.empty(), "no recorded input");
    KeptOutputs made = F(call);
    result.outputs = std::move(made.outputs);
    result.kept = std::move(made.kept);
  } catch (const std::exception& error) {
    result.not_checked = NotChecked{call.class_name + ": " + error.what()};
  }
  return result;
}

// The same for a layer of several outputs.
template <Outputs (*F)(const LayerCall&)>
LayerResult checked(const LayerCall& call) {
  LayerResult result;
  try {
    require(!call.inputs.empty(), "no recorded input");
    result.outputs = F(call);
  } catch (const std::exception& error) {
    result.outputs.clear();
    result.not_checked = NotChecked{call.class_name + ": " + error.what()};
  }
  return result;
}

}  // namespace kerasan::reference

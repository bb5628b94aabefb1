// How far an error inside a model may move its predictions, seen from its last layers.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "model/run.h"

namespace kerasan::checks {

// The applications of the step that is being recorded.
class LastLayers {
 public:
  void take(const model::Event& application);
  // For each element of a prediction, the absolute error that a relative error of 1 in the input of
  // the last layer with weights makes, to first order: for a dense layer the sum of |w x|. nullopt
  // if the layer was not recorded or has no reference.
  std::optional<std::vector<double>> amplification(const model::Json& prediction,
                                                   const model::Run& run) const;

 private:
  const model::Json* producer(const model::Json& tensor) const;
  std::optional<std::vector<double>> through(const model::Json& tensor, const model::Run& run,
                                             int depth) const;

  static constexpr std::size_t kKept = 64;
  std::deque<model::Json> applications_;
};

}  // namespace kerasan::checks

// What equal calls of a model leave in use, as the allocators count it.
#pragma once

#include <optional>
#include <vector>

#include "base/statistics.h"
#include "model/run.h"

namespace kerasan::checks {

class LiveGrowth {
 public:
  // Healthy releases leave up to 9 KiB with what the probe itself notes: entries, names, counters.
  static constexpr double kAllowance = 32 * 1024;

  // `kept`: the size of the result, which the program may keep.
  void add(const model::Event& event, const model::Call& call, double kept, const model::Run& run);
  // Bytes that a call leaves: their mean after the warm-up, and a lower limit of their median at an
  // error rate of 1e-4. nullopt where that does not follow: few calls, bytes that are not known, or
  // code of the program inside the calls.
  std::optional<Slope> judged() const;

 private:
  static constexpr std::size_t kMost = 1024;
  std::vector<double> left_;
  bool others_ = false;  // code of the program runs inside
};

}  // namespace kerasan::checks

// The averages over the batches of an epoch that a progress bar may show.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/run.h"

namespace kerasan::checks {

class BatchAverages {
 public:
  void take(const model::Event& event, const model::Run& run);
  // Whether a number shown for a name of training is an average of what the batches of the epoch
  // gave: each counted once or by its rows, the last one possibly once more, as where the bar is
  // drawn again at the end. nullopt where not every batch is known.
  std::optional<bool> among(std::int64_t pid, std::int64_t call, std::int64_t epoch,
                            const std::string& name, double shown, double rounding) const;
  void forget(std::int64_t pid, std::int64_t call) { calls_.erase({pid, call}); }

 private:
  struct Value {
    double value = 0, rows = 0;
  };
  struct Epoch {
    std::map<std::string, std::vector<Value>> values;
    std::size_t steps = 0;
    bool complete = false;
  };
  static constexpr std::size_t kCallsKept = 20, kStepsKept = 20000;
  void take_phase(const model::Event& event);

  std::map<std::pair<std::int64_t, std::int64_t>, std::map<std::int64_t, Epoch>> calls_;
  std::size_t steps_ = 0;
};

}  // namespace kerasan::checks

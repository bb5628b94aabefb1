// The batches that the loops of fit, evaluate and predict ran, counted once for the rules.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "model/run.h"

namespace kerasan::checks {

struct Loops {
  std::map<std::int64_t, std::int64_t> train, validation, other;  // epoch: batches
  bool countable = true;  // false: several batches in one call of the step function
  bool ran_out = false;   // the framework said that the data did
};

class BatchCounts {
 public:
  // Of the call that the event at hand, a `return`, ends; nullopt where no loop of it was seen.
  const std::optional<Loops>& ended_by(const model::Event& event, const model::Run& run);
  // After a fault of the probe batches may have been counted twice or not at all.
  bool doubtful() const { return doubtful_; }

 private:
  static constexpr std::size_t kCallsKept = 100, kEpochsKept = 10000;
  void take(const model::Event& event);
  void take_phase(const model::Event& event);
  Loops* held(std::int64_t pid, std::int64_t call);

  std::uint64_t taken_ = 0;  // Run::events() of the event that the rest belongs to
  std::map<std::pair<std::int64_t, std::int64_t>, Loops> open_;
  std::optional<Loops> ended_;
  bool doubtful_ = false;
};

}  // namespace kerasan::checks

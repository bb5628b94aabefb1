// Warnings of Keras whose truth follows from recorded facts: one line of a table for each.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/run.h"

namespace kerasan::checks {

// What was seen of one call while a warning of it waits for its verdict.
struct WarningFacts {
  std::int64_t train_steps = 0, test_steps = 0;  // batches run
  bool batches_seen = false;                     // at least one batch was recorded
  bool weighted = false;                         // one of them had sample weights other than 1
  model::Json model;                             // the latest snapshot taken in the call; or null

  // `closely`: also what takes reading the recorded arrays.
  void take(const model::Event& event, const model::Run& run, bool closely);
};

struct WarningAt {
  const std::string& text;
  const model::Call& call;
  const WarningFacts& facts;
  const model::Run& run;
};

struct Warning {
  std::string_view says;                           // part of its text
  std::string_view requires_that;                  // the condition, in words
  std::optional<bool> (*holds)(const WarningAt&);  // nullopt: not known
};

std::span<const Warning> warnings();

}  // namespace kerasan::checks

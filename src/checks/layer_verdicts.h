// What layer-output found, for rules that look into the reasons.
#pragma once

#include <cstdint>
#include <deque>

#include "model/run.h"

namespace kerasan::checks {

struct LayerVerdicts {
  static constexpr std::size_t kKept = 16;
  std::uint64_t agreed = 0;            // since last taken
  std::deque<model::Event> disagreed;  // `application` events, since last taken
};

}  // namespace kerasan::checks

// The lines that ModelCheckpoint prints.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kerasan::checks {

// A number as it was shown, with the largest rounding error that its digits allow.
struct Announced {
  double value = 0, rounding = 0;
};

struct CheckpointLine {
  std::int64_t epoch = 0;  // from 1
  bool improved = false;
  std::optional<Announced> from, to;  // not told, or told as "None"

  // What the line says falsely; empty: nothing. `best` was the best before; infinite: none yet.
  std::string lie(bool better, double value, double best) const;
};

// "Epoch 00003: val_loss improved from 0.31 to 0.29, saving model to w.h5"
// "Epoch 4: val_loss did not improve from 0.29"; nullopt for any other text.
std::optional<CheckpointLine> parse_checkpoint(std::string_view text);

}  // namespace kerasan::checks

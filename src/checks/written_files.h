// A file just written by save or save_weights, beside the model as it was when the call began.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "checks/rule.h"
#include "formats/model_file.h"

namespace kerasan::checks {

struct WrittenFile {
  model::Json live;         // the `model` event "save"
  formats::ModelFile file;  // as Kerasan's own readers have it
  std::string unknown;      // why the two cannot be compared; the rest holds nothing then
};

// One for the rules of a session: each file is read once, whoever asks for it.
class WrittenFiles {
 public:
  // The pair that a `saved_file` event completes.
  const std::optional<WrittenFile>& completed_by(const model::Event& event, const model::Run& run);

 private:
  struct Save {
    std::int64_t pid;
    std::string model;
    model::Json body;
  };
  static constexpr std::size_t kKept = 8;

  WrittenFile read(const model::Event& event, const model::Run& run) const;

  std::deque<Save> saves_;
  std::uint64_t at_ = 0;
  std::optional<WrittenFile> written_;
};

}  // namespace kerasan::checks

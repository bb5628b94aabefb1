// A model as it told itself, and the one that was loaded, cloned or rebuilt from that.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "checks/rule.h"

namespace kerasan::checks {

struct Rebuilt {
  enum class How { kSaved, kLoaded, kWeights, kCloned, kConfig };
  How how;
  std::string api;  // "load_model", "Model.load_weights", "clone_model", "model_from_json", ...
  model::Json source, made;  // `model` events
  bool custom = false;       // functions or classes of the program's took part
  std::string unknown;       // why the two cannot be compared; the rest holds what is known
};

// One for the rules of a session: each event is followed once, whoever asks for it.
class RebuiltModels {
 public:
  // The pair that a `model` event completes; kSaved: a model before and after it was saved.
  const std::optional<Rebuilt>& completed_by(const model::Event& event, const model::Run& run);

 private:
  struct Save {
    std::int64_t pid;
    std::string path, model;
    model::Json before, stamp;
    bool done;
  };
  static constexpr std::size_t kKept = 24;

  std::optional<Rebuilt> follow(const model::Event& event, const model::Run& run);
  std::optional<Rebuilt> saved(const model::Event& event);
  std::optional<Rebuilt> loaded(const model::Event& event, const model::Run& run);
  std::optional<Rebuilt> made(const model::Event& event, const model::Run& run);

  std::deque<Save> saves_;
  std::uint64_t at_ = 0;
  std::optional<Rebuilt> pair_;
};

// Whether the layers of a model are told in an order that a rebuilt one keeps.
bool has_graph(const model::Json& model);

}  // namespace kerasan::checks

// What a process recorded of the models that it saved: enough to judge a reload elsewhere.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/run.h"

namespace kerasan::checks {

// One call that saved. The events are those of the process that made it.
struct KeptSave {
  std::int64_t pid = 0;
  std::int64_t number = 0;     // counted within the process, the same whenever its trace is read
  model::Event before, after;  // `model` events, "save" and "saved"
  std::optional<model::Event> file;    // `saved_file`, where the bytes are in the trace
  std::optional<model::Event> origin;  // the call
};

// An `evaluate` or `predict` of one model: its call, batches and result.
struct KeptEvaluation {
  std::string model, api;
  std::vector<model::Event> events;
};

class KeptSaves {
 public:
  void note(const model::Event& event);

  // The latest save to each path, oldest first.
  std::vector<KeptSave> latest() const;
  const KeptSave* find(std::int64_t pid, std::int64_t number) const;
  // The latest call of "Model.evaluate" or "Model.predict" with the weights that were saved;
  // nullptr if there was none.
  const KeptEvaluation* evaluation_of(const KeptSave& save, const std::string& api) const;
  const model::Event* start_of(std::int64_t pid) const;
  const model::Event* framework_of(std::int64_t pid) const;
  // Everything above about one save, in the order in which it may be judged.
  std::vector<model::Event> story(const KeptSave& save) const;

 private:
  static constexpr std::size_t kSavesKept = 32, kEvaluationsKept = 8, kEventsKept = 512,
                               kProcesses = 64;
  struct Process {
    std::optional<model::Event> start, framework, call;
    std::int64_t saves = 0;
    std::optional<KeptEvaluation> open;
    std::int64_t open_call = 0;
    std::deque<KeptEvaluation> evaluations;
  };
  void note_model(const model::Event& event, Process& process);
  static void note_evaluation(const model::Event& event, Process& process);

  std::deque<KeptSave> saves_;
  std::map<std::int64_t, Process> processes_;
};

}  // namespace kerasan::checks

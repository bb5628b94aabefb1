#include "checks/batch_counts.h"

#include "model/fields.h"

namespace kerasan::checks {

using model::Json;

const std::optional<Loops>& BatchCounts::ended_by(const model::Event& event,
                                                  const model::Run& run) {
  if (taken_ != run.events()) {
    taken_ = run.events();
    ended_.reset();
    take(event);
  }
  return ended_;
}

Loops* BatchCounts::held(std::int64_t pid, std::int64_t call) {
  if (!open_.contains({pid, call}) && open_.size() >= kCallsKept) return nullptr;
  return &open_[{pid, call}];
}

void BatchCounts::take(const model::Event& event) {
  if (event.kind == "fault") doubtful_ = true;
  if (event.kind == "phase") return take_phase(event);
  if (event.kind == "text") {
    const auto call = model::optional_integer(event.body, "call");
    if (call &&
        model::string_or(event.body, "text", "").find("ran out of data") != std::string::npos)
      if (Loops* loops = held(event.pid, *call)) loops->ran_out = true;
  }
  if (event.kind != "return") return;
  if (auto node = open_.extract({event.pid, model::require_integer(event.body, "id")}))
    ended_ = std::move(node.mapped());
}

void BatchCounts::take_phase(const model::Event& event) {
  const auto call = model::optional_integer(event.body, "call");
  const auto steps = model::optional_integer(event.body, "steps");
  Loops* loops = call && steps ? held(event.pid, *call) : nullptr;
  if (loops == nullptr) return;
  loops->countable = loops->countable && event.body.value("batches_each", Json(1)) == 1;
  const std::string phase = model::string_or(event.body, "phase", "");
  auto& of = event.body.value("validation", Json()) == true ? loops->validation
             : phase == "train"                             ? loops->train
                                                            : loops->other;
  if (of.size() < kEpochsKept)
    of[model::optional_integer(event.body, "epoch").value_or(0)] += *steps;
  else
    loops->countable = false;
}

}  // namespace kerasan::checks

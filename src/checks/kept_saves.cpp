#include "checks/kept_saves.h"

#include <algorithm>
#include <set>

#include "model/fields.h"

namespace kerasan::checks {

using model::Event;
using model::Json;
using model::string_or;

namespace {

// The contents of all weights, in no order.
std::multiset<std::string> contents(const Json& list, const char* key) {
  std::multiset<std::string> out;
  if (!list.is_structured()) return out;
  for (const Json& one : list)
    if (one.is_object()) out.insert(string_or(one, key, ""));
  return out;
}

}  // namespace

void KeptSaves::note(const Event& event) {
  if (!event.body.is_object()) return;
  if (!processes_.contains(event.pid) && processes_.size() >= kProcesses) return;
  Process& process = processes_[event.pid];
  if (event.kind == "start") process = Process{event, {}, {}, 0, {}, 0, {}};
  if (event.kind == "framework" && !process.framework) process.framework = event;
  if (event.kind == "call") process.call = event;
  if (event.kind == "model") note_model(event, process);
  if (event.kind == "saved_file" && !saves_.empty() && saves_.back().pid == event.pid)
    saves_.back().file = event;
  note_evaluation(event, process);
}

void KeptSaves::note_model(const Event& event, Process& process) {
  const std::string when = string_or(event.body, "when", "");
  if (when == "save") {
    saves_.push_back({event.pid, process.saves++, event, {}, {}, {}});
    if (process.call && process.call->body.value("id", Json()) == event.body.value("call", Json(0)))
      saves_.back().origin = process.call;
    if (saves_.size() > kSavesKept) saves_.pop_front();
  } else if (when == "saved" && !saves_.empty() && saves_.back().pid == event.pid &&
             saves_.back().before.body.value("id", Json()) == event.body.value("id", Json())) {
    saves_.back().after = event;
  }
}

void KeptSaves::note_evaluation(const Event& event, Process& process) {
  const std::string api = event.kind == "call" ? string_or(event.body, "api", "") : "";
  if (api == "Model.evaluate" || api == "Model.predict") {
    process.open = KeptEvaluation{string_or(event.body, "self", ""), api, {}};
    process.open_call = model::optional_integer(event.body, "id").value_or(-1);
  }
  if (!process.open) return;
  static const std::set<std::string> kNeeded{"call", "model", "application",
                                             "step", "phase", "return"};
  if (kNeeded.contains(event.kind)) process.open->events.push_back(event);
  if (process.open->events.size() > kEventsKept) return process.open.reset();
  if (event.kind != "return" ||
      model::optional_integer(event.body, "id").value_or(-2) != process.open_call)
    return;
  auto& all = process.evaluations;
  if (model::find_field(event.body, "error") == nullptr) {
    const std::string done = process.open->api;
    all.push_back(std::move(*process.open));
    const auto kept = std::ranges::count(all, done, &KeptEvaluation::api);
    if (static_cast<std::size_t>(kept) > kEvaluationsKept)
      all.erase(std::ranges::find(all, done, &KeptEvaluation::api));
  }
  process.open.reset();
}

std::vector<KeptSave> KeptSaves::latest() const {
  std::vector<KeptSave> out;
  std::set<std::pair<std::int64_t, std::string>> paths;
  for (auto save = saves_.rbegin(); save != saves_.rend(); ++save) {
    if (save->after.kind.empty()) continue;  // the call failed
    if (paths.insert({save->pid, string_or(save->before.body, "path", "")}).second)
      out.push_back(*save);
  }
  std::reverse(out.begin(), out.end());
  return out;
}

const KeptSave* KeptSaves::find(std::int64_t pid, std::int64_t number) const {
  for (const KeptSave& save : saves_)
    if (save.pid == pid && save.number == number) return &save;
  return nullptr;
}

const KeptEvaluation* KeptSaves::evaluation_of(const KeptSave& save, const std::string& api) const {
  const auto process = processes_.find(save.pid);
  if (process == processes_.end()) return nullptr;
  const auto saved = contents(save.before.body.value("values", Json()), "digest");
  const auto& all = process->second.evaluations;
  for (auto one = all.rbegin(); one != all.rend(); ++one) {
    if (one->api != api || one->model != string_or(save.before.body, "id", "")) continue;
    const auto step = std::ranges::find(one->events, "step", &Event::kind);
    if (step != one->events.end() &&
        contents(step->body.value("weights", Json()), "$tensor") == saved)
      return &*one;
  }
  return nullptr;
}

const Event* KeptSaves::start_of(std::int64_t pid) const {
  const auto found = processes_.find(pid);
  return found == processes_.end() || !found->second.start ? nullptr : &*found->second.start;
}

const Event* KeptSaves::framework_of(std::int64_t pid) const {
  const auto found = processes_.find(pid);
  return found == processes_.end() || !found->second.framework ? nullptr
                                                               : &*found->second.framework;
}

std::vector<Event> KeptSaves::story(const KeptSave& save) const {
  std::vector<Event> out;
  if (const Event* framework = framework_of(save.pid)) out.push_back(*framework);
  if (save.origin) out.push_back(*save.origin);
  out.push_back(save.before);
  if (!save.after.kind.empty()) out.push_back(save.after);
  for (const char* api : {"Model.evaluate", "Model.predict"})
    if (const KeptEvaluation* evaluation = evaluation_of(save, api))
      out.insert(out.end(), evaluation->events.begin(), evaluation->events.end());
  return out;
}

}  // namespace kerasan::checks

#include "cli/run_facts.h"

#include <algorithm>

#include "checks/fresh_reload.h"

namespace kerasan::cli {
namespace {

double number(const model::Json& body, const char* key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_number() ? std::max(found->get<double>(), 0.0) : 0.0;
}

std::uint64_t count(const model::Json& body, const char* key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

std::optional<int> status(const model::Json& body, const char* key) {
  const auto found = body.find(key);
  if (found == body.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<int>();
}

}  // namespace

RunFacts::Process& RunFacts::process(std::int64_t pid) {
  const bool known = processes_.contains(pid) || processes_.size() < kMaxProcesses;
  return processes_[known ? pid : 0];
}

bool RunFacts::take(const model::Event& event) {
  if (!event.body.is_object()) return false;
  if (checks::verifies(event) != nullptr) verifiers_.insert(event.pid);
  if (verifiers_.contains(event.pid)) return false;  // Kerasan's own, after the program's end
  if (event.kind == "exit") {
    program_ = {status(event.body, "exit"), status(event.body, "signal")};
    return true;
  }
  if (event.kind == "end") take_end(event);
  if (event.kind == "phase") {
    Process& held = process(event.pid);
    held.seen += count(event.body, "steps");
    held.recorded += count(event.body, "recorded");
  }
  return false;
}

void RunFacts::take_end(const model::Event& event) {
  Process& held = process(event.pid);
  held.seen = std::max(held.seen, count(event.body, "steps_seen"));
  held.recorded = std::max(held.recorded, count(event.body, "steps_recorded"));
  probe_seconds_ += number(event.body, "probe_seconds");
  elapsed_ += number(event.body, "elapsed");
  if (!program_.exit && !program_.signal) program_.exit = status(event.body, "exit");
}

report::Watching RunFacts::watching() const {
  report::Watching all;
  for (const auto& [pid, held] : processes_) {
    all.steps_seen += held.seen;
    all.steps_recorded += held.recorded;
  }
  all.probe_seconds = probe_seconds_;
  all.elapsed = elapsed_;
  return all;
}

}  // namespace kerasan::cli

#include "checks/session.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "checks/fresh_reload.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

std::string text_field(const model::Json& body, const char* key) {
  if (!body.is_object()) return {};
  const auto it = body.find(key);
  if (it == body.end() || it->is_null()) return {};
  return it->is_string() ? it->get<std::string>()
                         : it->dump(-1, ' ', false, model::Json::error_handler_t::replace);
}

template <typename Work>
void guarded(const std::string& rule, Verdicts& verdicts, Work&& work) {
  try {
    work();
  } catch (const std::exception& error) {
    verdicts.not_checked(rule, std::string("rule failed: ") + error.what());
  }
}

}  // namespace

Session::Session(model::TensorLookup lookup, Verdicts& verdicts,
                 std::vector<std::unique_ptr<Rule>> rules)
    : run_(std::move(lookup)), verdicts_(verdicts), rules_(std::move(rules)) {}

void Session::feed(const model::Event& event) {
  note_gap(event);
  if (!take(event)) return;
  for (const auto& rule : rules_) {
    guarded(rule->info().name, verdicts_, [&] { rule->on_event(event, run_, verdicts_); });
  }
}

// An event that the run cannot use is withheld from the rules, which rely on the run.
bool Session::take(const model::Event& event) {
  try {
    run_.apply(event);
    return true;
  } catch (const std::exception& error) {
    lost("event of kind " + event.kind + " cannot be used: " + error.what());
    return false;
  }
}

void Session::note_gap(const model::Event& event) {
  if (event.kind == "fault") {
    verdicts_.not_checked("probe", "fault of the probe in " + text_field(event.body, "hook") +
                                       ": " + text_field(event.body, "error"));
  } else if (event.kind == "uncovered") {
    const std::string detail = text_field(event.body, "detail");
    verdicts_.not_checked("probe",
                          text_field(event.body, "reason") + (detail.empty() ? "" : ": " + detail));
  }
}

void Session::lost(const std::string& reason, std::uint64_t count) {
  verdicts_.not_checked("trace", reason, count);
}

void Session::finish() {
  for (const auto& rule : rules_) {
    guarded(rule->info().name, verdicts_, [&] { rule->finish(run_, verdicts_); });
  }
}

Sessions::Sessions(model::TensorLookup lookup, Verdicts& verdicts, std::function<Rules()> rules)
    : lookup_(std::move(lookup)), verdicts_(verdicts), rules_(std::move(rules)) {}

void Sessions::feed(const model::Event& event) {
  Session& session = session_of(event);
  session.feed(event);
  if (!loads_again(event.pid)) saves_.note(event);
  note(event, session);
}

Session& Sessions::session_of(const model::Event& event) {
  auto process = std::find_if(live_.begin(), live_.end(),
                              [&](const Process& p) { return p.pid == event.pid; });
  // A pid starts again: execve, or the number was given to another process.
  if (process != live_.end() && event.kind == "start") {
    close(process);
    process = live_.end();
  }
  if (process != live_.end()) return *process->session;
  if (live_.size() >= kMaxLive) close(live_.begin());
  live_.push_back(begin(event));
  return *live_.back().session;
}

Sessions::Process Sessions::begin(const model::Event& event) {
  const model::Json* task = verifies(event);
  if (task == nullptr)
    return {event.pid, nullptr, std::make_unique<Session>(lookup_, verdicts_, rules_())};
  const auto pid = model::optional_integer(*task, "pid").value_or(0);
  const KeptSave* save = saves_.find(pid, model::optional_integer(*task, "save").value_or(-1));
  auto told = std::make_unique<FreshVerdicts>(verdicts_, save);
  auto session = std::make_unique<Session>(lookup_, *told, reload_rules(rules_()));
  if (save != nullptr)
    for (const model::Event& one : retold(saves_, *save, event.pid)) session->feed(one);
  return {event.pid, std::move(told), std::move(session)};
}

bool Sessions::loads_again(std::int64_t pid) const {
  return std::ranges::any_of(
      live_, [&](const Process& one) { return one.pid == pid && one.told != nullptr; });
}

void Sessions::close(std::list<Process>::iterator process) {
  process->session->finish();
  live_.erase(process);
}

void Sessions::note(const model::Event& event, const Session& session) {
  if (event.kind == "start" && !probe_started_) {
    probe_started_ = true;
    first_pid_ = event.pid;
  }
  first_ended_ |= event.kind == "end" && event.pid == first_pid_;
  if (event.kind == "arithmetic" && event.pid == first_pid_) note_arithmetic(event.body);
  if (event.kind != "framework" || environment_.is_object() || !event.body.is_object()) return;
  environment_ = event.body;
  for (const char* key : {"kind", "t", "pid"}) environment_.erase(key);
  const model::Json& start = session.run().start();
  if (start.is_object() && start.contains("python")) environment_["python"] = start["python"];
}

// Each form of a product that was in use, in order.
void Sessions::note_arithmetic(const model::Json& body) {
  if (!environment_.is_object() || !body.is_object()) return;
  const model::Json* devices = model::find_field(body, "accelerators");
  if (devices != nullptr && devices->is_array()) {
    model::Json names = model::Json::array();
    for (const model::Json& one : *devices)
      if (one.is_object()) names.push_back(model::string_or(one, "name", ""));
    environment_["accelerators"] = names;
  }
  const model::Json* products = model::find_field(body, "products");
  if (products == nullptr || !products->is_object()) return;
  for (const char* kind : {"matmul", "convolution", "recurrent"}) {
    const model::Json form = products->value(kind, model::Json());
    model::Json& told = environment_["products"][kind];
    if (!told.is_array()) told = model::Json::array();
    if (told.size() < 4 && std::ranges::find(told, form) == told.end()) told.push_back(form);
  }
}

void Sessions::lost(const std::string& reason, std::uint64_t count) {
  verdicts_.not_checked("trace", reason, count);
}

void Sessions::finish() {
  while (!live_.empty()) close(live_.begin());
}

}  // namespace kerasan::checks

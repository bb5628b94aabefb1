#include "checks/session.h"

#include <exception>
#include <utility>

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
  ++events_;
  probe_started_ |= event.kind == "start";
  framework_seen_ |= event.kind == "framework";
  probe_ended_ |= event.kind == "end";
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
    verdicts_.not_checked("probe", "fault of the probe in " + text_field(event.body, "hook") + ": " +
                                       text_field(event.body, "error"));
  } else if (event.kind == "uncovered") {
    const std::string detail = text_field(event.body, "detail");
    verdicts_.not_checked("probe", text_field(event.body, "reason") +
                                       (detail.empty() ? "" : ": " + detail));
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

}  // namespace kerasan::checks

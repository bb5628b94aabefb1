// Every rule of the program, collected as their files are initialised.
#include <algorithm>

#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

// A function-local static: registrars of other files may run before this one's globals.
std::vector<RuleFactory>& factories() {
  static std::vector<RuleFactory> all;
  return all;
}

}  // namespace

RuleRegistrar::RuleRegistrar(RuleFactory factory) { factories().push_back(factory); }

std::vector<std::unique_ptr<Rule>> make_rules() {
  std::vector<std::unique_ptr<Rule>> rules;
  Shared shared;
  for (const RuleFactory factory : factories()) {
    rules.push_back(factory());
    rules.back()->join(shared);
  }
  std::sort(rules.begin(), rules.end(),
            [](const auto& a, const auto& b) { return a->info().name < b->info().name; });
  return rules;
}

Finding finding_of(const RuleInfo& rule) {
  Finding finding;
  finding.rule = rule.name;
  finding.scenario = rule.scenario;
  finding.impact = rule.impact;
  return finding;
}

model::Json where_of(const model::Event& event, const model::Run& run, const char* place) {
  const model::Json* frame = model::find_field(event.body, place);
  model::Json where = frame != nullptr && frame->is_object() ? *frame : model::Json::object();
  if (const auto id = model::optional_integer(event.body, "call"))
    if (const model::Call* call = run.call(event.pid, *id)) where.update(where_of(*call));
  return where;
}

model::Json where_of(const model::Call& call) {
  model::Json where = {{"api", call.api}, {"call", call.id}};
  if (!call.where.file.empty()) {
    where["file"] = call.where.file;
    where["line"] = call.where.line;
  }
  return where;
}

}  // namespace kerasan::checks

// Every rule of the program, collected as their files are initialised.
#include <algorithm>

#include "checks/rule.h"

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

model::Json where_of(const model::Call& call) {
  model::Json where = {{"api", call.api}, {"call", call.id}};
  if (!call.where.file.empty()) {
    where["file"] = call.where.file;
    where["line"] = call.where.line;
  }
  return where;
}

}  // namespace kerasan::checks

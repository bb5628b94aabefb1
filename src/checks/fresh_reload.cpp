#include "checks/fresh_reload.h"

#include <algorithm>

#include "model/fields.h"

namespace kerasan::checks {

using model::Json;

const Json* verifies(const model::Event& start) {
  if (start.kind != "start" || !start.body.is_object()) return nullptr;
  const Json* found = model::find_field(start.body, "verifies");
  return found != nullptr && found->is_object() ? found : nullptr;
}

std::vector<std::unique_ptr<Rule>> reload_rules(std::vector<std::unique_ptr<Rule>> all) {
  std::erase_if(all, [](const std::unique_ptr<Rule>& rule) {
    const std::string& name = rule->info().name;
    return !name.starts_with("reload-") && name != "load-weights-arrive";
  });
  return all;
}

FreshVerdicts::FreshVerdicts(Verdicts& to, const KeptSave* save) : to_(to) {
  if (save == nullptr) return;
  path_ = model::string_or(save->before.body, "path", "");
  const Json* where = model::find_field(save->before.body, "where");
  if (where == nullptr && save->origin) where = model::find_field(save->origin->body, "where");
  if (where != nullptr && where->is_object()) where_ = *where;
}

void FreshVerdicts::disagrees(Finding finding) {
  if (where_.is_object())
    for (const char* key : {"file", "line"})
      if (where_.contains(key)) finding.where[key] = where_[key];
  finding.message = "In a fresh process, " + finding.message;
  finding.evidence["saved to"] = path_;
  to_.disagrees(std::move(finding));
}

std::vector<model::Event> retold(const KeptSaves& kept, const KeptSave& save, std::int64_t pid) {
  std::vector<model::Event> out = kept.story(save);
  for (model::Event& event : out) {
    event.pid = pid;
    if (event.body.contains("pid")) event.body["pid"] = pid;
  }
  return out;
}

}  // namespace kerasan::checks

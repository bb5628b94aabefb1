#include "checks/file_rule.h"

#include <exception>

namespace kerasan::checks {

void check_file(const SavedModel& model, Verdicts& verdicts) {
  for (const auto& rule : make_rules()) {
    auto* const over_files = dynamic_cast<FileRule*>(rule.get());
    if (over_files == nullptr) continue;
    try {
      over_files->on_file(model, verdicts);
    } catch (const std::exception& error) {
      verdicts.not_checked(rule->info().name, std::string("rule failed: ") + error.what());
    }
  }
}

Finding file_finding(const RuleInfo& rule, const SavedModel& model, const std::string& subject) {
  Finding finding = finding_of(rule);
  finding.where = {{"file", model.file.path}, {"layer", subject}};
  finding.identity = subject;
  return finding;
}

}  // namespace kerasan::checks

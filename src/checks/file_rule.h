// A rule over a saved file. One source file each; it registers itself as every rule does.
#pragma once

#include "checks/rule.h"
#include "checks/saved_model.h"

namespace kerasan::checks {

class FileRule : public Rule {
 public:
  // A file is no run.
  void on_event(const model::Event&, const model::Run&, Verdicts&) final {}
  virtual void on_file(const SavedModel& model, Verdicts& verdicts) = 0;
};

// Every such rule over one file; nothing a rule throws gets out.
void check_file(const SavedModel& model, Verdicts& verdicts);

// A finding of this rule at a place inside the file: a layer, or a path of the file.
Finding file_finding(const RuleInfo& rule, const SavedModel& model, const std::string& subject);

}  // namespace kerasan::checks

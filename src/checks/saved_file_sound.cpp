// Claim: a saved file has what it says it has.
#include "checks/file_rule.h"

namespace kerasan::checks {
namespace {

class SavedFileSound : public FileRule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "saved-file-sound", "wrong-save-reload", 3,
        "A saved file must hold what it lists, list what it holds, name everything once, and write "
        "its configs as JSON: no NaN or Infinity, no key twice in one object. Readers differ in "
        "what they make of a file that does not."};
    return info;
  }

  void on_file(const SavedModel& model, Verdicts& verdicts) override {
    const formats::ModelFile& file = model.file;
    for (const formats::Fault& fault : file.faults) {
      Finding finding = file_finding(info(), model, fault.subject);
      finding.claimed = fault.subject;
      finding.recomputed = fault.kind;
      finding.message = fault.message;
      finding.evidence = {{"kind", fault.kind}};
      finding.identity = fault.kind + "/" + fault.subject;
      verdicts.disagrees(std::move(finding));
    }
    const std::uint64_t parts = file.weights.size() + file.optimizer_weights.size() +
                                (file.config.is_null() ? 0 : 1) +
                                (file.compile_config.is_null() ? 0 : 1);
    if (file.faults.empty() && parts > 0) verdicts.agrees(info().name, parts);
    for (const std::string& reason : file.unread) verdicts.not_checked(info().name, reason);
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<SavedFileSound>(); }};

}  // namespace
}  // namespace kerasan::checks

// Claim: a warning is true of the call in which it is shown.
#include <algorithm>
#include <map>
#include <set>

#include "checks/call_arguments.h"
#include "checks/rule.h"
#include "checks/warning_table.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

class WarningIsTrue : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "warning-is-true", "wrong-displayed-message", 1,
        "A warning of the framework is true of the call in which it is shown: what it says was "
        "given, missing, ignored or different is so. A table holds the warnings whose truth "
        "follows from what was recorded; others are not looked at. "
        "A warning that is not true is told once for a program."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind == "text") return on_text(event);
    if (event.kind == "return") return on_return(event, run, verdicts);
    if (event.kind != "step" && event.kind != "phase" && event.kind != "model") return;
    if (const auto id = model::optional_integer(event.body, "call"))
      if (Open* open = held(event.pid, *id)) open->facts.take(event, run, !open->warnings.empty());
  }

 private:
  struct Open {
    WarningFacts facts;
    std::vector<std::pair<const Warning*, std::string>> warnings;
  };
  static constexpr std::size_t kOpenKept = 100, kWarningsKept = 100;

  Open* held(std::int64_t pid, std::int64_t call) {
    if (!open_.contains({pid, call}) && open_.size() >= kOpenKept) return nullptr;
    return &open_[{pid, call}];
  }

  void on_text(const model::Event& event) {
    const auto id = model::optional_integer(event.body, "call");
    const std::string stream = model::string_or(event.body, "stream", "");
    if (!id || (stream != "stderr" && stream != "native") ||
        model::string_or(event.body, "origin", "") != "framework")
      return;
    const std::string text = model::string_or(event.body, "text", "");
    const auto known = std::ranges::find_if(warnings(), [&](const Warning& warning) {
      return text.find(warning.says) != std::string::npos;
    });
    if (known == warnings().end()) return;
    Open* open = held(event.pid, *id);
    if (open != nullptr && open->warnings.size() < kWarningsKept)
      open->warnings.emplace_back(&*known, text);
  }

  void on_return(const model::Event& event, const model::Run& run, Verdicts& verdicts) {
    const auto id = model::require_integer(event.body, "id");
    const auto node = open_.extract({event.pid, id});
    const auto* call = run.call(event.pid, id);
    if (node.empty() || call == nullptr) return;
    for (const auto& [warning, text] : node.mapped().warnings)
      judge(*warning, text, *call, node.mapped().facts, run, verdicts);
  }

  void judge(const Warning& warning, const std::string& text, const model::Call& call,
             const WarningFacts& facts, const model::Run& run, Verdicts& verdicts) {
    const auto truth = warning.holds({text, call, facts, run});
    const std::string shown = std::string(warning.says);
    if (!truth) return verdicts.not_checked(info().name, "facts missing for: " + shown);
    if (*truth) return verdicts.agrees(info().name);
    if (!told_.insert(shown).second) return;  // once for a program
    Finding finding = finding_of(info());
    finding.claimed = text.substr(0, 300);
    finding.recomputed = std::string("not so: ") + std::string(warning.requires_that);
    finding.where = where_of(call);
    finding.message = call.api + " warns \"" + shown + "\", which is true only if " +
                      std::string(warning.requires_that) + "; that is not so.";
    finding.identity = shown;
    verdicts.disagrees(std::move(finding));
  }

  std::map<std::pair<std::int64_t, std::int64_t>, Open> open_;
  std::set<std::string> told_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<WarningIsTrue>(); }};

}  // namespace
}  // namespace kerasan::checks

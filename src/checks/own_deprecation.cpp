// Claim: a notice of deprecation concerns something that the program did.
#include <set>

#include "checks/notice_text.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

class OwnDeprecation : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "own-deprecation", "wrong-displayed-message", 1,
        "A notice that something of the framework is deprecated is meant for the program, which "
        "can do something about it. It does not name the framework's own code as the one that "
        "uses it, nor something that the program nowhere mentions. Told once for a program."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "text" || model::string_or(event.body, "stream", "") != "stderr") return;
    const auto notice = parse_deprecation(model::string_or(event.body, "text", ""));
    if (!notice) return;
    const Json named = event.body.value("named_by_program", Json());
    if (notice->of_framework && (notice->blames || named == false))
      return note(*notice, event, run);
    if (notice->of_framework && !notice->blames && !named.is_boolean())
      return verdicts.not_checked(info().name, "who uses what is deprecated is not known");
    verdicts.agrees(info().name);
  }

  void finish(const model::Run&, Verdicts& verdicts) override {
    if (notices_.empty()) return;
    Finding finding = finding_of(info());
    const std::string& first = *notices_.begin();
    finding.claimed = "the program uses " + first_;
    finding.recomputed = "the framework's own code does";
    finding.where = where_;
    finding.message =
        "The program is warned that " + first_ + " is deprecated, which the framework's own " +
        (first_place_.empty() ? "code" : first_place_) + " uses" +
        (notices_.size() > 1 ? " (and of " + std::to_string(notices_.size() - 1) + " more)" : "") +
        ".";
    finding.evidence = {{"deprecated", notices_}};
    finding.identity = first;
    verdicts.disagrees(std::move(finding));
  }

 private:
  static constexpr std::size_t kKept = 50;

  void note(const Deprecation& notice, const model::Event& event, const model::Run& run) {
    if (notices_.empty()) {
      where_ = where_of(event, run, "where");
      first_ = notice.what;
      first_place_ = notice.place;
    }
    if (notices_.size() < kKept) notices_.insert(notice.what);
  }

  std::set<std::string> notices_;
  std::string first_, first_place_;
  Json where_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<OwnDeprecation>(); }};

}  // namespace
}  // namespace kerasan::checks

// Claim: a progress line never counts beyond the total that it shows.
#include "checks/display.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

class ProgressBarCount : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "progress-bar-count", "wrong-displayed-message", 1,
        "A progress line such as \"32/1000 [>....]\" says how much is done of how much. The part "
        "can never exceed the whole: where it does, the total shown is not the total, and the "
        "bar drawn from it leaves its frame."};
    return info;
  }

  void join(Shared& shared) override { displays_ = shared.get<Displays>(); }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (const Display* display = displays_->ended_by(event, run))
      judge(*display, run.call(event.pid, model::require_integer(event.body, "id")), verdicts);
  }

  void finish(const model::Run& run, Verdicts& verdicts) override {
    for (const auto& [key, display] : displays_->open(run))
      judge(display, run.call(key.first, key.second), verdicts);
  }

 private:
  void judge(const Display& display, const model::Call* call, Verdicts& verdicts) {
    const auto lines = display.lines(), known = lines - display.unknown();
    if (known == 0 && lines > 0)
      return verdicts.not_checked(info().name, "the total is shown as unknown");
    if (known == 0) return;
    const auto worst = display.worst();
    if (!worst) return verdicts.agrees(info().name);
    const std::string shown = std::to_string(worst->current) + "/" + std::to_string(*worst->total);
    Finding finding = finding_of(info());
    finding.claimed = shown;
    finding.recomputed = "a count of at most " + std::to_string(*worst->total);
    finding.where = call ? where_of(*call) : model::Json::object();
    const std::string api = call ? call->api : "a call";
    finding.message = "the progress line of " + api + " counts " + shown +
                      ": more is done than there is, so the total shown is wrong";
    finding.evidence = {{"lines", known}};
    finding.identity = api + (call ? call->where.file + std::to_string(call->where.line) : "");
    verdicts.disagrees(std::move(finding));
  }

  std::shared_ptr<Displays> displays_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ProgressBarCount>(); }};

}  // namespace
}  // namespace kerasan::checks

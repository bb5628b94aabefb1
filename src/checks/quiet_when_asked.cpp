// Claim: verbose=0 shows no progress.
#include "checks/call_arguments.h"
#include "checks/display.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

class QuietWhenAsked : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "quiet-when-asked", "wrong-displayed-message", 1,
        "A fit, evaluate or predict that was given verbose=0 writes neither progress lines nor "
        "lines that announce epochs. What callbacks of the program write does not count."};
    return info;
  }

  void join(Shared& shared) override { displays_ = shared.get<Displays>(); }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    const Display* display = displays_->ended_by(event, run);
    if (event.kind != "return") return;
    const auto* call = run.call(event.pid, model::require_integer(event.body, "id"));
    if (call == nullptr || !shows_progress(call->api) || !call->error.empty()) return;
    if (integer_argument(*call, "verbose") != 0) return;
    if (display == nullptr || display->epochs.empty()) return verdicts.agrees(info().name);
    if (bar_of_its_own(argument(*call, "callbacks")))
      return verdicts.not_checked(info().name, "the program asks for a progress bar by a callback");
    report(*call, *display, verdicts);
  }

 private:
  // A ProgbarLogger in the list given, alone or among others, or a list that is held by an object.
  static bool bar_of_its_own(const Json& callbacks) {
    if (callbacks.is_array() || callbacks.is_object()) {
      if (class_of(callbacks) == "CallbackList" || class_of(callbacks) == "ProgbarLogger")
        return true;
      for (const Json& item : callbacks)
        if (bar_of_its_own(item)) return true;
    }
    return false;
  }

  void report(const model::Call& call, const Display& display, Verdicts& verdicts) {
    const ShownEpoch& first = display.epochs.front();
    std::string shown = "a progress line";
    if (first.header)
      shown = "\"Epoch " + std::to_string(first.header->number) + "/" +
              std::to_string(first.header->of) + "\"";
    Finding finding = finding_of(info());
    finding.claimed = "verbose=0: nothing is shown";
    finding.recomputed = shown;
    finding.where = where_of(call);
    finding.message = call.api + " was given verbose=0 and writes " + shown + ".";
    finding.evidence = {{"progress lines", display.lines()}};
    finding.identity = place_of(call);
    verdicts.disagrees(std::move(finding));
  }

  std::shared_ptr<Displays> displays_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<QuietWhenAsked>(); }};

}  // namespace
}  // namespace kerasan::checks

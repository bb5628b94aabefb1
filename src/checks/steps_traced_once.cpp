// Claim: a compiled step is traced once for each form of its batches, not for each call.
#include <map>

#include "checks/equal_calls.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

class StepsTracedOnce : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "steps-traced-once", "performance-degradation", 3,
        "A compiled function is traced once for each form of its arguments, as the documentation "
        "of tf.function says. Calls of one model from one line with arguments of one form make no "
        "new trace of its steps after the first two; found where more than half of the others, "
        "three at least, make one. Traces are counted, so that no time is measured."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts&) override {
    calls_.forget_compiled(event);
    if (event.kind != "return") return;
    const auto traces = model::optional_integer(event.body, "traces");
    if (!traces) return;  // no compiled step is known: no claim
    const auto before = traces_.find(event.pid);
    const double more = before == traces_.end() ? 0 : static_cast<double>(*traces) - before->second;
    if (before != traces_.end() || traces_.size() < kProcesses)
      traces_[event.pid] = static_cast<double>(*traces);
    const auto* call = run.call(event.pid, model::require_integer(event.body, "id"));
    if (call != nullptr && call->error.empty()) calls_.add(event.pid, *call, run, more);
  }

  void finish(const model::Run&, Verdicts& verdicts) override {
    calls_.judge(info(), "traces its step anew", verdicts);
  }

 private:
  static constexpr std::size_t kProcesses = 1000;
  EqualCalls calls_;
  std::map<std::int64_t, double> traces_;  // made so far, by process
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<StepsTracedOnce>(); }};

}  // namespace
}  // namespace kerasan::checks

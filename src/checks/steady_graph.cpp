// Claim: the same call, repeated, does not put more and more operations into the graph.
#include "checks/equal_calls.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

class SteadyGraph : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "steady-graph", "performance-degradation", 3,
        "The graph that a model is kept in, that of a session or that of symbolic tensors, has "
        "what a call needs after the first ones: calls of one model from one line with arguments "
        "of one form add no operation to it after the first two. Found where more than half of "
        "the others, three at least, add some. Operations are counted just before and just after "
        "the framework's own work."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts&) override {
    calls_.forget_compiled(event);
    if (event.kind != "return") return;
    const auto before = model::optional_integer(event.body, "operations_before"),
               after = model::optional_integer(event.body, "operations");
    if (!before || !after) return;  // no such graph: no claim
    const auto* call = run.call(event.pid, model::require_integer(event.body, "id"));
    if (call != nullptr && call->error.empty())
      calls_.add(event.pid, *call, run, static_cast<double>(*after) - static_cast<double>(*before));
  }

  void finish(const model::Run&, Verdicts& verdicts) override {
    calls_.judge(info(), "adds operations to the graph", verdicts);
  }

 private:
  EqualCalls calls_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<SteadyGraph>(); }};

}  // namespace
}  // namespace kerasan::checks

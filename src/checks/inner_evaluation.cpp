// Rule inner-evaluation.
#include "checks/evaluation_verdict.h"
#include "checks/evaluation_watch.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

class InnerEvaluation : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "inner-evaluation", "wrong-calculation", 3,
        "An evaluation that a callback of the program makes while the model trains gives the loss "
        "and metrics of the rows handed to it: what fit validates on does not take their place."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind == "application") watch_.on_event(event, run);
    if (event.kind != "inner_call" || !event.body.contains("rows") || event.body["rows"].is_null())
      return;
    model::Call call;
    call.api = model::string_or(event.body, "api", "");
    call.id = model::optional_integer(event.body, "call").value_or(-1);
    call.where = model::where_from(event.body);
    try {
      const Evaluation evaluation = watch_.of_rows(
          event.body["rows"], call, event.body.value("result", Json()), event.pid, run);
      for (const Claim& claim : evaluation.claims) judge(info(), claim, evaluation, call, verdicts);
    } catch (const std::exception& error) {
      verdicts.not_checked(info().name, std::string("unreadable event: ") + error.what());
    }
  }

 private:
  EvaluationWatch watch_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<InnerEvaluation>(); }};

}  // namespace
}  // namespace kerasan::checks

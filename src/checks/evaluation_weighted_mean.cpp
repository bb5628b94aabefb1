// Rule evaluation-weighted-mean.
#include <cmath>

#include "checks/evaluation_verdict.h"
#include "checks/evaluation_watch.h"
#include "checks/rule.h"

namespace kerasan::checks {
namespace {

class EvaluationWeightedMean : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "evaluation-weighted-mean", "wrong-calculation", 2,
        "The loss and every metric that evaluate, validation in fit, test_on_batch and "
        "train_on_batch "
        "return equal their definition over all rows of the data: the mean over rows, weighted by "
        "the "
        "sample weights, plus regularisation losses. The size of a batch, or a smaller last batch, "
        "does not change them."};
    return info;
  }

  void join(Shared& shared) override { evaluations_ = shared.get<Evaluations>(); }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    for (const Evaluation& evaluation : evaluations_->completed_by(event, run)) {
      const model::Call* call = run.call(evaluation.pid, evaluation.call);
      for (const Claim& claim : evaluation.claims)
        // What a metric of a loaded model means is the concern of reload-metric-meaning.
        if (!claim.is_metric || !evaluation.loaded)
          judge(info(), claim, evaluation, *call, verdicts);
    }
  }

 private:
  std::shared_ptr<Evaluations> evaluations_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<EvaluationWeightedMean>(); }};

}  // namespace
}  // namespace kerasan::checks

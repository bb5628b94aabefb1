// Rule reload-keeps-evaluation.
#include "checks/evaluation_pairs.h"
#include "checks/evaluation_verdict.h"
#include "checks/rule.h"

namespace kerasan::checks {
namespace {

class ReloadKeepsEvaluation : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{"reload-keeps-evaluation", "wrong-save-reload", 4,
                               "A model loaded from a file evaluates as the model saved to it: "
                               "with the same weights and the "
                               "same data, the loss and each metric are equal."};
    return info;
  }

  void join(Shared& shared) override { evaluations_ = shared.get<Evaluations>(); }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    pairs_.on_event(event);
    for (const Evaluation& evaluation : evaluations_->completed_by(event, run))
      for (const auto& [saved, loaded] : pairs_.add(evaluation))
        for (const PairClaim& claim : pair_claims(saved, loaded))
          judge(claim, loaded, run, verdicts);
  }

 private:
  void judge(const PairClaim& claim, const Evaluation& loaded, const model::Run& run,
             Verdicts& verdicts) {
    if (!claim.unchecked.empty()) return verdicts.not_checked(info().name, claim.unchecked);
    if (claim.equal) return verdicts.agrees(info().name);
    Finding f = finding_of(info());
    f.claimed = {{claim.loaded.name, claim.loaded.claimed}};
    f.recomputed = {{claim.saved.name, claim.saved.claimed}};
    f.bound = claim.width;
    if (const model::Call* call = run.call(loaded.pid, loaded.call)) f.where = where_of(*call);
    f.message = claim.loaded.name + " of the loaded model is " + number_text(claim.loaded.claimed) +
                ", but the model that was saved gave " + number_text(claim.saved.claimed) +
                " with the same weights on the same data.";
    f.evidence = {{"saved", loaded.saved_as}, {"loaded", loaded.model}};
    f.identity = info().name + "|" + claim.saved.name;
    verdicts.disagrees(std::move(f));
  }

  std::shared_ptr<Evaluations> evaluations_;
  EvaluationPairs pairs_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ReloadKeepsEvaluation>(); }};

}  // namespace
}  // namespace kerasan::checks

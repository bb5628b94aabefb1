// Rule reload-metric-meaning.
#include <set>

#include "checks/evaluation_pairs.h"
#include "checks/evaluation_verdict.h"
#include "checks/rule.h"

namespace kerasan::checks {
namespace {

class ReloadMetricMeaning : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{"reload-metric-meaning", "wrong-save-reload", 2,
                               "A metric of a loaded model means what it meant when the model was "
                               "saved: its value equals the "
                               "definition in the saved model, or else the one that its name is "
                               "documented to resolve to."};
    return info;
  }

  void join(Shared& shared) override { evaluations_ = shared.get<Evaluations>(); }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    pairs_.on_event(event);
    for (const Evaluation& evaluation : evaluations_->completed_by(event, run)) {
      for (const auto& [saved, loaded] : pairs_.add(evaluation))
        for (const PairClaim& claim : pair_claims(saved, loaded))
          if (claim.unchecked.empty() && !claim.equal) reported_.insert({loaded.pid, loaded.call});
      if (evaluation.loaded) metrics(evaluation, run, verdicts);
    }
  }

  // Only the end of the run tells whether reload-keeps-evaluation reported the same call.
  void finish(const model::Run&, Verdicts& verdicts) override {
    for (auto& [key, finding] : pending_) {
      if (reported_.contains(key))
        verdicts.not_checked(info().name, "reported by reload-keeps-evaluation");
      else
        verdicts.disagrees(std::move(finding));
    }
    pending_.clear();
  }

 private:
  using Key = std::pair<std::int64_t, std::int64_t>;
  static constexpr std::size_t kPending = 64;

  void metrics(const Evaluation& evaluation, const model::Run& run, Verdicts& verdicts) {
    const model::Call* call = run.call(evaluation.pid, evaluation.call);
    for (const Claim& claim : evaluation.claims) {
      if (!claim.is_metric || call == nullptr) continue;
      if (pairs_.recompiled(evaluation)) {
        verdicts.not_checked(info().name, "compiled again after loading");
        continue;
      }
      const Comparison result = compare(claim);
      if (result.outcome != Outcome::kDisagrees || pending_.size() >= kPending)
        judge(info(), claim, evaluation, *call, verdicts);
      else
        pending_.emplace_back(Key{evaluation.pid, evaluation.call},
                              finding(claim, *result.nearest, evaluation, *call));
    }
  }

  Finding finding(const Claim& claim, const Candidate& nearest, const Evaluation& evaluation,
                  const model::Call& call) {
    Finding f = evaluation_finding(info(), claim, nearest, evaluation, call);
    f.message = claim.name + " of the loaded model is " + number_text(claim.claimed) + ", but " +
                nearest.meaning + ", which it meant when the model was saved, is " +
                number_text(nearest.range.value) + ".";
    f.identity = info().name + "|" + claim.name;
    return f;
  }

  std::shared_ptr<Evaluations> evaluations_;
  EvaluationPairs pairs_;
  std::set<Key> reported_;
  std::vector<std::pair<Key, Finding>> pending_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ReloadMetricMeaning>(); }};

}  // namespace
}  // namespace kerasan::checks

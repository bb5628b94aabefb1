// Claim: a loss means the same by whatever name it is given.
#include <algorithm>
#include <map>

#include "checks/call_arguments.h"
#include "checks/evaluation_verdict.h"
#include "checks/evaluation_watch.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

class LossByAnyName : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "loss-by-any-name", "wrong-parameter-setting", 3,
        "compile takes a loss by its name, as the function of that name and as an object of its "
        "class. With sample weights several ways to divide the weighted sum are documented; in one "
        "process each loss is divided in one way, however it was given."};
    return info;
  }

  void join(Shared& shared) override { evaluations_ = shared.get<Evaluations>(); }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    for (const Evaluation& evaluation : evaluations_->completed_by(event, run)) {
      const model::Model* model = run.model(evaluation.pid, evaluation.model);
      const model::Call* call = run.call(evaluation.pid, evaluation.call);
      const auto spec = model == nullptr ? std::nullopt : compile_spec(model->raw, 1);
      if (!spec || call == nullptr || evaluation.claims.empty()) continue;
      const Claim& loss = evaluation.claims.front();
      if (loss.is_metric || !loss.unchecked.empty() || loss.candidates.size() < 2) continue;
      take(spec->losses.front(), spelling(model->raw["compile"].value("loss", Json())), loss,
           evaluation, *call, verdicts);
    }
  }

 private:
  struct Reading {
    std::string spelling;
    std::vector<std::string> fit;  // the meanings that give the value
  };
  using Key = std::tuple<std::int64_t, std::string, std::string>;
  static constexpr std::size_t kKept = 200;

  static std::string spelling(const Json& loss) {
    if (loss.is_string()) return "its name";
    return loss.is_object() && loss.contains("$function") ? "a function" : "an object";
  }

  void take(const LossSpec& spec, const std::string& spelling, const Claim& loss,
            const Evaluation& evaluation, const model::Call& call, Verdicts& verdicts) {
    Reading now{spelling, {}};
    for (const Candidate& candidate : loss.candidates)
      if (candidate.range.contains(loss.claimed)) now.fit.push_back(candidate.meaning);
    if (spec.canonical.empty() || now.fit.empty() || now.fit.size() == loss.candidates.size())
      return;
    auto& known = readings_[{evaluation.pid, spec.canonical, call.api}];
    for (const Reading& before : known) {
      if (before.spelling == now.spelling) continue;
      const bool common = std::ranges::any_of(before.fit, [&](const std::string& meaning) {
        return std::ranges::find(now.fit, meaning) != now.fit.end();
      });
      if (!common) return report(spec.canonical, before, now, loss, call, verdicts);
      verdicts.agrees(info().name);
    }
    if (known.size() < kKept) known.push_back(std::move(now));
  }

  void report(const std::string& canonical, const Reading& before, const Reading& now,
              const Claim& loss, const model::Call& call, Verdicts& verdicts) {
    Finding finding = finding_of(info());
    finding.claimed = {{loss.name, loss.claimed}};
    for (const Candidate& candidate : loss.candidates)
      if (candidate.meaning == before.fit.front())
        finding.recomputed = {{loss.name, candidate.range.value}};
    finding.where = where_of(call);
    finding.message = call.api + " gives for " + canonical + ", given as " + now.spelling + ", " +
                      now.fit.front() + "; given as " + before.spelling + " it was " +
                      before.fit.front() + ".";
    finding.identity = canonical + "|" + place_of(call);
    verdicts.disagrees(std::move(finding));
  }

  std::shared_ptr<Evaluations> evaluations_;
  std::map<Key, std::vector<Reading>> readings_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<LossByAnyName>(); }};

}  // namespace
}  // namespace kerasan::checks

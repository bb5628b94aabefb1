// Rule set-weights-arrive.
#include "checks/model_differences.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

class SetWeightsArrive : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "set-weights-arrive", "wrong-save-reload", 4,
        "After set_weights, the weights of a layer or model are the arrays that it was given, in "
        "order, cast to the types of the weights."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "weights_set") return;
    const Json held = event.body.value("held", Json());
    const Differences found = compare_values(event.body.value("given", Json()), held);
    if (!found.unknown.empty()) return verdicts.not_checked(info().name, found.unknown);
    if (found.differences.empty()) return verdicts.agrees(info().name);
    std::size_t at = 0;
    while (at + 1 < held.size() &&
           held[at].value("digest", Json()) == event.body["given"][at].value("digest", Json()))
      ++at;
    const std::string layer = model::string_or(event.body, "name", "?");
    const std::string weight = model::string_or(held[at], "name", "?");
    Finding finding = finding_of(info());
    finding.claimed = held[at].value("head", Json());
    finding.recomputed = event.body["given"][at].value("head", Json());
    finding.where = where_of(event, run, "place");
    finding.where["layer"] = layer;
    finding.message = "after set_weights of \"" + layer + "\", " + weight +
                      " does not hold the array that it was given; it begins with " +
                      finding.claimed.dump() + ".";
    finding.identity = info().name + "|" + model::string_or(event.body, "class", "") + "|" + weight;
    verdicts.disagrees(std::move(finding));
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<SetWeightsArrive>(); }};

}  // namespace
}  // namespace kerasan::checks

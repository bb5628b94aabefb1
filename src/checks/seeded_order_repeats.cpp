// Claim: the same pipeline from the same seeds begins with the same elements.
#include <map>

#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

class SeededOrderRepeats : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "seeded-order-repeats", "wrong-calculation", 4,
        "Where a program builds the same shuffled dataset twice, from the same data, with the same "
        "seeds of the program and the operation, and iterates over each for the first time at the "
        "same line, both begin with the same elements, alone or under a distribution strategy of "
        "one replica. Pipelines with functions of the program are not looked at."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "seeded_element") return;
    const Json* where = model::find_field(event.body, "where");
    const Json* element = model::find_field(event.body, "element");
    if (where == nullptr || element == nullptr) return;
    const std::string place = model::string_or(*where, "file", "") + ":" +
                              std::to_string(model::optional_integer(*where, "line").value_or(0));
    const std::string key = model::string_or(event.body, "pipeline", "") + "|" +
                            model::string_or(event.body, "strategy", "") + "|" + place + "|" +
                            std::to_string(model::require_integer(event.body, "index"));
    const std::size_t hash = std::hash<std::string>{}(key);
    const auto found = first_.find(hash);
    if (found == first_.end()) {
      if (first_.size() < kKept) first_[hash] = element->dump();
      return;
    }
    if (found->second == element->dump()) return verdicts.agrees(info().name);
    report(event, run, place, verdicts);
  }

 private:
  static constexpr std::size_t kKept = 10000;

  void report(const model::Event& event, const model::Run& run, const std::string& place,
              Verdicts& verdicts) {
    if (told_[place]++ > 0) return;  // the elements after it follow from the first
    const std::string strategy = model::string_or(event.body, "strategy", "");
    const std::string index = std::to_string(model::require_integer(event.body, "index"));
    Finding finding = finding_of(info());
    finding.claimed = "one order for one seed";
    finding.recomputed = "element " + index + " is another one";
    finding.where = where_of(event, run, "where");
    finding.message =
        "a dataset shuffled with fixed seeds is built twice alike" +
        (strategy.empty() ? std::string() : " under " + strategy) +
        " and does not begin with the same elements: runs with the same seeds differ.";
    finding.evidence = {{"pipeline", model::string_or(event.body, "pipeline", "")}};
    finding.identity = strategy + "|" + place;
    verdicts.disagrees(std::move(finding));
  }

  std::map<std::size_t, std::string> first_;
  std::map<std::string, int> told_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<SeededOrderRepeats>(); }};

}  // namespace
}  // namespace kerasan::checks

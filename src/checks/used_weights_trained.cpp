// Claim: training moves every trainable weight that lies between a model's inputs and outputs.
#include <map>

#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

// Trainable weights that the operations of a model read and the model does not list, with their
// values; by name.
using Held = std::map<std::string, Json>;

Held trainable_of(const Json& body) {
  Held out;
  const Json* unlisted = model::find_field(body, "unlisted");
  if (unlisted == nullptr || !unlisted->is_array()) return out;
  for (const Json& weight : *unlisted)
    if (weight.is_object() && weight.value("trainable", Json()) == true)
      out[model::string_or(weight, "weight", "")] = weight;
  return out;
}

bool trains(const model::Call* call) {
  return call != nullptr && (call->api == "Model.fit" || call->api == "Model.fit_generator");
}

class UsedWeightsTrained : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "used-weights-trained", "wrong-calculation", 4,
        "When fit returns, every trainable weight that the operations between a model's inputs and "
        "outputs read has taken part in training: where the model does not list it, it must not "
        "be, to the last bit, what it was before."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "model" || !event.body.contains("unlisted")) return;
    const auto id = model::optional_integer(event.body, "call");
    const model::Call* call = id ? run.call(event.pid, *id) : nullptr;
    if (!trains(call)) return;
    const Key key{event.pid, model::string_or(event.body, "id", "")};
    const std::string when = model::string_or(event.body, "when", "");
    if (when == "call") {
      if (before_.size() >= kModelsKept) before_.clear();
      before_[key] = trainable_of(event.body);
    } else if (when == "end of call") {
      if (const auto held = before_.find(key); held != before_.end()) {
        judge(event, *call, held->second, verdicts);
        before_.erase(held);
      }
    }
  }

 private:
  using Key = std::pair<std::int64_t, std::string>;
  static constexpr std::size_t kModelsKept = 2000;

  void judge(const model::Event& event, const model::Call& call, const Held& before,
             Verdicts& verdicts) const {
    const Held after = trainable_of(event.body);
    std::size_t compared = 0;
    Json still = Json::array();
    for (const auto& [name, weight] : before) {
      const auto now = after.find(name);
      const Json held = weight.value("value", Json());
      if (now == after.end() || held.is_null() || now->second.value("value", Json()).is_null())
        continue;
      ++compared;
      if (held == now->second["value"]) still.push_back(name);
    }
    if (!still.empty()) return report(event, call, before, still, verdicts);
    if (compared < before.size())
      return verdicts.not_checked(info().name, "the weights were not recorded");
    verdicts.agrees(info().name);
  }

  void report(const model::Event& event, const model::Call& call, const Held& before,
              const Json& still, Verdicts& verdicts) const {
    const std::string name = still[0].get<std::string>();
    const Json& weight = before.at(name);
    Finding finding = finding_of(info());
    finding.claimed = "unchanged by training";
    finding.recomputed = "trainable, and read for the outputs";
    finding.where = where_of(call);
    finding.where["layer"] = model::string_or(weight, "layer", "");
    finding.message =
        "fit left " + name + " of " + model::string_or(weight, "class", "a layer") + " \"" +
        model::string_or(weight, "layer", "") +
        "\" as it was: it is trainable and lies between the inputs and outputs of \"" +
        model::string_or(event.body, "name", "?") + "\".";
    finding.evidence = {{"weights", still}, {"operation", weight.value("operation", Json())}};
    finding.identity = name;
    verdicts.disagrees(std::move(finding));
  }

  std::map<Key, Held> before_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<UsedWeightsTrained>(); }};

}  // namespace
}  // namespace kerasan::checks

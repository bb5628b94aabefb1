// Rule reload-keeps-optimizer.
#include <algorithm>

#include "checks/rebuilt_rule.h"
#include "model/fields.h"
#include "model/graph.h"

namespace kerasan::checks {
namespace {

using model::Json;

// The count of steps: the one whole number among the variables; null where there is none.
Json steps_of(const Json& variables) {
  Json found = Json::array();
  for (const Json& one : variables)
    if (one.value("shape", Json()) == Json::array() &&
        model::string_or(one, "dtype", "").find("int") != std::string::npos)
      found.push_back(one);
  return found.size() == 1 ? found : Json();
}

std::ptrdiff_t count_trained(const Json& model) {
  std::ptrdiff_t count = 0;
  for (const Json* layer : model::leaf_layers(model))
    for (const Json& weight : layer->value("weights", Json::array()))
      count += weight.value("trainable", Json()) == true;
  return count;
}

// Both models train as many weights, and the first optimizer has slots of more: it was made when
// more of them trained.
bool of_other_weights(const Rebuilt& pair, const Json& held, const Json& now) {
  const bool built = now.is_array() && std::ranges::any_of(now, [](const Json& one) {
                       return one.value("shape", Json::array()) != Json::array();
                     });
  return built && held.is_array() && now.size() < held.size() &&
         count_trained(pair.source) == count_trained(pair.made);
}

class ReloadKeepsOptimizer : public RebuiltRule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "reload-keeps-optimizer", "wrong-save-reload", 4,
        "The optimizer of a loaded model is of the class that it was when the model was saved, has "
        "the same settings to single precision, and holds the same count of steps and the same "
        "slots, bit for bit. Slots that are restored when training goes on are not checked."};
    return info;
  }

 protected:
  bool concerns(const Rebuilt& pair) const override { return pair.how == How::kLoaded; }

  Differences compare(const Rebuilt& pair) const override {
    const Json source = pair.source.value("optimizer_state", Json()),
               made = pair.made.value("optimizer_state", Json());
    Differences out;
    if (!source.is_object() || !made.is_object()) {
      out.unknown = "the file holds no optimizer, or one that is not known";
      return out;
    }
    const bool builtin = source.value("builtin", false) && made.value("builtin", false);
    if (builtin && source.value("class", "") != made.value("class", "")) {
      out.differences.push_back({"the class of the optimizer", source["class"], made["class"]});
      return out;
    }
    if (builtin && source.contains("config") && made.contains("config"))
      out = compare_config(source["config"], made["config"]);
    for (Difference& one : out.differences) one.what = "the optimizer's " + one.what;
    if (!out.differences.empty()) return out;
    const Json held = source.value("variables", Json()), now = made.value("variables", Json());
    if (of_other_weights(pair, held, now)) {
      out.unknown = "an optimizer of weights that train no more";
      return out;
    }
    return compare_state(held, now);
  }

 private:
  static Differences compare_state(const Json& source, const Json& made) {
    const bool whole = source.is_array() && made.is_array() && source.size() == made.size();
    Differences out =
        whole ? compare_values(source, made) : compare_values(steps_of(source), steps_of(made));
    if (!out.unknown.empty()) out.unknown = "slots are restored when training goes on";
    for (Difference& one : out.differences) one.what = "the optimizer's " + one.what;
    return out;
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ReloadKeepsOptimizer>(); }};

}  // namespace
}  // namespace kerasan::checks

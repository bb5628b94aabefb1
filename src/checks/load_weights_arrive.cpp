// Rule load-weights-arrive.
#include <map>

#include "checks/own_form.h"
#include "checks/rebuilt_rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;
using model::string_or;

const Json& list_of(const Json& body, const char* name) {
  static const Json none = Json::array();
  const Json* held = model::find_field(body, name);
  return held != nullptr && held->is_array() ? *held : none;
}

// Of one layer of the model, in the order of its weights; null where one is not known.
Json values_of(const Json& layer, const std::map<std::string, const Json*>& known) {
  Json out = Json::array();
  for (const Json& weight : list_of(layer, "weights")) {
    const auto found = known.find(string_or(weight, "id", ""));
    if (found == known.end()) return Json();
    out.push_back(*found->second);
  }
  return out;
}

std::map<std::string, const Json*> by_id(const Json& model) {
  std::map<std::string, const Json*> out;
  for (const Json& value : list_of(model, "values")) out[string_or(value, "id", "")] = &value;
  return out;
}

// Layers of the same name whose weights have the same shapes.
Differences compare_by_name(const Json& source, const Json& made) {
  const auto old_values = by_id(source), new_values = by_id(made);
  std::map<std::string, const Json*> old_layers;
  for (const Json& layer : list_of(source, "layers"))
    old_layers[string_or(layer, "name", "")] = &layer;
  Differences out;
  bool any = false;
  for (const Json& layer : list_of(made, "layers")) {
    const auto old = old_layers.find(string_or(layer, "name", ""));
    if (old == old_layers.end()) continue;
    const Differences found =
        compare_values(values_of(*old->second, old_values), values_of(layer, new_values));
    if (!found.unknown.empty()) continue;
    any = true;
    out.differences.insert(out.differences.end(), found.differences.begin(),
                           found.differences.end());
  }
  if (!any) out.unknown = "no layer of the file fits one of the model by name";
  return out;
}

class LoadWeightsArrive : public RebuiltRule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "load-weights-arrive", "wrong-save-reload", 4,
        "After load_weights, a model with the layers of the one that saved them has, bit for bit, "
        "the weights that this one had then. Where they are loaded by name or those that do not "
        "fit are left out, this holds of the layers of the same name and shapes."};
    return info;
  }

 protected:
  bool concerns(const Rebuilt& pair) const override { return pair.how == How::kWeights; }

  Differences compare(const Rebuilt& pair) const override {
    const Json &source = pair.source, &made = pair.made;
    if (auto merged = merged_when_saved(source); !merged.empty()) return {{}, merged};
    if (pair.custom) return compare_by_name(source, made);
    const bool graphs = has_graph(source) && has_graph(made);
    const auto same = [&](const char* name) {
      return string_or(source, name, "") == string_or(made, name, "");
    };
    Differences out;
    if (!graphs && !(same("class") && same("module") && same("structure"))) {
      out.unknown = "models of other classes";
      return out;
    }
    return compare_values(source.value("values", Json()), made.value("values", Json()));
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<LoadWeightsArrive>(); }};

}  // namespace
}  // namespace kerasan::checks

// Rule config-is-plain.
#include <set>

#include "checks/rule.h"
#include "model/fields.h"
#include "model/graph.h"

namespace kerasan::checks {
namespace {

using model::Json;
using model::string_or;

constexpr int kDeepest = 64;

// The path of an object of the framework inside a configuration; empty where there is none.
std::string framework_object(const Json& value, const std::string& path, int depth) {
  if (depth > kDeepest || !value.is_structured()) return {};
  if (value.is_object() && value.size() == 1 &&
      (value.contains("$shape") || value.contains("$dtype")))
    return path;
  for (const auto& [key, held] : value.items()) {
    const std::string next = value.is_array() || key == "$tuple" ? path : path + "." + key;
    // The layers of a model are looked at one by one.
    if (depth == 0 && (key == "layers" || key == "$dict")) continue;
    const std::string found = framework_object(held, next, depth + 1);
    if (!found.empty()) return found;
  }
  return {};
}

class ConfigIsPlain : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "config-is-plain", "wrong-save-reload", 3,
        "What get_config of a model gives is made of plain values (None, numbers, strings, lists, "
        "tuples, dicts), so that it can be compared, printed and written. A shape or type object "
        "of the framework in it is none: one with an unknown dimension does not equal itself in "
        "every release. Told once for a program."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "model") return;
    const auto id = model::optional_integer(event.body, "call");
    const model::Call* call = id ? run.call(event.pid, *id) : nullptr;
    if (call == nullptr || call->api != "Model.get_config") return;
    std::string found, kind = string_or(event.body, "class", "");
    if (event.body.value("builtin", false))
      found = framework_object(event.body.value("config", Json()), "config", 0);
    for (const Json* layer : model::leaf_layers(event.body))
      if (found.empty() && layer->value("builtin", false)) {
        const std::string of = "config of layer " + string_or(*layer, "name", "?");
        found = framework_object(layer->value("config", Json()), of, 0);
        if (!found.empty()) kind = string_or(*layer, "class", "") + found.substr(of.size());
      }
    if (found.empty()) return verdicts.agrees(info().name);
    if (told_.size() >= kToldKept || !told_.insert(kind).second) return;  // once for a program
    Finding finding = finding_of(info());
    finding.claimed = found;
    finding.recomputed = "a list of numbers, or a name";
    finding.where = where_of(event, run, "where");
    finding.message = "the configuration of \"" + string_or(event.body, "name", "?") +
                      "\" holds an object of the framework at " + found +
                      ", which is no plain value: configurations of equal models may be unequal.";
    finding.identity = info().name + "|" + kind;
    verdicts.disagrees(std::move(finding));
  }

 private:
  static constexpr std::size_t kToldKept = 1000;
  std::set<std::string> told_;  // argument of a class
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ConfigIsPlain>(); }};

}  // namespace
}  // namespace kerasan::checks

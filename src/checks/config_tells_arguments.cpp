// Claim: the configuration of an object of the framework tells what it was made with.
#include <algorithm>
#include <array>
#include <vector>

#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

// Ways to compute, and what is no part of a configuration by its documentation.
constexpr std::array<std::string_view, 10> kNoSetting{
    "weights",         "name",        "dtype",          "dynamic",     "autocast", "use_cudnn",
    "flash_attention", "jit_compile", "implementation", "input_tensor"};
// What these are given is told in other words.
constexpr std::array<std::string_view, 4> kOtherWords{"InputLayer", "InputSpec", "Lambda", "Layer"};

constexpr std::array<std::string_view, 7> kUses{
    "Model.save",    "save_model",  "Model.get_config", "Model.from_config",
    "Model.to_json", "clone_model", "model_from_json"};

bool among(const auto& all, std::string_view one) {
  return std::ranges::find(all, one) != all.end();
}

class ConfigTellsArguments : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "config-tells-arguments", "wrong-save-reload", 3,
        "get_config of a new layer, initializer, regularizer, constraint, loss, optimizer or "
        "schedule tells each named argument of the constructor that the program gave another value "
        "than the default: what is made of the configuration again would else hold the default."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    used_ = used_ || uses_configurations(event);
    if (event.kind != "constructed") return;
    const Json* untold = model::find_field(event.body, "untold");
    const std::string cls = model::string_or(event.body, "class", "");
    if (untold == nullptr || !untold->is_array() || among(kOtherWords, cls)) return;
    bool all = true;
    for (const Json& name : *untold) {
      if (!name.is_string() || among(kNoSetting, name.get_ref<const std::string&>())) continue;
      all = false;
      hold(event, run, cls, name);
    }
    if (all) verdicts.agrees(info().name);
  }

  void finish(const model::Run&, Verdicts& verdicts) override {
    for (Finding& finding : held_)
      if (used_) {
        verdicts.disagrees(std::move(finding));
      } else {
        verdicts.not_checked(info().name, "the program makes nothing of a configuration");
      }
  }

 private:
  static constexpr std::size_t kHeld = 300;

  static bool uses_configurations(const model::Event& event) {
    if (event.kind == "inner_save") return model::string_or(event.body, "saves", "") == "model";
    return event.kind == "call" && among(kUses, model::string_or(event.body, "api", ""));
  }

  void hold(const model::Event& event, const model::Run& run, const std::string& cls,
            const std::string& name) {
    if (held_.size() >= kHeld) return;
    Finding finding = finding_of(info());
    finding.claimed = "a configuration without " + name;
    finding.recomputed = name + " as it was given";
    finding.where = where_of(event, run, "where");
    finding.message = "get_config of " + cls + " does not tell " + name +
                      ", which it was given: what is made of it again has the default.";
    finding.identity = cls + "|" + name;
    held_.push_back(std::move(finding));
  }

  bool used_ = false;
  std::vector<Finding> held_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ConfigTellsArguments>(); }};

}  // namespace
}  // namespace kerasan::checks

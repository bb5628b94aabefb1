// Claim: Embedding and Masking hand on the mask that their documentation defines.
#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

class MaskAsDocumented : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "mask-as-documented", "wrong-parameter-setting", 4,
        "What Embedding with mask_zero or Masking gives carries a mask to the layer that it is "
        "handed to: true where the token is not 0, or where a value of the step is not "
        "mask_value."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "application" || event.body.value("step", Json()).is_null()) return;
    const Json place{event.pid, event.body["step"], event.body.value("model", Json())};
    if (place != place_) {
      place_ = place;
      made_.clear();
    }
    const Json inputs = event.body.value("inputs", Json::array()),
               masks = event.body.value("masks", Json::array());
    if (!inputs.is_array() || !masks.is_array()) return;
    for (std::size_t k = 0; k < std::min(inputs.size(), masks.size()); ++k)
      received(event, inputs[k], masks[k], run, verdicts);
    note(event, inputs, run);
  }

 private:
  struct Made {
    std::vector<bool> mask;
    std::string by;
    bool again = false;  // another layer gave the same values: it may have dropped the mask
  };

  // The documented mask of what this application gives; nullopt where it makes none.
  static std::optional<std::vector<bool>> mask_of(const Json& body, const Json& inputs,
                                                  const model::Run& run) {
    const std::string cls = model::string_or(body, "class", "");
    const Json config = body.value("config", Json::object());
    const bool embeds = cls == "Embedding" && config.value("mask_zero", Json()) == true;
    if (body.value("builtin", Json()) != true || (!embeds && cls != "Masking") ||
        inputs.size() != 1 || body.value("masks", Json::array()) != Json::array({nullptr}))
      return std::nullopt;
    const auto x = run.tensor(inputs[0]);
    const Json value = embeds ? Json(0) : config.value("mask_value", Json());
    if (!x || !value.is_number() || x->shape().empty()) return std::nullopt;
    const auto values = x->to_doubles();
    const auto width = static_cast<std::size_t>(embeds ? 1 : x->shape().back());
    if (width == 0) return std::nullopt;
    // In the type of the input.
    const double masked = x->dtype() == DType::kFloat32 ? static_cast<double>(value.get<float>())
                                                        : value.get<double>();
    std::vector<bool> out(values.size() / width);
    for (std::size_t k = 0; k < values.size(); ++k)
      if (values[k] != masked) out[k / width] = true;
    return out;
  }

  void note(const model::Event& event, const Json& inputs, const model::Run& run) {
    const Json outputs = event.body.value("outputs", Json::array());
    if (!outputs.is_array()) return;
    auto mask = mask_of(event.body, inputs, run);
    for (const Json& output : outputs) {
      const std::string digest = model::string_or(output, "$tensor", "");
      if (digest.empty()) continue;
      if (const auto held = made_.find(digest); held != made_.end())
        held->second.again = true;
      else if (mask && outputs.size() == 1)
        made_[digest] = {*mask, model::string_or(event.body, "class", ""), false};
    }
  }

  void received(const model::Event& event, const Json& input, const Json& mask,
                const model::Run& run, Verdicts& verdicts) {
    const auto made = made_.find(model::string_or(input, "$tensor", ""));
    if (made == made_.end()) return;
    if (made->second.again)
      return verdicts.not_checked(info().name, "another layer gave the same values");
    std::optional<std::vector<bool>> held;
    if (const auto tensor = run.tensor(mask)) {
      held.emplace();
      for (const double value : tensor->to_doubles()) held->push_back(value != 0);
    }
    if (held && *held == made->second.mask) return verdicts.agrees(info().name);
    report(event, made->second, held ? "another one" : "none", verdicts);
  }

  void report(const model::Event& event, const Made& made, const std::string& so,
              Verdicts& verdicts) {
    const std::string cls = model::string_or(event.body, "class", ""),
                      name = model::string_or(event.body, "name", "");
    Finding finding = finding_of(info());
    finding.claimed = "the mask of " + made.by;
    finding.recomputed = so;
    finding.where = {{"layer", name}, {"step", event.body["step"]}};
    finding.message = made.by + " makes a mask for what it gives, but " + cls + " layer \"" + name +
                      "\", which is handed it, gets " + so + ".";
    finding.identity = made.by + "|" + cls + "|" + name + "|" + so;
    verdicts.disagrees(std::move(finding));
  }

  Json place_;
  std::map<std::string, Made> made_;  // by the digest of the output
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<MaskAsDocumented>(); }};

}  // namespace
}  // namespace kerasan::checks

// Rule config-is-json.
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;
using model::string_or;

// What follows the place where the text stops being JSON.
std::string token_at(const std::string& text, std::size_t at) {
  const std::size_t from = text.find_last_of(" ,:[{\n", at > 0 ? at - 1 : 0);
  return text.substr(from == std::string::npos ? 0 : from + 1, 24);
}

class ConfigIsJson : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "config-is-json", "wrong-save-reload", 3,
        "What to_json gives is JSON as RFC 8259 defines it: in particular, it has no Infinity and "
        "no NaN, which no other reader takes."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "config_text") return;
    if (!event.body.value("complete", false))
      return verdicts.not_checked(info().name, "a long configuration was not recorded whole");
    const std::string text = string_or(event.body, "text", "");
    try {
      const Json parsed = Json::parse(text);
      verdicts.agrees(info().name);
    } catch (const Json::parse_error& error) {
      Finding finding = finding_of(info());
      const std::string token = token_at(text, error.byte);
      finding.claimed = token;
      finding.recomputed = "no JSON value";
      finding.where = where_of(event, run, "where");
      finding.message = "the configuration of \"" + string_or(event.body, "name", "?") +
                        "\" is no JSON: at byte " + std::to_string(error.byte) + " it has " +
                        Json(token).dump() + ".";
      finding.identity = info().name;
      verdicts.disagrees(std::move(finding));
    }
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ConfigIsJson>(); }};

}  // namespace
}  // namespace kerasan::checks

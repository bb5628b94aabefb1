// Claim: a summary shows the layers that the model was made of.
#include <map>

#include "checks/call_arguments.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

const Json& list_of(const Json& body, const char* name) {
  static const Json none = Json::array();
  const Json* held = model::find_field(body, name);
  return held != nullptr && held->is_array() ? *held : none;
}

// What a table is drawn with before the first column.
bool is_drawing(unsigned char c) { return c == ' ' || c == '|' || c >= 0x80; }

// A line whose first column begins with the name, or with as much of it as a narrow column shows.
bool shows(const std::string& text, const std::string& name) {
  constexpr std::size_t kSure = 12;
  const std::string begins = name.substr(0, kSure);
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = text.find('\n', at);
    if (end == std::string::npos) end = text.size();
    while (at < end && is_drawing(static_cast<unsigned char>(text[at]))) ++at;
    if (text.compare(at, begins.size(), begins) == 0) return true;
    at = end + 1;
  }
  return false;
}

class SummaryShowsLayers : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "summary-shows-layers", "wrong-displayed-message", 2,
        "The summary of a functional or sequential model has a line for each of its layers, and "
        "its layers are those that the program called on the way from the inputs to the outputs: "
        "no layer is taken apart into the operations inside it."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    const auto id = model::optional_integer(event.body, event.kind == "return" ? "id" : "call");
    if (!id) return;
    const auto* call = run.call(event.pid, *id);
    if (call == nullptr || call->api != "Model.summary") return;
    const std::pair<std::int64_t, std::int64_t> key{event.pid, *id};
    if (event.kind == "return") {
      if (call->error.empty()) judge(*call, shown_[key], verdicts);
      shown_.erase(key);
    } else if (shown_.size() < kCallsKept) {
      Shown& shown = shown_[key];
      if (event.kind == "model") shown.model = event.body;
      if (event.kind == "text" && event.body.value("stream", "") == "stdout" &&
          shown.text.size() < kTextKept)
        shown.text += model::string_or(event.body, "text", "");
    }
  }

 private:
  struct Shown {
    Json model;
    std::string text;
  };
  static constexpr std::size_t kCallsKept = 16, kTextKept = 1 << 20;

  void judge(const model::Call& call, const Shown& shown, Verdicts& verdicts) {
    const std::string structure = model::string_or(shown.model, "structure", "subclassed");
    if (structure == "subclassed")
      return verdicts.not_checked(info().name, "no graph tells which layers a model is made of");
    if (shown.text.empty() || shown.text.size() >= kTextKept)
      return verdicts.not_checked(info().name, "the summary was not written to standard output");
    for (const char* name : {"line_length", "positions", "print_fn", "layer_range"})
      if (is_given(call, name) && !argument(call, name).is_null())
        return verdicts.not_checked(info().name, std::string("a summary with ") + name);
    for (const Json& layer : list_of(shown.model, "called"))
      if (!shows(shown.text, model::string_or(layer, "name", ""))) {
        report(call, shown.model, layer, "is made with", verdicts);
        return;
      }
    for (const Json& layer : list_of(shown.model, "layers"))
      if (!shows(shown.text, model::string_or(layer, "name", ""))) {
        report(call, shown.model, layer, "holds", verdicts);
        return;
      }
    verdicts.agrees(info().name);
  }

  void report(const model::Call& call, const Json& model, const Json& layer, const char* how,
              Verdicts& verdicts) {
    const std::string label = model::string_or(layer, "class", "a layer") + " \"" +
                              model::string_or(layer, "name", "") + "\"";
    const std::string name = model::string_or(model, "name", "?");
    Finding finding = finding_of(info());
    finding.claimed = "a summary of " + std::to_string(list_of(model, "layers").size()) +
                      " layers without " + label;
    finding.recomputed = "the model " + std::string(how) + " " + label;
    finding.where = where_of(call);
    finding.where["layer"] = model::string_or(layer, "name", "");
    finding.message = "the summary of \"" + name + "\" does not show " + label +
                      ", which the model " + how +
                      (list_of(model, "called").empty()
                           ? "."
                           : " between its inputs and outputs; the operations inside it stand "
                             "there instead.");
    finding.evidence = {{"called and not listed", list_of(model, "called")}};
    finding.identity = name + "/" + label;
    verdicts.disagrees(std::move(finding));
  }

  std::map<std::pair<std::int64_t, std::int64_t>, Shown> shown_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<SummaryShowsLayers>(); }};

}  // namespace
}  // namespace kerasan::checks

// Claim: the operation behind a layer's output is the one that the layer ends with.
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

// The operation that computes a documented activation; nullptr where that is not one of its own.
// https://www.tensorflow.org/api_docs/python/tf/keras/activations
const char* operation_of(const std::string& activation) {
  static const std::map<std::string, const char*> operations{
      {"relu", "Relu"},         {"sigmoid", "Sigmoid"},   {"tanh", "Tanh"}, {"softmax", "Softmax"},
      {"softplus", "Softplus"}, {"softsign", "Softsign"}, {"elu", "Elu"}};
  const auto found = operations.find(activation);
  return found == operations.end() ? nullptr : found->second;
}

class OutputIsWork : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "output-is-work", "wrong-structure", 2,
        "Where a program asks for the operation that gives a layer's output, to export or find it "
        "by name, that is the layer's last operation (Sigmoid for activation \"sigmoid\"), in "
        "eager mode as in a graph, and not one that passes its value on under another name."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "output_operation") return;
    const Json* operation = model::find_field(event.body, "operation");
    const Json config = event.body.value("config", Json());
    const std::string cls = model::string_or(event.body, "class", "a layer");
    if (operation == nullptr || !event.body.value("builtin", false) || !config.is_object())
      return verdicts.not_checked(info().name, "a layer outside Keras may end with any operation");
    const Json* held = model::find_field(config, "activation");
    const std::string activation =
        held != nullptr && held->is_string() ? held->get<std::string>() : "";
    const char* expected = operation_of(activation);
    if (expected == nullptr)
      return verdicts.not_checked(info().name, "no named activation with an operation of its own");
    const std::string type = model::string_or(*operation, "type", "");
    if (type != "Identity" || !operation->contains("inputs") ||
        (*operation)["inputs"] != Json::array({expected}))
      return verdicts.agrees(info().name);
    report(event, run, cls, activation, expected, verdicts);
  }

 private:
  void report(const model::Event& event, const model::Run& run, const std::string& cls,
              const std::string& activation, const char* expected, Verdicts& verdicts) {
    const Json& operation = event.body["operation"];
    const std::string label = model::string_or(event.body, "name", "?");
    const std::string name = model::string_or(operation, "name", "");
    Finding finding = finding_of(info());
    finding.claimed = "Identity (" + name + ")";
    finding.recomputed = expected;
    finding.where = where_of(event, run, "where");
    finding.where["layer"] = label;
    finding.message = cls + " \"" + label + "\" with activation \"" + activation +
                      "\" is said to end in the operation \"" + name +
                      "\", an Identity that passes on what " + expected +
                      " gives: the output cannot be found by the name of the layer's work.";
    finding.evidence = {{"operation", operation}};
    finding.identity = cls + "/" + label;
    verdicts.disagrees(std::move(finding));
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<OutputIsWork>(); }};

}  // namespace
}  // namespace kerasan::checks

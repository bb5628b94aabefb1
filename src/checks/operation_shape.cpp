// Claim: the static shape of an operation's result is the one that its static inputs determine.
#include "base/declared_shape.h"
#include "checks/rule.h"
#include "model/fields.h"
#include "reference/operation_shapes.h"

namespace kerasan::checks {
namespace {

using model::Json;

Json json_of(const std::optional<Dims>& shape) {
  if (!shape) return "unknown";
  Json out = Json::array();
  for (const auto& size : *shape) out.push_back(size ? Json(*size) : Json());
  return out;
}

bool is_tensor(const Json& value) { return value.is_object() && value.contains("$array"); }

// The static shape of a recorded tensor; nullopt where not even its rank is known.
std::optional<Dims> shape_of(const Json& tensor) {
  const Json held = tensor.at("$array").value("shape", Json());
  if (!held.is_array()) return std::nullopt;
  const DeclaredShapes parsed = parse_shapes(held);
  if (parsed.state != DeclaredShapes::State::kKnown || parsed.shapes.size() != 1)
    return std::nullopt;
  return parsed.shapes.front();
}

reference::OperationCall call_of(const Json& body) {
  reference::OperationCall call;
  call.name = model::string_or(body, "name", "");
  const Json* args = model::find_field(body, "args");
  if (args == nullptr || !args->is_object()) return call;
  for (const auto& [name, value] : args->items()) {
    bool tensors = value.is_array() && !value.empty();
    if (value.is_array())
      for (const Json& item : value) tensors = tensors && is_tensor(item);
    if (is_tensor(value)) {
      call.tensors[name] = {shape_of(value)};
    } else if (tensors) {
      for (const Json& item : value) call.tensors[name].push_back(shape_of(item));
    } else if (!value.is_null()) {
      call.arguments[name] = value;
    }
  }
  return call;
}

bool keeps(const std::optional<Dims>& claimed, const Dims& follows) {
  if (!claimed || claimed->size() != follows.size()) return false;
  for (std::size_t i = 0; i < follows.size(); ++i)
    if (follows[i] && (*claimed)[i] != follows[i]) return false;
  return true;
}

class OperationShapeRule : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "operation-shape", "wrong-shape", 2,
        "A slice, transposition, concatenation or batch_dot that the program writes has the rank "
        "and every dimension that follow from the static shapes and the numbers it is given, "
        "whether the tensor holds values or stands for a layer's output."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "operation") return;
    const reference::OperationCall call = call_of(event.body);
    const Json* result = model::find_field(event.body, "result");
    if (result == nullptr || !is_tensor(*result))
      return verdicts.not_checked(info().name, call.name + ": the result is not one tensor");
    const reference::OperationShape follows = reference::operation_shape(call);
    if (!follows.output) return verdicts.not_checked(info().name, follows.reason);
    const std::optional<Dims> claimed = shape_of(*result);
    if (keeps(claimed, *follows.output)) return verdicts.agrees(info().name);
    Finding finding = finding_of(info());
    finding.claimed = json_of(claimed);
    finding.recomputed = json_of(follows.output);
    finding.where = where_of(event, run, "where");
    finding.where["api"] = call.name;
    finding.message = call.name + " gives a tensor of shape " + json_of(claimed).dump() +
                      "; the shape of its input and its arguments give " +
                      json_of(follows.output).dump() + ".";
    finding.evidence = {{"arguments", event.body.value("args", Json())}};
    finding.identity = call.name + "|" + finding.where.value("file", "") + "|" +
                       std::to_string(finding.where.value("line", 0));
    verdicts.disagrees(std::move(finding));
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<OperationShapeRule>(); }};

}  // namespace
}  // namespace kerasan::checks

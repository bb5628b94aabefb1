// Claim: a compiled model does not run its layers from Python for each batch.
#include <map>
#include <set>

#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

class CompiledSteps : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "compiled-steps", "performance-degradation", 3,
        "Unless run_eagerly is set, a model's step is compiled once for each form of its batches: "
        "batches of a form that was seen before do not call the layers in Python again. Found "
        "where every counted batch of one place of the program, two at least, does."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind == "call" && model::string_or(event.body, "api", "") == "Model.compile")
      return forget(event.pid, model::string_or(event.body, "self", ""));
    if (event.kind == "step") step(event, run, verdicts);
  }

  void finish(const model::Run&, Verdicts& verdicts) override {
    for (const auto& [key, loop] : loops_) judge(loop, verdicts);
  }

 private:
  struct Loop {
    std::set<std::string> forms;  // of the batches seen
    std::uint64_t counted = 0, python = 0;
    std::int64_t layers = 0;  // calls in the last one that made any
    Json where;
    std::string api, place;
  };
  static constexpr std::size_t kLoopsKept = 500, kFormsKept = 64;
  using Key = std::tuple<std::int64_t, std::string, std::string, std::string>;

  void forget(std::int64_t pid, const std::string& model) {
    for (auto& [key, loop] : loops_)
      if (std::get<0>(key) == pid && std::get<1>(key) == model) loop.forms.clear();
  }

  // Types and shapes of a batch.
  static std::string form_of(const Json& value, const model::Run& run) {
    std::string out;
    for (const Tensor& tensor : run.tensors(value))
      out += std::string(dtype_name(tensor.dtype())) + shape_text(tensor.shape()) + ";";
    return out;
  }

  void step(const model::Event& event, const model::Run& run, Verdicts& verdicts) {
    const auto id = model::optional_integer(event.body, "call");
    const auto* call = id ? run.call(event.pid, *id) : nullptr;
    if (call == nullptr) return;
    const std::string model = model::string_or(event.body, "model", "");
    const std::string place = call->where.file + ":" + std::to_string(call->where.line);
    const Key key{event.pid, model, model::string_or(event.body, "phase", ""), call->api + place};
    if (!loops_.contains(key) && loops_.size() >= kLoopsKept) return;
    Loop& loop = loops_[key];
    std::string form;
    for (const char* part : {"x", "y", "sample_weight"})
      form += form_of(event.body.value(part, Json()), run) + "|";
    if (loop.forms.size() >= kFormsKept) return;
    const bool seen = !loop.forms.insert(form).second;
    const auto calls = model::optional_integer(event.body, "python_calls");
    if (!calls || !seen) return;
    if (!compiled(run.model(event.pid, model)))
      return verdicts.not_checked(info().name, "the model is not known to be compiled");
    loop.where = where_of(*call);
    loop.api = call->api;
    loop.place = place;
    ++loop.counted;
    if (*calls == 0) return;
    ++loop.python;
    loop.layers = *calls;
  }

  static bool compiled(const model::Model* model) {
    if (model == nullptr) return false;
    const Json compile = model->raw.value("compile", Json());
    return compile.is_object() && compile.value("run_eagerly", Json()) == false;
  }

  void judge(const Loop& loop, Verdicts& verdicts) {
    if (loop.counted == 0) return;
    if (loop.python < 2 || loop.python < loop.counted)
      return loop.counted > loop.python ? verdicts.agrees(info().name)
                                        : verdicts.not_checked(info().name, "one batch counted");
    Finding finding = finding_of(info());
    finding.claimed = "run_eagerly=False: a compiled step";
    finding.recomputed = std::to_string(loop.layers) + " calls of layers in Python for a batch";
    finding.where = loop.where;
    finding.message = loop.api + " runs the layers from Python for every batch (" +
                      std::to_string(loop.layers) + " calls), though run_eagerly is not set.";
    finding.evidence = {{"batches counted", loop.counted}};
    finding.identity = loop.api + loop.place;
    verdicts.disagrees(std::move(finding));
  }

  std::map<Key, Loop> loops_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<CompiledSteps>(); }};

}  // namespace
}  // namespace kerasan::checks

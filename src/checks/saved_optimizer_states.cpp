// Claim: the states of the optimizer in a saved file are of the model's weights.
#include <map>
#include <optional>
#include <set>

#include "checks/file_rule.h"
#include "formats/layer_keys.h"

namespace kerasan::checks {
namespace {

using formats::Json;
using formats::Weight;

// Optimizers that keep arrays of the shapes of the variables, and nothing else but scalars: how
// many of them for each variable; 0: that depends on arguments.
const std::map<std::string, std::size_t, std::less<>> kArrays{
    {"SGD", 0},   {"RMSprop", 0}, {"Adagrad", 0}, {"Lion", 0},     {"Adam", 2},
    {"AdamW", 2}, {"Nadam", 2},   {"Adamax", 2},  {"Adadelta", 2}, {"Ftrl", 2}};

struct Optimizer {
  std::string name;
  std::size_t arrays = 0;  // for each variable; 0: not known
};

bool on(const Json& config, const char* key) {
  const Json value = config.value(key, Json());
  return !value.is_null() && value != false;
}

std::optional<Optimizer> optimizer_of(const formats::ModelFile& file) {
  const Json& compiled = file.compile_config;
  if (!compiled.is_object()) return std::nullopt;
  const Json told = compiled.value("optimizer_config", compiled.value("optimizer", Json()));
  if (!told.is_object() || !told.value("registered_name", Json()).is_null()) return std::nullopt;
  const auto known = kArrays.find(formats::text_field(told, "class_name"));
  const Json config = told.value("config", Json());
  if (known == kArrays.end() || !config.is_object()) return std::nullopt;
  Optimizer out{known->first, known->second};
  if (out.arrays > 0)
    for (const char* more : {"amsgrad", "use_ema", "gradient_accumulation_steps"})
      if (on(config, more)) ++out.arrays;
  return out;
}

// Scalars, and places that are kept for an array that is not in use, are left out.
bool counts(const Weight& weight) { return !weight.shape.empty() && weight.shape != Shape{1}; }

class SavedOptimizerStates : public FileRule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "saved-optimizer-states", "wrong-save-reload", 3,
        "The states of an optimizer in a saved file belong to weights of the model: of optimizers "
        "that keep arrays as large as the variables, each array has the shape of a weight, and "
        "where the optimizer keeps as many for every variable, there are as many of each shape."};
    return info;
  }

  void on_file(const SavedModel& model, Verdicts& verdicts) override {
    const formats::ModelFile& file = model.file;
    if (file.optimizer_weights.empty() || file.weights.empty()) return;
    const auto optimizer = optimizer_of(file);
    if (!optimizer)
      return verdicts.not_checked(info().name, "an optimizer whose states are not known");
    std::set<Shape> shapes;
    for (const Weight& weight : file.weights) shapes.insert(weight.shape);
    std::map<Shape, std::size_t> held;
    bool sound = true;
    for (const Weight& state : file.optimizer_weights) {
      if (!counts(state)) continue;
      ++held[state.shape];
      if (shapes.contains(state.shape)) continue;
      sound = false;
      report(model, state.path, shape_text(state.shape), "the shape of a weight",
             "has the shape " + shape_text(state.shape) + ", which no weight of the model has",
             verdicts);
    }
    for (const auto& [shape, number] : held) {
      if (optimizer->arrays == 0 || number % optimizer->arrays == 0 || !shapes.contains(shape))
        continue;
      sound = false;
      report(model, "optimizer", std::to_string(number),
             "a multiple of " + std::to_string(optimizer->arrays),
             "(" + optimizer->name + ") has " + std::to_string(number) + " states of the shape " +
                 shape_text(shape) + ", though it keeps " + std::to_string(optimizer->arrays) +
                 " for each variable",
             verdicts);
    }
    if (sound) verdicts.agrees(info().name);
  }

 private:
  void report(const SavedModel& model, const std::string& subject, const std::string& claimed,
              const std::string& so, const std::string& words, Verdicts& verdicts) {
    Finding finding = file_finding(info(), model, subject);
    finding.claimed = claimed;
    finding.recomputed = so;
    finding.message = subject + " in the file " + words + ".";
    finding.identity = subject + "|" + claimed;
    verdicts.disagrees(std::move(finding));
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<SavedOptimizerStates>(); }};

}  // namespace
}  // namespace kerasan::checks

// What a model was compiled with, as losses and metrics of its outputs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/run.h"

namespace kerasan::checks {

struct LossSpec {
  std::string output;     // output name; empty for a single unnamed output
  std::string canonical;  // "MeanSquaredError"; empty: this output has no loss
  model::Json config = model::Json::object();
  double weight = 1;    // of loss_weights
  std::string unknown;  // why it cannot be recomputed
};

struct MetricSpec {
  std::string name;       // as in logs
  std::string output;     // empty: the only output
  std::string canonical;  // "accuracy" where the meaning depends on shapes
  model::Json config = model::Json::object();
  std::optional<bool> weighted;
  std::string unknown;
};

struct CompileSpec {
  std::vector<LossSpec> losses;  // one for each output
  std::vector<MetricSpec> metrics;
  std::vector<std::string> outputs;
};

// `outputs` is the number of predictions seen, `names` their keys where they were told by key.
// nullopt when the model was not compiled.
std::optional<CompileSpec> compile_spec(const model::Json& model, std::size_t outputs,
                                        const std::vector<std::string>& names = {});

// How the predictions of a step are told.
struct StepOutputs {
  std::size_t count = 1;
  std::vector<std::string> names;  // keys; empty for a list or one array
};
StepOutputs outputs_of(const model::Json& predictions);
// Why `values` (targets, sample weights) cannot be told by output, or empty.
std::string not_by_output(const model::Json& values, const StepOutputs& outputs,
                          const std::vector<std::string>& names);

// Element for one output of a per-output list, tuple or dict; the value itself if it is for all.
model::Json for_output(const model::Json& value, std::size_t index, const std::string& name);
// Values by name, and no marker such as {"$tensor": ...}.
bool is_mapping(const model::Json& value);
// The list inside a JSON list or {"$tuple": [...]}; nullptr for anything else.
const model::Json* items(const model::Json& value);

// Is "module.name" part of the framework (keras, tensorflow, tf_keras)? Names without a module are.
bool of_framework(const std::string& qualified);

}  // namespace kerasan::checks

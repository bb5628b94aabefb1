#include "checks/warning_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "checks/call_arguments.h"
#include "checks/notice_text.h"
#include "model/fields.h"

namespace kerasan::checks {

using model::Json;

namespace {

using Truth = std::optional<bool>;

// The number after `before`, as in "(in this case, 40 batches)".
std::optional<std::int64_t> number_after(const std::string& text, std::string_view before) {
  const auto at = text.find(before);
  if (at == std::string::npos) return std::nullopt;
  std::int64_t value = 0;
  const char* begin = text.data() + at + before.size();
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), value);
  return error == std::errc{} && end != begin ? std::optional(value) : std::nullopt;
}

Truth weights_given(const WarningAt& at) {
  if (is_given(at.call, "sample_weight") || is_given(at.call, "class_weight")) return true;
  if (at.facts.weighted) return true;
  return at.facts.batches_seen ? Truth(false) : std::nullopt;
}

Truth data_ended_early(const WarningAt& at) {
  const auto wanted = number_after(at.text, "in this case, ");
  if (!wanted) return std::nullopt;
  const bool fit = at.call.api == "Model.fit" || at.call.api == "Model.fit_generator";
  if (fit && at.text.find("interrupting training") == std::string::npos) return std::nullopt;
  const auto ran = fit ? at.facts.train_steps : at.facts.test_steps;
  return ran > 0 ? Truth(ran < *wanted) : std::nullopt;
}

Truth metric_missing(const WarningAt& at) {
  std::string name = between_quotes(at.text);
  if (const auto best = at.text.find("save best model only with ");
      best != std::string::npos && name.empty())
    name = at.text.substr(best + 26, at.text.find(" available") - best - 26);
  const Json result = at.call.result.is_object() ? at.call.result : Json::object();
  const Json history = result.value("history", Json());
  const Json epochs = result.value("epoch", Json());
  if (name.empty() || !history.is_object() || !epochs.is_array()) return std::nullopt;
  const Json logged = history.value(name, Json());
  // A name that is logged in some epochs only may have been missing in this one.
  return !logged.is_array() || logged.size() < epochs.size();
}

Truth nothing_trainable(const WarningAt& at) {
  if (!at.facts.model.is_object()) return std::nullopt;
  const Json weights = at.facts.model.value("weights", Json());
  if (!weights.is_array() || weights.empty()) return std::nullopt;
  return std::ranges::none_of(
      weights, [](const Json& w) { return w.is_object() && w.value("trainable", Json()) == true; });
}

Truth output_without_loss(const WarningAt& at) {
  const Json& loss = argument(at.call, "loss");
  for (const char quote : {'"', '\''})
    for (std::size_t n = 0; n < 2; ++n)
      if (const std::string name = between_quotes(at.text, n, quote);
          !name.empty() && loss.is_object())
        return !loss.contains(name) || loss[name].is_null();
  return std::nullopt;
}

Truth saved_as_hdf5(const WarningAt& at) {
  const Json& path = argument(at.call, "filepath");
  if (!path.is_string()) return std::nullopt;
  const std::string name = path;
  if (name.ends_with(".keras")) return false;
  return name.ends_with(".h5") || name.ends_with(".hdf5") || is_given(at.call, "save_format")
             ? Truth(true)
             : std::nullopt;
}

// "(None, 3)": sizes, unknown ones as -1.
std::optional<std::vector<std::int64_t>> shape_in(const std::string& text) {
  std::vector<std::int64_t> out;
  std::string_view rest(text);
  rest = rest.substr(1, rest.size() - 2);
  while (!rest.empty()) {
    auto part = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    while (part.starts_with(' ')) part.remove_prefix(1);
    if (part.empty()) continue;
    std::int64_t value = -1;
    if (part != "None") {
      const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
      if (error != std::errc{} || end != part.data() + part.size()) return std::nullopt;
    }
    out.push_back(value);
  }
  return out;
}

Truth shapes_differ(const WarningAt& at) {
  std::vector<std::vector<std::int64_t>> shapes;
  for (const std::string& group : parenthesised(at.text))
    if (const auto shape = shape_in(group)) shapes.push_back(*shape);
  if (shapes.size() < 2) return std::nullopt;
  const auto &declared = shapes.front(), &given = shapes.back();
  if (declared.size() != given.size()) return true;
  for (std::size_t i = 0; i < given.size(); ++i)
    if (declared[i] >= 0 && given[i] >= 0 && declared[i] != given[i]) return true;
  return false;
}

Truth not_compiled_when_saved(const WarningAt& at) {
  const Json origin = at.facts.model.is_object() ? at.facts.model.value("origin", Json()) : Json();
  const std::string saved = origin.is_object() ? model::string_or(origin, "saved_as", "") : "";
  const auto* held = saved.empty() ? nullptr : at.run.model(saved);
  if (held == nullptr) return std::nullopt;
  // Compiled at the save: it may still have been left out on request.
  return held->raw.value("compile", Json()).is_null() ? Truth(true) : std::nullopt;
}

// Loops of recurrent layers may be cycles of the graph that is run.
bool may_loop(const Json& layer) {
  const std::string cls = model::string_or(layer, "class", "");
  return layer.value("builtin", Json()) != true || cls.find("RNN") != std::string::npos ||
         cls.find("LSTM") != std::string::npos || cls.find("GRU") != std::string::npos ||
         layer.value("config", Json()).contains("layer");
}

// Layers are applied one after the other: only what may loop inside can make a cycle.
Truth graph_has_cycle(const WarningAt& at) {
  if (!at.facts.model.is_object() || at.facts.model.value("builtin", Json()) != true)
    return std::nullopt;
  const Json layers = at.facts.model.value("layers", Json::array());
  return layers.empty() || std::ranges::any_of(layers, may_loop) ? std::nullopt : Truth(false);
}

constexpr std::array kTable{
    Warning{"sample_weight modes were coerced", "the program gave sample or class weights",
            weights_given},
    Warning{"ran out of data", "fewer batches ran than were asked for", data_ended_early},
    Warning{"which is not available. Available metrics are", "the logs lack that name",
            metric_missing},
    Warning{"Can save best model only with", "the logs lack that name", metric_missing},
    Warning{"does not have any trainable weights", "no weight is trainable", nothing_trainable},
    Warning{"missing from loss dictionary", "the dictionary of losses lacks the output",
            output_without_loss},
    Warning{"saving your model as an HDF5 file", "the file is an HDF5 file", saved_as_hdf5},
    Warning{"but it was called on an input with incompatible shape", "the two shapes differ",
            shapes_differ},
    Warning{"No training configuration found", "the saved model was not compiled",
            not_compiled_when_saved},
    Warning{"has self cycle fanin", "the model's graph has a cycle", graph_has_cycle},
    Warning{"The graph couldn't be sorted in topological order", "the model's graph has a cycle",
            graph_has_cycle},
};

bool other_than_one(const Json& value, const model::Run& run) {
  for (const Tensor& tensor : run.tensors(value))
    for (const double weight : tensor.to_doubles())
      if (weight != 1) return true;
  return false;
}

}  // namespace

void WarningFacts::take(const model::Event& event, const model::Run& run, bool closely) {
  if (event.kind == "model") {
    model = event.body;
  } else if (event.kind == "phase") {
    const auto steps = model::optional_integer(event.body, "steps").value_or(0);
    (model::string_or(event.body, "phase", "") == "train" ? train_steps : test_steps) += steps;
  } else if (event.kind == "step" && closely) {
    batches_seen = true;
    weighted = weighted || other_than_one(event.body.value("sample_weight", Json()), run);
  }
}

std::span<const Warning> warnings() { return kTable; }

}  // namespace kerasan::checks

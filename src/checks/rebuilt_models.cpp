#include "checks/rebuilt_models.h"

#include "model/fields.h"

namespace kerasan::checks {

using model::Json;
using model::string_or;

namespace {

std::string api_of(const model::Event& event, const model::Run& run, const char* fallback) {
  const auto id = model::optional_integer(event.body, "call");
  const model::Call* call = id ? run.call(event.pid, *id) : nullptr;
  return call == nullptr ? fallback : call->api;
}

bool flag(const Json& call_args, const char* name) {
  const auto found = call_args.find(name);
  if (found == call_args.end() || !found->is_object()) return false;
  const Json value = found->value("v", Json());
  return value.is_boolean() ? value.get<bool>() : !value.is_null();
}

}  // namespace

bool has_graph(const Json& model) {
  return string_or(model, "structure", "subclassed") != "subclassed";
}

const std::optional<Rebuilt>& RebuiltModels::completed_by(const model::Event& event,
                                                          const model::Run& run) {
  if (at_ != run.events()) {
    at_ = run.events();
    pair_.reset();
    if (event.kind == "model") pair_ = follow(event, run);
  }
  return pair_;
}

std::optional<Rebuilt> RebuiltModels::follow(const model::Event& event, const model::Run& run) {
  const std::string when = string_or(event.body, "when", "");
  if (when == "save") {
    saves_.push_back({event.pid, string_or(event.body, "path", ""), string_or(event.body, "id", ""),
                      event.body, Json(), false});
    if (saves_.size() > kKept) saves_.pop_front();
  }
  if (when == "saved") return saved(event);
  if (when != "load") return std::nullopt;
  return event.body.contains("path") ? loaded(event, run) : made(event, run);
}

std::optional<Rebuilt> RebuiltModels::saved(const model::Event& event) {
  for (auto it = saves_.rbegin(); it != saves_.rend(); ++it) {
    if (it->pid != event.pid || it->done || it->model != string_or(event.body, "id", "")) continue;
    it->done = true;
    it->stamp = event.body.value("stamp", Json());
    Rebuilt pair{Rebuilt::How::kSaved, "Model.save", it->before, event.body, false, {}};
    if (string_or(event.body, "saves", "") == "weights") pair.api = "Model.save_weights";
    return pair;
  }
  return std::nullopt;
}

// A file of another process, or one written again since, is not compared.
std::optional<Rebuilt> RebuiltModels::loaded(const model::Event& event, const model::Run& run) {
  const bool whole = string_or(event.body, "saves", "") == "model";
  Rebuilt pair{whole ? Rebuilt::How::kLoaded : Rebuilt::How::kWeights,
               api_of(event, run, whole ? "load_model" : "Model.load_weights"),
               Json(),
               event.body,
               false,
               "the file was not saved in this process"};
  const auto id = model::optional_integer(event.body, "call");
  const model::Call* call = id ? run.call(event.pid, *id) : nullptr;
  if (call != nullptr)
    for (const char* name : {"custom_objects", "by_name", "skip_mismatch"})
      pair.custom = pair.custom || flag(call->args, name);
  const std::string path = string_or(event.body, "path", "");
  for (auto it = saves_.rbegin(); it != saves_.rend() && !path.empty(); ++it) {
    if (it->pid != event.pid || it->path != path || !it->done) continue;
    pair.source = it->before;
    const bool same = !it->stamp.is_null() && it->stamp == event.body.value("stamp", Json());
    pair.unknown = same ? "" : "the file may have been written again";
    break;
  }
  return pair;
}

std::optional<Rebuilt> RebuiltModels::made(const model::Event& event, const model::Run& run) {
  const Json* from = model::find_field(event.body, "made_from");
  if (from == nullptr) return std::nullopt;
  const std::string how = string_or(*from, "how", "");
  Rebuilt pair{how == "clone_model" ? Rebuilt::How::kCloned : Rebuilt::How::kConfig,
               how,
               Json(),
               event.body,
               from->value("custom", false),
               "the configuration is not one that a model of this process gave"};
  if (const model::Model* source = run.model(event.pid, string_or(*from, "model", ""))) {
    pair.source = source->raw;
    pair.unknown.clear();
  }
  return pair;
}

}  // namespace kerasan::checks

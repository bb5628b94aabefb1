#include "model/run.h"

#include <algorithm>
#include <set>
#include <vector>

#include "base/error.h"
#include "model/fields.h"

namespace kerasan::model {
namespace {

constexpr std::size_t kCallsKept = 10000;
constexpr std::size_t kModelsKept = 1000;

// `error` is a message, or an object that describes the exception.
std::string error_text(const Json& body) {
  const Json* error = find_field(body, "error");
  if (error == nullptr) return {};
  return error->is_string() ? error->get<std::string>() : error->dump(-1, ' ', true);
}

}  // namespace

Where where_from(const Json& body) {
  const Json* where = find_field(body, "where");
  if (where == nullptr) return {};
  const auto line = optional_integer(*where, "line").value_or(0);
  return {string_or(*where, "file", ""),
          static_cast<int>(std::clamp<std::int64_t>(line, 0, 1 << 30)),
          string_or(*where, "function", "")};
}

void Run::apply(const Event& event) {
  ++events_;
  if (event.kind == "call")
    begin_call(event);
  else if (event.kind == "return")
    end_call(event);
  else if (event.kind == "model")
    snapshot(event);
  else if (event.kind == "framework")
    framework_ = event.body;
  else if (event.kind == "arithmetic")
    framework_["arithmetic"] = event.body;  // a part of what is known of the framework
  else if (event.kind == "start" && start_.is_null())
    start_ = event.body;  // the first process
}

void Run::begin_call(const Event& event) {
  const Json& body = event.body;
  Call call;
  call.id = require_integer(body, "id");
  call.parent = optional_integer(body, "parent");
  call.api = require_string(body, "api");
  call.self = string_or(body, "self", "");
  if (const Json* args = find_field(body, "args")) {
    if (!args->is_object()) throw InputError("event field \"args\" must be an object");
    call.args = *args;
  }
  call.where = where_from(body);
  call.began = event.t;
  const auto id = call.id;
  calls_.insert_or_assign({event.pid, id}, std::move(call));
  if (calls_.size() > forget_calls_at_) forget_old_calls();
}

void Run::end_call(const Event& event) {
  const auto id = require_integer(event.body, "id");
  const auto found = calls_.find({event.pid, id});
  if (found == calls_.end())
    throw InputError("return of call " + std::to_string(id) +
                     ", whose beginning is not in the trace");
  Call& call = found->second;
  call.error = error_text(event.body);
  call.ended = true;
  if (const Json* result = find_field(event.body, "result")) call.result = *result;
  for (const char* name : {"seconds", "rss", "objects", "traces", "functions"})
    if (const Json* value = find_field(event.body, name)) call.resources[name] = *value;
}

void Run::snapshot(const Event& event) {
  const std::string id = require_string(event.body, "id");
  Model model{id, string_or(event.body, "class", ""), string_or(event.body, "name", ""),
              event.body};
  models_.insert_or_assign({event.pid, id}, Snapshot{std::move(model), ++sequence_});
  latest_pid_[id] = event.pid;
  if (models_.size() > kModelsKept + kModelsKept / 10) forget_old_models();
}

void Run::forget_old_calls() {
  std::set<CallKey> needed;  // ancestors of calls in progress
  for (const auto& [key, call] : calls_) {
    if (call.ended) continue;
    for (auto parent = call.parent; parent && needed.insert({key.first, *parent}).second;) {
      const auto it = calls_.find({key.first, *parent});
      parent = it == calls_.end() ? std::nullopt : it->second.parent;
    }
  }
  for (auto it = calls_.begin(); it != calls_.end() && calls_.size() > kCallsKept;) {
    const bool drop = it->second.ended && !needed.contains(it->first);
    it = drop ? calls_.erase(it) : std::next(it);
  }
  // Many calls in progress cannot be dropped; do not look at them all at every new one.
  forget_calls_at_ = std::max(kCallsKept, calls_.size()) + kCallsKept / 10;
}

void Run::forget_old_models() {
  std::vector<std::uint64_t> sequences;
  for (const auto& [key, entry] : models_) sequences.push_back(entry.sequence);
  const auto nth = sequences.begin() + static_cast<std::ptrdiff_t>(sequences.size() - kModelsKept);
  std::nth_element(sequences.begin(), nth, sequences.end());
  std::erase_if(models_, [&](const auto& entry) { return entry.second.sequence < *nth; });
  std::erase_if(latest_pid_, [&](const auto& entry) {
    return !models_.contains({entry.second, entry.first});
  });
}

const Call* Run::call(std::int64_t pid, std::int64_t id) const {
  const auto it = calls_.find({pid, id});
  return it == calls_.end() ? nullptr : &it->second;
}

const Model* Run::model(std::int64_t pid, const std::string& id) const {
  const auto it = models_.find({pid, id});
  return it == models_.end() ? nullptr : &it->second.model;
}

const Model* Run::model(const std::string& id) const {
  const auto it = latest_pid_.find(id);
  return it == latest_pid_.end() ? nullptr : model(it->second, id);
}

std::optional<Tensor> Run::tensor(const Json& value) const {
  if (!value.is_object() || value.size() != 1 || !lookup_) return std::nullopt;
  const auto it = value.find("$tensor");
  if (it == value.end() || !it->is_string()) return std::nullopt;
  const std::lock_guard one_at_a_time(*one_lookup_);
  return lookup_(it->get<std::string>());
}

std::vector<Tensor> Run::tensors(const Json& value) const {
  std::vector<Tensor> found;
  if (auto one = tensor(value)) {
    found.push_back(std::move(*one));
  } else if (value.is_structured()) {
    for (const Json& part : value)
      for (Tensor& tensor : tensors(part)) found.push_back(std::move(tensor));
  }
  return found;
}

}  // namespace kerasan::model

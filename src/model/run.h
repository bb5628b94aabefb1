// The run as typed objects, built event by event. docs/trace-events.md gives the fields.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/tensor.h"

namespace kerasan::model {

using Json = nlohmann::json;

struct Where {
  std::string file;
  int line = 0;
  std::string function;
};

// A call of the public API. Ended when `ended` is set.
// The field "where" of an event; empty where it has none.
Where where_from(const Json& body);

struct Call {
  std::int64_t id = 0;
  std::optional<std::int64_t> parent;
  std::string api;             // "Model.fit", "Model.evaluate", "load_model", ...
  std::string self;            // "model:1" or empty
  Json args = Json::object();  // name -> {"v": value, "given": bool}
  Where where;
  double began = 0;
  bool ended = false;
  Json result;
  std::string error;                // empty: returned normally
  Json resources = Json::object();  // seconds, rss, objects, traces, functions (see the page)
};

// A snapshot of a model; the latest one of each id is kept. `raw` is the whole event.
struct Model {
  std::string id;
  std::string class_name;
  std::string name;
  Json raw;
};

// Any event, as recorded. Rules that want a field not typed above read it from `body`.
struct Event {
  std::string kind;
  double t = 0;
  std::int64_t pid = 0;
  Json body;
};

// Resolves {"$tensor": digest}. Tensors stay on disk until asked for.
using TensorLookup = std::function<std::optional<Tensor>(const std::string& digest)>;

class Run {
 public:
  explicit Run(TensorLookup lookup) : lookup_(std::move(lookup)) {}

  // Updates the objects below. Throws InputError when a required field is missing.
  void apply(const Event& event);

  // Events taken so far: tells the event at hand from the one before.
  std::uint64_t events() const { return events_; }
  const Call* call(std::int64_t pid, std::int64_t id) const;
  // The latest snapshot of that id from any process; ids are unique only within one.
  const Model* model(const std::string& id) const;
  const Model* model(std::int64_t pid, const std::string& id) const;
  const Json& framework() const { return framework_; }  // the `framework` event, or null
  const Json& start() const { return start_; }
  // A JSON value {"$tensor": digest} as a tensor; nullopt for anything else or if lost. Rules may
  // ask from several threads.
  std::optional<Tensor> tensor(const Json& value) const;
  // Every tensor inside a JSON value (list, tuple, dict in key order), depth first.
  std::vector<Tensor> tensors(const Json& value) const;

 private:
  TensorLookup lookup_;
  std::unique_ptr<std::mutex> one_lookup_ = std::make_unique<std::mutex>();
  using CallKey = std::pair<std::int64_t, std::int64_t>;  // pid, id
  using ModelKey = std::pair<std::int64_t, std::string>;
  struct Snapshot {
    Model model;
    std::uint64_t sequence = 0;  // of its last event, to forget the oldest
  };
  void begin_call(const Event& event);
  void end_call(const Event& event);
  void snapshot(const Event& event);
  void forget_old_calls();
  void forget_old_models();

  std::map<CallKey, Call> calls_;
  std::size_t forget_calls_at_ = 11000;
  std::map<ModelKey, Snapshot> models_;
  std::map<std::string, std::int64_t> latest_pid_;  // of each model id
  std::uint64_t sequence_ = 0, events_ = 0;
  Json framework_;
  Json start_;
};

}  // namespace kerasan::model

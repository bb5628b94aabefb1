#include "checks/values_by_layer.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>

#include "base/digest.h"
#include "formats/place_names.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using formats::Weight;
using model::Json;
using model::string_or;

struct Value {
  std::string name, digest;
  std::string group;  // where it lies in the file, without its own name
};
using Values = std::vector<Value>;

// "dense/kernel:0" -> "kernel".
std::string role(const std::string& name) {
  const std::string whole = name.substr(0, name.find(':'));
  return whole.substr(whole.find_last_of('/') + 1);
}

// By outermost layer; those of models inside lie under the model.
std::map<std::string, Values> values_of_file(const formats::ModelFile& file) {
  std::map<std::string, Values> all;
  for (const Weight& weight : file.weights) {
    if (!weight.dtype || weight.layer.empty()) continue;
    const std::string group = weight.path.ends_with(weight.name)
                                  ? weight.path.substr(0, weight.path.size() - weight.name.size())
                                  : weight.path;
    all[weight.layer.substr(0, weight.layer.find('/'))].push_back(
        {weight.name, digest_of(*weight.dtype, weight.shape, weight.bytes.span()), group});
  }
  return all;
}

std::map<std::string, Values> values_of_model(const Json& live) {
  std::map<std::string, std::string> digests;
  for (const Json& value : live.value("values", Json::array())) {
    digests[string_or(value, "id", "")] = string_or(value, "digest", "");
  }
  std::map<std::string, Values> all;
  for (const Json& layer : live.value("layers", Json::array())) {
    Values values;
    for (const Json& weight : layer.value("weights", Json::array())) {
      const auto digest = digests.find(string_or(weight, "id", ""));
      if (digest != digests.end()) {
        values.push_back({string_or(weight, "name", ""), digest->second, {}});
      }
    }
    if (!values.empty()) all[string_or(layer, "name", "")] = std::move(values);
  }
  return all;
}

// Digests by a key, where no two values share one.
template <typename Key>
std::optional<std::map<std::string, std::string>> keyed(const Values& values, Key key) {
  std::map<std::string, std::string> all;
  for (const Value& value : values) {
    if (!all.emplace(key(value.name), value.digest).second) return std::nullopt;
  }
  return all;
}

std::optional<std::size_t> number(const std::string& text) {
  std::size_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && at == end ? std::optional(value) : std::nullopt;
}

// In the order of the numbers that are their names, where all lie in one group.
std::optional<Values> numbered(Values held) {
  for (const Value& value : held) {
    if (!number(value.name) || value.group != held.front().group) return std::nullopt;
  }
  std::ranges::sort(held, {}, [](const Value& value) { return *number(value.name); });
  return held;
}

template <typename Key>
std::optional<std::vector<std::string>> displaced_by(const Values& mine, const Values& held,
                                                     Key key) {
  const auto a = keyed(mine, key), b = keyed(held, key);
  if (!a || !b) return std::nullopt;
  std::vector<std::string> names;
  for (const Value& value : mine) {
    const auto found = b->find(key(value.name));
    if (found == b->end()) return std::nullopt;  // names of another kind
    if (found->second != value.digest) names.push_back(value.name);
  }
  return names;
}

std::vector<std::string> displaced_in(const Values& mine, const Values& held) {
  const auto whole = [](const std::string& name) { return name; };
  if (const auto names = displaced_by(mine, held, whole)) return *names;
  if (const auto names = displaced_by(mine, held, role)) return *names;
  std::vector<std::string> names;
  if (const auto order = numbered(held); order && order->size() == mine.size()) {
    for (std::size_t i = 0; i < mine.size(); ++i) {
      if (mine[i].digest != (*order)[i].digest) names.push_back(mine[i].name);
    }
    return names;
  }
  std::multiset<std::string> there;
  for (const Value& value : held) there.insert(value.digest);
  for (const Value& value : mine) {
    const auto found = there.find(value.digest);
    if (found == there.end()) {
      names.push_back(value.name);
    } else {
      there.erase(found);
    }
  }
  return names;
}

}  // namespace

std::vector<std::string> displaced_values(const Json& live, formats::ModelFile file) {
  const bool unnamed =
      std::ranges::any_of(file.weights, [](const Weight& w) { return w.layer.empty(); });
  if (unnamed) {
    const Json config{{"class_name", live.value("class", Json())},
                      {"config", live.value("config", Json())}};
    if (!formats::name_layers(file, file.config.is_null() ? config : file.config).empty())
      return {};
  }
  const auto held = values_of_file(file);
  std::vector<std::string> names;
  for (const auto& [layer, values] : values_of_model(live)) {
    const auto found = held.find(layer);
    if (found == held.end()) continue;
    const auto displaced = displaced_in(values, found->second);
    names.insert(names.end(), displaced.begin(), displaced.end());
  }
  return names;
}

std::optional<std::vector<std::string>> displaced_states(const Json& live,
                                                         const formats::ModelFile& file) {
  // HDF5 files and archives of Keras hold them in the order that the optimizer lists them in.
  if (file.layout != "keras-2" && file.layout != "keras-3") return std::nullopt;
  const auto& held = file.optimizer_weights;
  if (!live.is_array() || live.size() != held.size()) return std::nullopt;
  std::vector<std::string> names;
  for (std::size_t k = 0; k < held.size(); ++k) {
    const bool inside = held[k].path.ends_with("vars/" + held[k].name) &&
                        held[k].path != "optimizer/vars/" + held[k].name;
    if (!held[k].dtype || inside) return std::nullopt;  // of an optimizer in another one
    if (digest_of(*held[k].dtype, held[k].shape, held[k].bytes.span()) !=
        string_or(live[k], "digest", ""))
      names.push_back(string_or(live[k], "name", ""));
  }
  return names;
}

}  // namespace kerasan::checks

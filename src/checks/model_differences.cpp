#include "checks/model_differences.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "model/fields.h"
#include "model/graph.h"

namespace kerasan::checks {

using model::Json;
using model::string_or;

namespace {

constexpr std::size_t kMost = 8;  // differences that are told
constexpr int kDeepest = 64;

std::string label(const Json& layer) { return "layer \"" + string_or(layer, "name", "?") + "\""; }

std::string class_of(const Json& layer) {
  return string_or(layer, "module", "") + "." + string_or(layer, "class", "");
}

bool add(Differences& out, std::string what, Json source, Json made) {
  out.differences.push_back({std::move(what), std::move(source), std::move(made)});
  return out.differences.size() < kMost;
}

// The items of a list or tuple, else null.
const Json* items_of(const Json& value) {
  if (value.is_array()) return &value;
  if (value.is_object() && value.size() == 1)
    for (const char* form : {"$tuple", "$shape"})
      if (const auto it = value.find(form); it != value.end() && it->is_array()) return &*it;
  return nullptr;
}

// Objects, functions and arrays are no plain values: what they mean is not in the event.
bool is_plain(const Json& value) {
  if (!value.is_object()) return true;
  for (const auto& [key, held] : value.items())
    if (!key.empty() && key[0] == '$') return key == "$float" || key == "$dtype";
  return true;
}

bool same_number(double a, double b) {
  return a == b || std::abs(a - b) <= std::ldexp(std::max(std::abs(a), std::abs(b)), -23);
}

class ConfigWalk {
 public:
  explicit ConfigWalk(Differences& out) : out_(out) {}

  void compare(const Json& a, const Json& b, const std::string& path, int depth) {
    if (out_.differences.size() >= kMost || depth > kDeepest) return;
    const Json *left = items_of(a), *right = items_of(b);
    if (left != nullptr && right != nullptr) return items(*left, *right, path, depth);
    if (!is_plain(a) || !is_plain(b)) return;
    if (a.is_object() && b.is_object()) return fields(a, b, path, depth);
    const bool same =
        a.is_number() && b.is_number() ? same_number(a.get<double>(), b.get<double>()) : a == b;
    if (!same) add(out_, path, a, b);
  }

 private:
  void items(const Json& a, const Json& b, const std::string& path, int depth) {
    if (a.size() != b.size()) {
      add(out_, "the length of " + path, a.size(), b.size());
      return;
    }
    for (std::size_t i = 0; i < a.size(); ++i)
      compare(a[i], b[i], path + "[" + std::to_string(i) + "]", depth + 1);
  }
  void fields(const Json& a, const Json& b, const std::string& path, int depth) {
    const std::string front = path.empty() ? path : path + ".";
    for (const auto& [key, value] : a.items()) {
      if (key == "trainable") continue;  // compared where it has an effect
      if (b.contains(key))
        compare(value, b[key], front + key, depth + 1);
      else if (!of_building(key))
        add(out_, front + key, value, "absent");
    }
    for (const auto& [key, value] : b.items())
      if (!a.contains(key) && !of_building(key)) add(out_, front + key, "absent", value);
  }
  // No argument: a layer that was built in another way need not tell it.
  static bool of_building(const std::string& key) { return key == "build_config"; }

  Differences& out_;
};

// A call by the layer and, where that is called several times, by what feeds it: the framework may
// number the calls of a rebuilt model in another order.
class CallNames {
 public:
  explicit CallNames(const model::Graph& graph) {
    for (const auto& node : graph.order) ++calls_[node.of];
    for (std::size_t i = 0; i < graph.inputs.size(); ++i)
      names_[{graph.inputs[i].layer, graph.inputs[i].node}] = "input " + std::to_string(i);
    for (const auto& node : graph.order) {
      std::string& name = names_[{node.layer, node.index}];
      if (!name.empty()) continue;
      name = string_or(*node.of, "name", "?");
      if (calls_[node.of] > 1) name += " (of" + shortened(inputs(node)) + ")";
    }
  }

  std::string inputs(const model::GraphNode& node) const {
    std::string out;
    for (const auto& input : node.inputs) out += " " + tensor(input);
    return out;
  }
  std::string call(const model::GraphNode& node) const {
    return names_.at({node.layer, node.index});
  }
  std::string tensor(const model::GraphTensor& t) const {
    const auto held = names_.find({t.layer, t.node});
    return (held == names_.end() ? "?" : held->second) +
           (t.tensor != 0 ? ":" + std::to_string(t.tensor) : "");
  }

 private:
  // Names of calls hold names of calls: a digest keeps them from growing without end.
  static std::string shortened(const std::string& text) {
    return text.size() <= 60 ? text : " #" + std::to_string(std::hash<std::string>{}(text));
  }

  std::map<const Json*, int> calls_;
  std::map<std::pair<std::string, std::int64_t>, std::string> names_;
};

std::multiset<std::string> calls_of(const Json& model, std::string& unknown) {
  const model::Graph graph = model::graph_of(model);
  if (!graph.unknown.empty()) unknown = graph.unknown;
  const CallNames names(graph);
  std::multiset<std::string> out;
  for (const auto& node : graph.order) out.insert(names.call(node) + " of" + names.inputs(node));
  std::string outputs = "outputs";
  for (const auto& output : graph.outputs) outputs += " " + names.tensor(output);
  out.insert(outputs);
  return out;
}

Json missing_in(const std::multiset<std::string>& a, const std::multiset<std::string>& b) {
  Json out = Json::array();
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

}  // namespace

Differences compare_layers(const Json& source, const Json& made) {
  Differences out;
  const auto a = model::leaf_layers(source), b = model::leaf_layers(made);
  if (a.size() != b.size()) {
    add(out, "the number of layers", a.size(), b.size());
    return out;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    // An input that the program did not name is named anew.
    if (string_or(*a[i], "class", "") == "InputLayer") continue;
    if (string_or(*a[i], "name", "") != string_or(*b[i], "name", "") &&
        !add(out, "the name of layer " + std::to_string(i), (*a[i])["name"], (*b[i])["name"]))
      break;
    const bool known = a[i]->value("builtin", false) && b[i]->value("builtin", false);
    if (known && class_of(*a[i]) != class_of(*b[i]) &&
        !add(out, "the class of " + label(*a[i]), class_of(*a[i]), class_of(*b[i])))
      break;
  }
  return out;
}

Differences compare_trainable(const Json& source, const Json& made) {
  Differences out;
  const auto a = model::leaf_layers(source), b = model::leaf_layers(made);
  if (a.size() != b.size()) out.unknown = "another number of layers";
  for (std::size_t i = 0; i < a.size() && out.unknown.empty(); ++i) {
    const Json weights_a = a[i]->value("weights", Json::array()),
               weights_b = b[i]->value("weights", Json::array());
    // The flag of a layer without weights means nothing.
    if (weights_a.size() != weights_b.size() || weights_a.empty()) continue;
    const Json flags_a = a[i]->value("trainable", Json()),
               flags_b = b[i]->value("trainable", Json());
    if (flags_a != flags_b) add(out, "trainable of " + label(*a[i]), flags_a, flags_b);
    for (std::size_t k = 0; k < weights_a.size() && out.differences.size() < kMost; ++k) {
      const Json one = weights_a[k].value("trainable", Json()),
                 other = weights_b[k].value("trainable", Json());
      if (one != other)
        add(out, "trainable of " + string_or(weights_a[k], "name", "?"), one, other);
    }
  }
  return out;
}

Differences compare_graph(const Json& source, const Json& made) {
  Differences out;
  const auto a = calls_of(source, out.unknown), b = calls_of(made, out.unknown);
  if (out.unknown.empty() && a != b)
    add(out, "the calls of layers", missing_in(a, b), missing_in(b, a));
  return out;
}

Differences compare_config(const Json& source, const Json& made) {
  Differences out;
  for (const Json* config : {&source, &made})
    if (!config->is_object() || config->contains("error"))
      out.unknown = "the model has no configuration";
  if (out.unknown.empty()) ConfigWalk(out).compare(source, made, "", 0);
  return out;
}

Differences compare_values(const Json& source, const Json& made) {
  Differences out;
  if (!source.is_array() || !made.is_array()) {
    out.unknown = "the values were not recorded";
    return out;
  }
  if (source.size() != made.size()) {
    out.unknown = "another number of variables";
    return out;
  }
  for (std::size_t i = 0; i < source.size() && out.differences.size() < kMost; ++i) {
    const Json &a = source[i], &b = made[i];
    if (a.value("shape", Json()) != b.value("shape", Json()) ||
        a.value("dtype", Json()) != b.value("dtype", Json())) {
      out.unknown = "variables of other shapes";
      out.differences.clear();
      return out;
    }
    if (a.value("digest", Json()) != b.value("digest", Json()))
      add(out, string_or(a, "name", "?"), a.value("head", Json()), b.value("head", Json()));
  }
  return out;
}

}  // namespace kerasan::checks

// Keras 3: the attributes of objects become groups, and each group's own variables are numbered in
// its "vars", whose attribute "name" tells the layer's name in newer releases.
#include <algorithm>
#include <charconv>

#include "formats/hdf5/layout.h"
#include "formats/layer_keys.h"

namespace kerasan::formats {
namespace {

// Groups that hold the layers of a model.
bool holds_layers(const std::string& name) {
  return name == "layers" || name == "_layer_checkpoint_dependencies";
}

std::optional<unsigned> number(const std::string& text) {
  unsigned value = 0;
  const auto end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && at == end ? std::optional(value) : std::nullopt;
}

// "0", "1", ..., "10": in the order of numbers, then everything else.
std::vector<std::string> in_order(const std::map<std::string, H5Dataset>& datasets) {
  std::vector<std::string> names;
  for (const auto& [name, dataset] : datasets) names.push_back(name);
  std::stable_sort(names.begin(), names.end(), [](const auto& a, const auto& b) {
    return number(a).value_or(~0U) < number(b).value_or(~0U);
  });
  return names;
}

class Reader {
 public:
  explicit Reader(ModelFile& out) : out_(out) {}

  // Whether every layer has its own name, told by the file or by the config.
  bool named() const { return named_; }

  // `model`: the config of the model that the group is of, or null. `layer`: path of layer names so
  // far. `part`: path below the layer, "cell/".
  void read(const H5Group& group, const Json& model, const std::string& path,
            const std::string& layer, const std::string& part, std::vector<Weight>& to) {
    for (const auto& [name, child] : group.groups) {
      if (name == "vars") {
        variables(child, path + "vars/", layer, part, to);
      } else if (layer.empty() && path.empty() && name == "optimizer") {
        read(child, nullptr, path + name + "/", layer, part, out_.optimizer_weights);
      } else if (layer.empty() && path.empty() && name == "metrics") {
        std::vector<Weight> running;  // the state of metrics, no weight of the model
        read(child, nullptr, path + name + "/", layer, part, running);
        for (const Weight& state : running)
          out_.entries.push_back({state.path, state.bytes.size()});
      } else if (holds_layers(name) && part.empty()) {
        layers(child, model, path + name + "/", layer, to);
      } else {
        read(child, nullptr, path + name + "/", layer, part + name + "/", to);
      }
    }
    for (const auto& [name, dataset] : group.datasets) {
      Weight weight;
      weight.path = path + name;
      weight.layer = layer;
      weight.name = part + name;
      add_weight(dataset, std::move(weight), to, out_);
    }
  }

 private:
  void layers(const H5Group& group, const Json& model, const std::string& path,
              const std::string& layer, std::vector<Weight>& to) {
    const std::map<std::string, std::string> names = layer_keys(model);
    for (const auto& [key, inner] : group.groups) {
      const H5Group* vars = inner.group("vars");
      std::string own = vars == nullptr ? "" : vars->text("name");
      if (const auto named = names.find(key); own.empty() && named != names.end()) {
        own = named->second;
      }
      if (own.empty()) {
        own = key;
        named_ = false;
      }
      const Json* config = layer_config(model, own);
      read(inner, config == nullptr ? Json() : *config, path + key + "/",
           layer.empty() ? own : layer + "/" + own, "", to);
    }
  }

  void variables(const H5Group& vars, const std::string& path, const std::string& layer,
                 const std::string& part, std::vector<Weight>& to) {
    unsigned expected = 0;
    for (const std::string& name : in_order(vars.datasets)) {
      if (number(name) != expected++ && number(name)) {
        out_.faults.push_back({kMissingWeight, path + std::to_string(expected - 1),
                               path + " has a variable " + name + ", but no variable " +
                                   std::to_string(expected - 1)});
        expected = *number(name) + 1;
      }
      Weight weight;
      weight.path = path + name;
      weight.layer = layer;
      weight.name = part + name;
      add_weight(vars.datasets.at(name), std::move(weight), to, out_);
    }
  }

  ModelFile& out_;
  bool named_ = true;
};

// "layers/dense_1/layers/dense/vars/0": "dense_1/dense".
std::string keys_of(const std::string& path) {
  std::string keys;
  for (std::size_t from = 0; from < path.size();) {
    const std::size_t slash = path.find('/', from);
    if (slash == std::string::npos || !holds_layers(path.substr(from, slash - from))) break;
    const std::size_t end = path.find('/', slash + 1);
    keys += (keys.empty() ? "" : "/") + path.substr(slash + 1, end - slash - 1);
    from = end == std::string::npos ? path.size() : end + 1;
  }
  return keys;
}

}  // namespace

void read_nested_layers(const H5Group& root, ModelFile& out) {
  out.layout = "keras-3";
  out.holds_weights = true;
  Reader reader(out);
  reader.read(root, out.config, "", "", "", out.weights);
  if (reader.named()) return;
  for (Weight& weight : out.weights) weight.place = keys_of(weight.path);
}

}  // namespace kerasan::formats

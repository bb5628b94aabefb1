// Keras 1.1 to 2: `layer_names` of the group, `weight_names` of each layer's group.
#include <set>

#include "formats/hdf5/layout.h"

namespace kerasan::formats {
namespace {

std::vector<std::string> texts(const Json& value) {
  std::vector<std::string> all;
  if (value.is_string()) all.push_back(value.get<std::string>());
  if (!value.is_array()) return all;
  for (const Json& item : value) {
    if (item.is_string()) all.push_back(item.get<std::string>());
  }
  return all;
}

void paths_of(const H5Group& group, const std::string& prefix, std::vector<std::string>& out) {
  for (const auto& [name, dataset] : group.datasets) out.push_back(prefix + name);
  for (const auto& [name, child] : group.groups) paths_of(child, prefix + name + "/", out);
}

std::string without_double_slashes(const std::string& path) {
  std::string out;
  for (const char c : path) {
    if (c != '/' || (!out.empty() && out.back() != '/')) out.push_back(c);
  }
  return out;
}

// Reads what the group lists, and tells of what it lists without having it, and the reverse.
std::vector<std::string> read_listed(const H5Group& group, const std::string& prefix,
                                     const std::string& layer, std::vector<Weight>& to,
                                     ModelFile& out) {
  const std::vector<std::string> names = texts(group.attribute("weight_names"));
  std::set<std::string> listed;
  for (const std::string& name : names) {
    const std::string path = without_double_slashes(name);
    if (!listed.insert(path).second) {
      out.faults.push_back(
          {kDuplicateName, prefix + name, "the weight " + name + " is listed twice in " + prefix});
      continue;
    }
    const H5Dataset* dataset = group.dataset(path);
    if (dataset == nullptr) {
      out.faults.push_back(
          {kMissingWeight, prefix + name,
           "the weight " + name + " is listed in " + prefix + ", but is not there"});
      continue;
    }
    Weight weight;
    weight.path = prefix + path;
    weight.layer = layer;
    weight.name = name;
    add_weight(*dataset, std::move(weight), to, out);
  }
  std::vector<std::string> there;
  paths_of(group, "", there);
  for (const std::string& path : there) {
    if (listed.contains(path)) continue;
    out.faults.push_back(
        {kOrphanWeight, prefix + path, "the dataset " + prefix + path + " is listed nowhere"});
  }
  return names;
}

}  // namespace

void read_listed_layers(const H5Group& group, const std::string& prefix, ModelFile& out) {
  out.layout = "keras-2";
  out.holds_weights = true;
  std::set<std::string> listed;
  for (const std::string& name : texts(group.attribute("layer_names"))) {
    if (!listed.insert(name).second) {
      out.faults.push_back(
          {kDuplicateName, name, "the layer " + name + " is listed twice in layer_names"});
      continue;
    }
    const H5Group* layer = &group;
    std::size_t from = 0;  // a name may hold slashes
    for (std::size_t slash; layer != nullptr; from = slash + 1) {
      slash = name.find('/', from);
      if (slash != from) layer = layer->group(name.substr(from, slash - from));
      if (slash == std::string::npos) break;
    }
    if (layer == nullptr) {
      out.faults.push_back(
          {kMissingWeight, name, "the layer " + name + " is listed in layer_names, but not there"});
      continue;
    }
    out.layers.push_back({name, {}});
    out.layers.back().weight_names =
        read_listed(*layer, prefix + name + "/", name, out.weights, out);
  }
  // Weights of the model itself, of no layer; not in layer_names.
  const std::string top = "top_level_model_weights";
  if (const H5Group* own = group.group(top); own != nullptr && !listed.contains(top)) {
    read_listed(*own, prefix + top + "/", "", out.weights, out);
    listed.insert(top);
  }
  for (const auto& [name, child] : group.groups) {
    const bool part = listed.lower_bound(name + "/") != listed.end() &&
                      listed.lower_bound(name + "/")->starts_with(name + "/");
    if (listed.contains(name) || part || name == "optimizer_weights" || name == "model_weights") {
      continue;
    }
    out.faults.push_back({kOrphanWeight, prefix + name,
                          "the group " + prefix + name + " is not listed in layer_names"});
  }
}

void read_listed_optimizer(const H5Group& group, const std::string& prefix, ModelFile& out) {
  read_listed(group, prefix, "", out.optimizer_weights, out);
}

}  // namespace kerasan::formats

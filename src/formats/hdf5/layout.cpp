#include "formats/hdf5/layout.h"

namespace kerasan::formats {

void add_weight(const H5Dataset& dataset, Weight weight, std::vector<Weight>& to, ModelFile& out) {
  if (!dataset.unread.empty()) {
    out.unread.push_back(weight.path + ": " + dataset.unread);
    if (!dataset.dtype) {
      out.entries.push_back({weight.path, 0});
      return;
    }
  }
  weight.dtype_text = dataset.dtype_text;
  weight.dtype = dataset.unread.empty() ? dataset.dtype : std::nullopt;
  weight.shape = dataset.shape;
  weight.bytes = dataset.bytes;
  to.push_back(std::move(weight));
}

void note_links(const H5Group& group, const std::string& prefix, ModelFile& out) {
  for (const std::string& name : group.links) {
    out.faults.push_back({kNotFollowed, prefix + name,
                          prefix + name + " is a link to elsewhere and was not followed"});
  }
  for (const auto& [name, child] : group.groups) note_links(child, prefix + name + "/", out);
}

bool has_nested_layout(const H5Group& root) {
  if (root.group("vars") != nullptr) return true;
  for (const auto& [name, child] : root.groups) {
    if (has_nested_layout(child)) return true;
  }
  return false;
}

void read_numbered_layers(const H5Group& group, ModelFile& out) {
  out.layout = "keras-1";
  out.holds_weights = true;
  const Json count = group.attribute("nb_layers");
  const std::int64_t layers = count.is_number_integer() ? count.get<std::int64_t>() : 0;
  for (std::int64_t i = 0; i < layers && i < 100000; ++i) {
    const std::string name = "layer_" + std::to_string(i);
    const H5Group* layer = group.group(name);
    if (layer == nullptr) {
      out.faults.push_back(
          {kMissingWeight, name,
           "the file announces " + std::to_string(layers) + " layers, but has no " + name});
      return;
    }
    out.layers.push_back({name, {}});
    const Json parameters = layer->attribute("nb_params");
    const std::int64_t weights =
        parameters.is_number_integer() ? parameters.get<std::int64_t>() : 0;
    for (std::int64_t k = 0; k < weights && k < 100000; ++k) {
      const std::string parameter = "param_" + std::to_string(k);
      const H5Dataset* dataset = layer->dataset(parameter);
      if (dataset == nullptr) {
        out.faults.push_back(
            {kMissingWeight, name + "/" + parameter,
             name + " announces " + std::to_string(weights) + " weights, but has no " + parameter});
        break;
      }
      out.layers.back().weight_names.push_back(parameter);
      Weight weight;
      weight.path = name + "/" + parameter;
      weight.layer = name;
      weight.name = parameter;
      add_weight(*dataset, std::move(weight), out.weights, out);
    }
  }
}

}  // namespace kerasan::formats

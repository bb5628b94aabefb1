#include "formats/place_names.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "formats/layer_keys.h"

namespace kerasan::formats {
namespace {

using Parts = std::vector<std::string>;

Parts split(const std::string& path) {
  Parts parts;
  for (std::size_t from = 0; from <= path.size();) {
    const std::size_t to = std::min(path.find('/', from), path.size());
    parts.push_back(path.substr(from, to - from));
    from = to + 1;
  }
  return parts;
}

std::optional<std::size_t> number(std::string_view text) {
  std::size_t value = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && at == text.data() + text.size() ? std::optional(value)
                                                                 : std::nullopt;
}

// "layer-2" in one part; "_operations/2" or "_layers/2" in two. Moves `at` behind it.
std::optional<std::size_t> take_place(const Parts& parts, std::size_t& at) {
  if (at >= parts.size()) return std::nullopt;
  if (counts_layers(parts[at])) return number(std::string_view(parts[at++]).substr(6));
  const bool list = parts[at] == "_operations" || parts[at] == "_layers";
  if (!list || at + 1 >= parts.size()) return std::nullopt;
  at += 2;
  return number(parts[at - 1]);
}

// How the layers of one model are numbered: some releases leave inputs out that the config has, and
// some count one that it does not have.
struct Numbering {
  bool without_inputs = false;
  std::size_t implied = 0;
};

std::optional<Numbering> numbering(const Json& layers, std::optional<std::size_t> counted) {
  const auto all = layers.size();
  const auto inputs = static_cast<std::size_t>(std::ranges::count_if(
      layers, [](const Json& layer) { return text_field(layer, "class_name") == "InputLayer"; }));
  if (!counted || *counted == all) return Numbering{};
  if (*counted == all - inputs) return Numbering{true, 0};
  if (inputs == 0 && *counted == all + 1) return Numbering{false, 1};
  return std::nullopt;
}

const Json* layer_at(const Json& model, std::size_t place, std::optional<std::size_t> counted) {
  const Json* layers = layer_list(model);
  const auto how = layers == nullptr ? std::nullopt : numbering(*layers, counted);
  if (!how || place < how->implied) return nullptr;
  place -= how->implied;
  for (const Json& layer : *layers) {
    if (how->without_inputs && text_field(layer, "class_name") == "InputLayer") continue;
    if (place-- == 0) return &layer;
  }
  return nullptr;
}

struct Named {
  std::string layer, name;
};

std::string joined(const Parts& parts, std::size_t from, std::size_t to) {
  std::string text;
  for (std::size_t i = from; i < to; ++i) text += (text.empty() ? "" : "/") + parts[i];
  return text;
}

std::optional<Named> by_number(const std::string& place, const ModelFile& file, const Json& model) {
  const Parts parts = split(place);
  std::size_t at = 0;
  while (at < parts.size() && !counts_layers(parts[at]) && parts[at] != "_operations" &&
         parts[at] != "_layers") {
    ++at;  // what the program itself calls the model, and Keras what it built of it
  }
  Named named;
  const Json* inner = &model;
  for (std::size_t next = at; inner != nullptr; at = next) {
    const auto count = file.numbered_layers.find(joined(parts, 0, next));
    if (next < parts.size() && parts[next] == "_functional") ++next;
    const auto number = take_place(parts, next);
    if (!number) break;
    const Json* layer =
        layer_at(*inner, *number,
                 count == file.numbered_layers.end() ? std::nullopt : std::optional(count->second));
    if (layer == nullptr) return std::nullopt;
    named.layer += (named.layer.empty() ? "" : "/") + layer_name(*layer);
    inner = layer_list(*layer) == nullptr ? nullptr : layer;
  }
  if (named.layer.empty() || at >= parts.size()) return std::nullopt;
  named.name = joined(parts, at, parts.size());
  const std::size_t last = named.name.rfind('/') + 1;  // "_kernel" holds what "kernel" is
  if (named.name[last] == '_') named.name.erase(last, 1);
  return named;
}

std::optional<Named> by_class(const Weight& weight, const Json& model) {
  const bool told = weight.place.empty();
  Named named{"", weight.name};
  const Json* inner = &model;
  for (const std::string& part : split(told ? weight.layer : weight.place)) {
    const auto keys = told ? std::map<std::string, std::string>() : layer_keys(*inner);
    const auto key = keys.find(part);
    if (!told && key == keys.end()) return std::nullopt;
    inner = layer_config(*inner, told ? part : key->second);
    if (inner == nullptr) return std::nullopt;
    named.layer += (named.layer.empty() ? "" : "/") + layer_name(*inner);
  }
  return named;
}

}  // namespace

bool counts_layers_with_weights(std::string_view child) {
  return child.starts_with("layer_with_weights-");
}

bool counts_layers(std::string_view child) {
  return child.starts_with("layer-") && number(child.substr(6)).has_value();
}

std::string name_layers(ModelFile& file, const Json& model) {
  std::vector<Named> names;
  for (const Weight& weight : file.weights) {
    const auto named =
        file.layout == "keras-3" ? by_class(weight, model) : by_number(weight.place, file, model);
    if (!named) {
      return "the config does not tell which layer " +
             (weight.place.empty() ? weight.path : weight.place) + " belongs to";
    }
    names.push_back(*named);
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    file.weights[i].layer = names[i].layer;
    file.weights[i].name = names[i].name;
  }
  return {};
}

}  // namespace kerasan::formats

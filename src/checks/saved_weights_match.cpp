#include "checks/saved_weights_match.h"

#include <algorithm>
#include <map>
#include <set>

#include "formats/layer_keys.h"

namespace kerasan::checks {
namespace {

using formats::Weight;
using reference::WeightShape;

Dims as_dims(const Shape& shape) { return {shape.begin(), shape.end()}; }

// "dense/kernel:0" -> "kernel".
std::string role(const std::string& name) {
  const std::string whole = name.substr(0, name.find(':'));
  return whole.substr(whole.find_last_of('/') + 1);
}

std::string described(const WeightShape& weight) {
  return (weight.part + weight.name).empty()
             ? dims_text(weight.shape)
             : weight.part + weight.name + " " + dims_text(weight.shape);
}

std::string all_described(const std::vector<WeightShape>& weights) {
  std::string text;
  for (const WeightShape& weight : weights) text += (text.empty() ? "" : ", ") + described(weight);
  return text.empty() ? "none" : text;
}

std::string all_described(const std::vector<const Weight*>& weights) {
  std::string text;
  for (const Weight* weight : weights) {
    text += (text.empty() ? "" : ", ") + weight->name + " " + shape_text(weight->shape);
  }
  return text.empty() ? "none" : text;
}

// Two weights of one shape that have changed places, told by their names.
std::vector<WeightMismatch> compare_roles(const std::vector<WeightShape>& expected,
                                          const std::vector<const Weight*>& saved) {
  std::multiset<std::string> known, told;
  for (const WeightShape& weight : expected) known.insert(weight.name);
  for (const Weight* weight : saved) told.insert(role(weight->name));
  if (known != told) return {};  // names of another generation
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (role(saved[i]->name) == expected[i].name) continue;
    return {{saved[i]->name, expected[i].name,
             "lists " + saved[i]->name + " where its " + expected[i].name + " belongs"}};
  }
  return {};
}

std::vector<WeightMismatch> compare_in_order(const std::vector<WeightShape>& expected,
                                             const std::vector<const Weight*>& saved) {
  std::vector<WeightMismatch> out;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (compatible(as_dims(saved[i]->shape), expected[i].shape)) continue;
    out.push_back({saved[i]->name + " " + shape_text(saved[i]->shape), described(expected[i]),
                   "has the weight " + saved[i]->name + " of shape " + shape_text(saved[i]->shape) +
                       ", where its config asks for " + described(expected[i])});
  }
  return out.empty() ? compare_roles(expected, saved) : out;
}

bool matches_in_some_order(std::vector<WeightShape> expected, std::vector<const Weight*> saved) {
  const auto open = [](const WeightShape& w) {
    return std::count(w.shape.begin(), w.shape.end(), std::nullopt);
  };
  std::stable_sort(expected.begin(), expected.end(),
                   [&](const auto& a, const auto& b) { return open(a) < open(b); });
  for (const WeightShape& weight : expected) {
    const auto found = std::find_if(saved.begin(), saved.end(), [&](const Weight* candidate) {
      return compatible(as_dims(candidate->shape), weight.shape);
    });
    if (found == saved.end()) return false;
    saved.erase(found);
  }
  return true;
}

// Where the file has exactly the names that are expected, in whatever order.
std::vector<const Weight*> order_by_name(const std::vector<WeightShape>& expected,
                                         const std::vector<const Weight*>& saved) {
  std::map<std::string, const Weight*> by_name;
  for (const Weight* weight : saved) by_name.emplace(weight->name, weight);
  if (by_name.size() != saved.size() || saved.size() != expected.size()) return {};
  std::vector<const Weight*> ordered;
  for (const WeightShape& weight : expected) {
    const auto found = by_name.find(weight.part + weight.name);
    if (found == by_name.end()) return {};
    ordered.push_back(found->second);
    by_name.erase(found);
  }
  return ordered;
}

}  // namespace

std::vector<const Weight*> order_by_part(const std::vector<WeightShape>& expected,
                                         const std::vector<const Weight*>& saved) {
  if (auto named = order_by_name(expected, saved); !named.empty()) return named;
  std::vector<const Weight*> ordered;
  std::set<std::string> done;
  for (const WeightShape& weight : expected) {
    if (!done.insert(weight.part).second) continue;
    for (const Weight* candidate : saved) {
      const std::string& name = candidate->name;
      const std::string part = name.substr(0, name.find_last_of('/') + 1);
      if (part == weight.part) ordered.push_back(candidate);
    }
  }
  return ordered.size() == saved.size() ? ordered : saved;
}

std::vector<WeightMismatch> compare_weights(const std::vector<WeightShape>& expected,
                                            const std::vector<const Weight*>& saved, bool ordered) {
  const std::vector<const Weight*> there = ordered ? order_by_part(expected, saved) : saved;
  if (there.size() != expected.size()) {
    return {{all_described(there), all_described(expected),
             "has " + std::to_string(there.size()) + " weights in the file (" +
                 all_described(there) + "), where its config asks for " +
                 std::to_string(expected.size()) + " (" + all_described(expected) + ")"}};
  }
  if (ordered) return compare_in_order(expected, there);
  if (matches_in_some_order(expected, there)) return {};
  return {{all_described(there), all_described(expected),
           "has the weights " + all_described(there) + ", where its config asks for " +
               all_described(expected)}};
}

std::string variable_dtype(const SavedLayer& layer) {
  if (layer.config == nullptr || !layer.config->contains("dtype")) return {};
  const formats::Json& dtype = (*layer.config)["dtype"];
  std::string name = dtype.is_string() ? dtype.get<std::string>() : std::string();
  if (dtype.is_object() && dtype.contains("config")) {
    name = formats::text_field(dtype["config"], "name");
  }
  if (name.starts_with("mixed_")) return "float32";
  // Normalization keeps its statistics in float32, whatever the policy.
  const bool half = name == "float16" || name == "bfloat16";
  if (half && layer.class_name.find("Normalization") != std::string::npos) return {};
  return name.find("_from_") == std::string::npos ? name : std::string();
}

std::vector<const Weight*> without_seeds(const std::vector<const Weight*>& all) {
  std::vector<const Weight*> out;
  for (const Weight* weight : all) {
    const bool seed = weight->path.find("seed_generator") != std::string::npos ||
                      weight->path.find("/_random_generator/") != std::string::npos;
    if (!seed) out.push_back(weight);
  }
  return out;
}

}  // namespace kerasan::checks

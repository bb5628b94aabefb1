// Tensors and shapes inside the config of a model.
#include <algorithm>

#include "checks/saved_model.h"
#include "formats/layer_keys.h"

namespace kerasan::checks {
namespace {

using formats::Json;
constexpr int kMaxDepth = 60;

// Keras 2 writes [layer, node, tensor, arguments]; Keras 3 an object with keras_history.
bool is_history(const Json& value) {
  return value.is_array() && value.size() >= 3 && value[0].is_string() &&
         value[1].is_number_integer() && value[2].is_number_integer();
}

// No layer is called so often that a larger number would be another call.
std::int64_t index(const Json& value) {
  return std::clamp<std::int64_t>(value.get<std::int64_t>(), -1, std::int64_t{1} << 31);
}

void collect(const Json& value, bool positional, int depth, std::vector<TensorReference>& out) {
  if (depth > kMaxDepth) return;
  if (is_history(value)) {
    out.push_back({value[0].get<std::string>(), index(value[1]), index(value[2]), positional});
    if (value.size() > 3) collect(value[3], false, depth + 1, out);
    return;
  }
  if (value.is_array()) {
    for (const Json& item : value) collect(item, positional, depth + 1, out);
    return;
  }
  if (!value.is_object()) return;
  if (value.contains("keras_history") && is_history(value["keras_history"])) {
    collect(value["keras_history"], positional, depth + 1, out);
    return;
  }
  for (const auto& [key, item] : value.items()) {
    collect(item, positional && key != "kwargs", depth + 1, out);
  }
}

}  // namespace

std::vector<TensorReference> references_in(const formats::Json& value) {
  std::vector<TensorReference> all;
  collect(value, true, 0, all);
  std::stable_partition(all.begin(), all.end(), [](const auto& r) { return r.positional; });
  return all;
}

reference::MaybeDims dims_of(const formats::Json& value) {
  if (!value.is_array()) return std::nullopt;
  Dims dims;
  for (const formats::Json& item : value) {
    if (item.is_null()) {
      dims.emplace_back();
    } else if (item.is_number_integer() && item.get<std::int64_t>() >= 0) {
      dims.emplace_back(item.get<std::int64_t>());
    } else {
      return std::nullopt;
    }
  }
  return dims;
}

std::string dims_text(const Dims& dims) {
  std::string text = "(";
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (i > 0) text += ", ";
    text += dims[i] ? std::to_string(*dims[i]) : "?";
  }
  if (dims.size() == 1) text += ",";
  return text + ")";
}

}  // namespace kerasan::checks

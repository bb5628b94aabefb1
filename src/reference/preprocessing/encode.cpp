#include "reference/preprocessing/encode.h"

#include <cmath>

#include "reference/ops/guard.h"

namespace kerasan::reference {
namespace {

void flatten(const Json& value, std::vector<double>& out) {
  if (value.is_number()) {
    out.push_back(value.get<double>());
  } else if (value.is_array()) {
    for (const Json& item : value) flatten(item, out);
  } else if (value.is_object() && value.contains("$tuple")) {
    flatten(value["$tuple"], out);
  } else {
    throw Unsupported("an argument is not a list of numbers");
  }
}

Bounded one_hot(const Bounded& indices, std::int64_t depth) {
  Shape shape = indices.shape;
  if (!shape.empty() && shape.back() == 1) shape.pop_back();
  shape.push_back(depth);
  Bounded y(shape);
  for (std::size_t i = 0; i < indices.size(); ++i)
    if (indices.value[i] >= 0) y.value[i * std::size_t(depth) + std::size_t(indices.value[i])] = 1;
  return y;
}

Bounded counted(const Bounded& indices, std::int64_t depth, const Bounded* weights, bool hot) {
  require(indices.shape.size() >= 2, "samples without an axis of their own");
  Shape shape = indices.shape;
  const auto length = std::size_t(shape.back());
  shape.back() = depth;
  Bounded y(shape);
  for (std::size_t i = 0; i < indices.size(); ++i) {
    if (indices.value[i] < 0) continue;
    const std::size_t to = i / length * std::size_t(depth) + std::size_t(indices.value[i]);
    y.value[to] = hot ? 1 : y.value[to] + (weights ? weights->value[i] : 1);
    // Weights are summed in float32.
    if (!hot && weights) y.bound[to] += 0x1p-22 * std::fabs(weights->value[i]) * double(length);
  }
  return y;
}

}  // namespace

std::vector<double> get_numbers(const Json& config, std::string_view key) {
  std::vector<double> out;
  const auto found = config.find(std::string(key));
  if (found != config.end() && !found->is_null()) flatten(*found, out);
  return out;
}

Bounded encode(const Bounded& indices, std::int64_t depth, const std::string& mode,
               const Bounded* weights) {
  if (mode == "int") return indices;
  require(depth > 0 && double(indices.size()) * double(depth) <= kMaxElements,
          "no number of tokens");
  for (double i : indices.value)
    require(i >= -1 && i < double(depth) && i == std::floor(i), "an index is out of range");
  require(weights == nullptr || weights->size() == indices.size(), "weights of another shape");
  if (mode == "one_hot") return one_hot(indices, depth);
  require(mode == "multi_hot" || mode == "count", "output_mode " + mode);
  return counted(indices, depth, weights, mode == "multi_hot");
}

}  // namespace kerasan::reference

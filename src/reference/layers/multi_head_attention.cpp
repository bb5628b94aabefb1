// MultiHeadAttention (Vaswani et al. 2017) and GroupedQueryAttention (Ainslie et al. 2023), where
// several heads of the queries share one of keys and values.
#include <algorithm>
#include <cmath>

#include "reference/layers/attention.h"
#include "reference/ops/activation.h"
#include "reference/ops/einsum.h"
#include "reference/ops/elementwise.h"
#include "reference/ops/matmul.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

constexpr const char* kParts[] = {"query", "key", "value", "attention_output"};

// The weight of one of the projections: by its path, else by its place.
const Bounded& weight_of(const LayerCall& call, const std::string& part, const std::string& name) {
  const std::string tail = part + "/" + name;
  for (std::size_t i = 0; i < call.weight_paths.size() && i < call.weights.size(); ++i) {
    std::string path = "/" + call.weight_paths[i];
    path = path.substr(0, path.find(':'));
    if (path.ends_with("/" + tail)) return call.weights[i];
  }
  const std::size_t each = get_flag(call.config, "use_bias", true) ? 2 : 1;
  const auto found = std::find(std::begin(kParts), std::end(kParts), part);
  require(found != std::end(kParts) && call.weights.size() == 4 * each,
          "weight " + tail + " was not recorded");
  return call.weights[std::size_t(found - std::begin(kParts)) * each + (name == "bias" ? 1 : 0)];
}

// x kernel + bias, where the kernel's first `in` axes are contracted; the others stay flat.
Bounded project(const LayerCall& call, const std::string& part, const Bounded& x, std::size_t in) {
  const Precision p = precision_of(call);
  Bounded kernel = weight_of(call, part, "kernel");
  require(kernel.shape.size() > in, "kernel of unexpected rank");
  std::int64_t rows = 1;
  for (std::size_t i = 0; i < in; ++i) rows *= kernel.shape[i];
  require(rows > 0, "kernel of unexpected shape");
  kernel.shape = {rows, std::int64_t(kernel.size()) / rows};
  Bounded y = matmul(x, kernel, p);
  if (!get_flag(call.config, "use_bias", true)) return y;
  Bounded bias = weight_of(call, part, "bias");
  bias.shape = {std::int64_t(bias.size())};
  add_bias(y, bias, p, double(rows));
  return y;
}

// Which axes of the inputs are attended over, and the orders of axes that follow.
struct Layout {
  std::vector<std::size_t> batch, attended;

  explicit Layout(const LayerCall& call) {
    const std::size_t rank = call.inputs[0].shape.size();
    require(rank >= 3, "input of unexpected rank");
    if (const auto axes = get_ints(call.config, "attention_axes")) {
      for (std::int64_t axis : *axes) attended.push_back(std::size_t(normal_axis(axis, rank)));
    } else {
      for (std::size_t i = 1; i + 1 < rank; ++i) attended.push_back(i);
    }
    require(std::is_sorted(attended.begin(), attended.end()) && !attended.empty() &&
                attended.back() + 1 < rank && attended.front() > 0,
            "attention_axes");
    for (std::size_t i = 0; i + 1 < rank; ++i)
      if (std::find(attended.begin(), attended.end(), i) == attended.end()) batch.push_back(i);
  }

  // [positions..., heads, size] to [batch..., heads, attended..., size].
  std::vector<std::size_t> order() const {
    const std::size_t positions = batch.size() + attended.size();
    std::vector<std::size_t> axes = batch;
    axes.push_back(positions);
    axes.insert(axes.end(), attended.begin(), attended.end());
    axes.push_back(positions + 1);
    return axes;
  }

  Shape sizes(const Bounded& x, const std::vector<std::size_t>& axes) const {
    Shape result;
    for (std::size_t axis : axes) result.push_back(x.shape[axis]);
    return result;
  }
};

// [batch, heads, attended, size] of a projection [positions..., heads * size].
Bounded to_heads(const Layout& layout, Bounded y, std::int64_t heads) {
  require(heads > 0 && y.shape.back() % heads == 0, "kernel of unexpected shape");
  const std::int64_t size = y.shape.back() / heads;
  const Shape batch = layout.sizes(y, layout.batch), own = layout.sizes(y, layout.attended);
  y.shape.back() = heads;
  y.shape.push_back(size);
  return reshape(permute(y, layout.order()), {std::int64_t(element_count(batch)), heads,
                                              std::int64_t(element_count(own)), size});
}

Bounded from_heads(const Layout& layout, Bounded y, const Bounded& query) {
  const std::int64_t heads = y.shape[1], size = y.shape[3];
  Shape shape = layout.sizes(query, layout.batch);
  const Shape own = layout.sizes(query, layout.attended);
  shape.push_back(heads);
  shape.insert(shape.end(), own.begin(), own.end());
  shape.push_back(size);
  const auto order = layout.order();
  std::vector<std::size_t> back(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) back[order[i]] = i;
  Bounded moved = permute(reshape(y, shape), back);
  moved.shape.pop_back();
  moved.shape.back() = heads * size;
  return moved;
}

// Each head repeated `times`, in place: 0, 0, 1, 1, ...
Bounded repeat_heads(const Bounded& x, std::int64_t heads) {
  if (x.shape[1] == heads) return x;
  require(x.shape[1] > 0 && heads % x.shape[1] == 0, "heads that do not share evenly");
  const std::int64_t times = heads / x.shape[1];
  Shape shape = x.shape;
  shape[1] = heads;
  return gather(x, shape,
                [&](std::size_t axis, std::int64_t i) { return axis == 1 ? i / times : i; });
}

bool takes(const LayerCall& call, const char* name) {
  return std::find(call.parameters.begin(), call.parameters.end(), name) != call.parameters.end();
}

// The mask of an argument: given, or travelling with the tensor where the layer heeds that.
const Bounded* own_mask(const LayerCall& call, const std::string& name) {
  if (const Bounded* given = call_tensor(call, (name + "_mask").c_str())) return given;
  const Bounded* found = nullptr;
  if (name == "query" && !call.masks.empty() && call.masks[0]) found = &*call.masks[0];
  if (const auto at = call.tensor_masks.find(name); at != call.tensor_masks.end())
    found = &at->second;
  require(found == nullptr || takes(call, "query_mask") || takes(call, "use_causal_mask"),
          "whether it heeds masks of its inputs is not documented");
  return found;
}

AttentionMask mask_of(const LayerCall& call, const Shape& scores, std::size_t axes) {
  AttentionMask mask(scores, axes);
  const Bounded* given = call_tensor(call, "attention_mask");
  if (given != nullptr) mask.apply(*given);
  const Bounded *query = own_mask(call, "query"), *value = own_mask(call, "value"),
                *key = own_mask(call, "key");
  require(given == nullptr || given->shape.size() <= 3 || (!query && !value && !key),
          "an attention_mask with heads and masks of the inputs");
  if (query != nullptr) mask.apply_queries(*query);
  if (value != nullptr) mask.apply_keys(*value);
  if (key != nullptr) mask.apply_keys(*key);
  if (call_flag(call, "use_causal_mask")) mask.causal();
  if (const auto size = get_ints(call.config, "sliding_window")) mask.window(size->at(0));
  return mask;
}

struct Heads {
  Bounded query, key, value;
};

Heads heads_of(const LayerCall& call, const Layout& layout, const Bounded& value) {
  const Bounded* given = call_tensor(call, "key");
  const Bounded& key = given != nullptr ? *given : value;
  const auto heads = [&](const char* part) {
    const Shape& shape = weight_of(call, part, "kernel").shape;
    require(shape.size() == 3, "kernel of unexpected rank");
    return shape[1];
  };
  require(value.shape.size() == call.inputs[0].shape.size() &&
              key.shape.size() == value.shape.size(),
          "inputs of different rank");
  const std::int64_t count = heads("query");
  return {to_heads(layout, project(call, "query", call.inputs[0], 1), count),
          repeat_heads(to_heads(layout, project(call, "key", key, 1), heads("key")), count),
          repeat_heads(to_heads(layout, project(call, "value", value, 1), heads("value")), count)};
}

Outputs multi_head(const LayerCall& call) {
  require_no_dropout(call);
  const Precision p = precision_of(call);
  const Bounded& query = call.inputs[0];
  const Bounded* value = call_tensor(call, "value");
  if (value == nullptr && call.inputs.size() == 2) value = &call.inputs[1];
  require(value != nullptr, "the value was not recorded");
  const Layout layout(call);
  Heads h = heads_of(call, layout, *value);
  h.query = scaled(std::move(h.query), 1 / std::sqrt(double(h.query.shape[3])), p);
  Bounded scores = batch_matmul(h.query, permute(h.key, {0, 1, 3, 2}), p);
  Shape shape = layout.sizes(query, layout.batch);
  const Shape rows = layout.sizes(query, layout.attended);
  const Shape keys = layout.sizes(*value, layout.attended);
  shape.push_back(h.query.shape[1]);
  shape.insert(shape.end(), rows.begin(), rows.end());
  shape.insert(shape.end(), keys.begin(), keys.end());
  const Shape flat = scores.shape;
  Bounded weights =
      mask_of(call, shape, rows.size()).softmax(reshape(scores, shape), p);
  Bounded y = from_heads(layout, batch_matmul(reshape(weights, flat), h.value, p), query);
  if (get_flag(call.config, "use_gate", false))
    y = times(y, activate("sigmoid", project(call, "gate", query, 1), p), p);
  y = project(call, "attention_output", y, 2);
  const Shape& kernel = weight_of(call, "attention_output", "kernel").shape;
  y.shape.pop_back();
  y.shape.insert(y.shape.end(), kernel.begin() + 2, kernel.end());
  Outputs outputs{std::move(y)};
  if (call_flag(call, "return_attention_scores")) outputs.push_back(std::move(weights));
  return outputs;
}

const LayerRegistrar registrars[] = {
    {"MultiHeadAttention", &checked<multi_head>},
    {"GroupedQueryAttention", &checked<multi_head>},
    {"GroupQueryAttention", &checked<multi_head>},
};

}  // namespace
}  // namespace kerasan::reference

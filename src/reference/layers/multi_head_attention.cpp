// MultiHeadAttention (Vaswani et al. 2017) and GroupedQueryAttention (Ainslie et al. 2023), where
// several heads of the queries share one of keys and values.
#include <algorithm>
#include <cmath>

#include "reference/layers/attention.h"
#include "reference/ops/activation.h"
#include "reference/ops/einsum.h"
#include "reference/ops/elementwise.h"
#include "reference/ops/matmul.h"
#include "reference/ops/reverse.h"
#include "reference/ops/shape.h"
#include "reference/ops/slope.h"

namespace kerasan::reference {
namespace {

constexpr const char* kParts[] = {"query", "key", "value", "attention_output"};

// Which weight is that of one of the projections: by its path, else by its place.
std::size_t place_of(const LayerCall& call, const std::string& part, const std::string& name) {
  const std::string tail = part + "/" + name;
  for (std::size_t i = 0; i < call.weight_paths.size() && i < call.weights.size(); ++i) {
    std::string path = "/" + call.weight_paths[i];
    path = path.substr(0, path.find(':'));
    if (path.ends_with("/" + tail)) return i;
  }
  const std::size_t each = get_flag(call.config, "use_bias", true) ? 2 : 1;
  const auto found = std::find(std::begin(kParts), std::end(kParts), part);
  require(found != std::end(kParts) && call.weights.size() == 4 * each,
          "weight " + tail + " was not recorded");
  return std::size_t(found - std::begin(kParts)) * each + (name == "bias" ? 1 : 0);
}

const Bounded& weight_of(const LayerCall& call, const std::string& part, const std::string& name) {
  return call.weights[place_of(call, part, name)];
}

// The outcome of one operation of the layer.
Bounded settled(const LayerCall& call, Bounded x) {
  if (call.roundings != nullptr) call.roundings->settle(x);
  return x;
}

// The kernel of a projection as a matrix, its first `in` axes the rows.
Bounded kernel_of(const LayerCall& call, const std::string& part, std::size_t in) {
  Bounded kernel = weight_of(call, part, "kernel");
  require(kernel.shape.size() > in, "kernel of unexpected rank");
  std::int64_t rows = 1;
  for (std::size_t i = 0; i < in; ++i) rows *= kernel.shape[i];
  require(rows > 0, "kernel of unexpected shape");
  kernel.shape = {rows, std::int64_t(kernel.size()) / rows};
  return kernel;
}

// x kernel + bias, where the kernel's first `in` axes are contracted; the others stay flat.
Bounded project(const LayerCall& call, const std::string& part, const Bounded& x, std::size_t in) {
  const Precision p = precision_of(call);
  const Bounded kernel = kernel_of(call, part, in);
  Bounded y = matmul(x, kernel, p);
  if (!get_flag(call.config, "use_bias", true)) return settled(call, std::move(y));
  Bounded bias = weight_of(call, part, "bias");
  bias.shape = {std::int64_t(bias.size())};
  add_bias(y, bias, p, double(kernel.shape[0]));
  return settled(call, std::move(y));
}

// From the derivative by a projection, that by x; sets those by its weights.
Bounded project_reverse(const LayerCall& call, const std::string& part, const Bounded& x,
                        std::size_t in, const Bounded& seed, LayerGradient& out) {
  const Precision p = precision_of(call);
  const auto set = [&](const char* name, Bounded value) {
    const std::size_t at = place_of(call, part, name);
    require(value.size() == call.weights[at].size(), "a derivative of another size");
    value.shape = call.weights[at].shape;
    out.weights[at] = std::move(value);
  };
  set("kernel", matmul_by_weight(x, seed, p));
  if (get_flag(call.config, "use_bias", true)) set("bias", sum_rows(seed, p));
  return matmul_by_input(seed, kernel_of(call, part, in), p);
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
  Bounded moved = permute(reshape(std::move(y), shape), back);
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

// The sum over the heads that share one.
Bounded share_heads(const Bounded& x, std::int64_t heads, Precision p) {
  if (x.shape[1] == heads) return x;
  Shape shape = x.shape;
  shape[1] = heads;
  Shape split = x.shape;  // [batch, heads, sharing, ...]
  split[1] = heads;
  split.insert(split.begin() + 2, x.shape[1] / heads);
  Shape kept = split;
  kept[2] = 1;
  return reshape(sum_to(reshape(x, split), kept, p), shape);
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

// A tensor of the call by its name, or its place among the inputs.
const Bounded* argument(const LayerCall& call, const char* name, std::size_t place) {
  if (const Bounded* named = call_tensor(call, name)) return named;
  return call.inputs.size() > place ? &call.inputs[place] : nullptr;
}
const Bounded* key_of(const LayerCall& call) { return argument(call, "key", 2); }
const Bounded& value_of(const LayerCall& call) {
  const Bounded* value = argument(call, "value", 1);
  require(value != nullptr && call.inputs.size() <= 3, "the value was not recorded");
  return *value;
}

Heads heads_of(const LayerCall& call, const Layout& layout, const Bounded& value) {
  const Bounded* given = key_of(call);
  const Bounded& key = given != nullptr ? *given : value;
  const auto heads = [&](const char* part) {
    const Shape& shape = weight_of(call, part, "kernel").shape;
    require(shape.size() == 3, "kernel of unexpected rank");
    return shape[1];
  };
  require(
      value.shape.size() == call.inputs[0].shape.size() && key.shape.size() == value.shape.size(),
      "inputs of different rank");
  const std::int64_t count = heads("query");
  return {to_heads(layout, project(call, "query", call.inputs[0], 1), count),
          repeat_heads(to_heads(layout, project(call, "key", key, 1), heads("key")), count),
          repeat_heads(to_heads(layout, project(call, "value", value, 1), heads("value")), count)};
}

// What the layer computes on its way.
struct Attended {
  Layout layout;
  Heads heads;  // the query scaled
  AttentionMask mask;
  Shape flat;       // of the scores: [batch, heads, queries, keys]
  Bounded weights;  // with the axes that are attended over apart
  Bounded joined;   // of the heads, before the output is projected
};

Attended attended(const LayerCall& call) {
  require_no_dropout(call);
  const Precision p = precision_of(call);
  const Bounded &query = call.inputs[0], &value = value_of(call);
  const Layout layout(call);
  Heads h = heads_of(call, layout, value);
  h.query = scaled(std::move(h.query), 1 / std::sqrt(double(h.query.shape[3])), p);
  Bounded scores = settled(call, batch_matmul(h.query, h.key, p, {.b = true}));
  const Shape flat = scores.shape;
  Shape shape = layout.sizes(query, layout.batch);
  const Shape rows = layout.sizes(query, layout.attended);
  const Shape keys = layout.sizes(value, layout.attended);
  shape.push_back(h.query.shape[1]);
  shape.insert(shape.end(), rows.begin(), rows.end());
  shape.insert(shape.end(), keys.begin(), keys.end());
  AttentionMask mask = mask_of(call, shape, rows.size());
  require(element_count(shape) == scores.size(), "sizes differ in a reshape");
  scores.shape = shape;
  Bounded weights = settled(call, mask.softmax(std::move(scores), p));
  weights.shape = flat;
  Bounded joined = from_heads(layout, settled(call, batch_matmul(weights, h.value, p)), query);
  weights.shape = shape;
  return {layout, std::move(h), std::move(mask), flat, std::move(weights), std::move(joined)};
}

struct KeptAttended : Kept {
  Attended of;
  explicit KeptAttended(Attended a) : of(std::move(a)) {}
};

KeptOutputs multi_head(const LayerCall& call) {
  const Precision p = precision_of(call);
  auto kept = std::make_shared<KeptAttended>(attended(call));
  const Attended& a = kept->of;
  const bool gated = get_flag(call.config, "use_gate", false);
  const auto opened = [&] {
    return times(a.joined, activate("sigmoid", project(call, "gate", call.inputs[0], 1), p), p);
  };
  Bounded y = project(call, "attention_output", gated ? opened() : a.joined, 2);
  const Shape& kernel = weight_of(call, "attention_output", "kernel").shape;
  y.shape.pop_back();
  y.shape.insert(y.shape.end(), kernel.begin() + 2, kernel.end());
  KeptOutputs out;
  out.outputs.push_back(std::move(y));
  if (call_flag(call, "return_attention_scores")) out.outputs.push_back(a.weights);
  out.kept = std::move(kept);
  return out;
}

// The derivative by a tensor of the call, where it was given.
void give(LayerGradient& out, const LayerCall& call, const char* name, std::size_t place,
          Bounded by) {
  if (call_tensor(call, name) != nullptr) {
    out.tensors[name] = {std::move(by)};
    return;
  }
  out.inputs.resize(std::max(out.inputs.size(), place + 1));
  out.inputs[place] = std::move(by);
}

// What the output's projection got, from the derivative by the output: by the joined heads, and
// through the gate by the query.
struct OutputGradient {
  Bounded joined, query;
};

OutputGradient output_reverse(const LayerCall& call, const Attended& a, const Bounded& seed,
                              LayerGradient& out) {
  const Precision p = precision_of(call);
  const bool gated = get_flag(call.config, "use_gate", false);
  const Bounded gate = gated ? project(call, "gate", call.inputs[0], 1) : Bounded();
  const Bounded open = gated ? activate("sigmoid", gate, p) : Bounded();
  const std::int64_t width = kernel_of(call, "attention_output", 2).shape[1];
  const std::int64_t positions = std::int64_t(a.joined.size()) / a.joined.shape.back();
  Bounded by =
      project_reverse(call, "attention_output", gated ? times(a.joined, open, p) : a.joined, 2,
                      reshape(seed, {positions, width}), out);
  by.shape = a.joined.shape;
  if (!gated) return {std::move(by), {}};
  const Bounded by_gate = activate_reverse("sigmoid", gate, product(by, a.joined, p), p);
  Bounded by_query = project_reverse(call, "gate", call.inputs[0], 1, by_gate, out);
  by_query.shape = call.inputs[0].shape;
  return {product(by, open, p), std::move(by_query)};
}

LayerGradient multi_head_reverse(const LayerCall& call, const std::vector<Bounded>& seeds) {
  const Precision p = precision_of(call);
  const auto* kept = dynamic_cast<const KeptAttended*>(call.kept.get());
  const std::optional<Attended> again =
      kept != nullptr ? std::nullopt : std::optional(attended(call));
  const Attended& a = kept != nullptr ? kept->of : *again;
  const Layout& layout = a.layout;
  LayerGradient out = gradient_by_input(call, {});
  OutputGradient by = output_reverse(call, a, seeds.at(0), out);
  const std::int64_t heads = a.heads.query.shape[1];
  const Bounded by_heads = to_heads(layout, settled(call, std::move(by.joined)), heads);
  Bounded by_weights = settled(call, batch_matmul(by_heads, a.heads.value, p, {.b = true}));
  by_weights.shape = a.weights.shape;
  if (seeds.size() > 1) by_weights = plus(by_weights, seeds[1], p);
  Bounded by_scores = settled(call, a.mask.softmax_reverse(a.weights, by_weights, p));
  by_scores.shape = a.flat;
  const auto back = [&](const char* part, const Bounded& by_part, const Bounded& x) {
    const std::int64_t own = weight_of(call, part, "kernel").shape[1];
    Bounded flat = from_heads(layout, share_heads(by_part, own, p), x);
    Bounded result = project_reverse(call, part, x, 1, flat, out);
    result.shape = x.shape;
    return result;
  };
  const Bounded by_query = settled(call, scaled(batch_matmul(by_scores, a.heads.key, p),
                                                1 / std::sqrt(double(a.heads.query.shape[3])), p));
  const Bounded by_key = settled(call, batch_matmul(by_scores, a.heads.query, p, {.a = true}));
  const Bounded by_value =
      settled(call, batch_matmul(reshape(a.weights, a.flat), by_heads, p, {.a = true}));
  Bounded query = back("query", by_query, call.inputs[0]);
  out.inputs[0] = by.query.size() > 0 ? plus(query, by.query, p) : std::move(query);
  const Bounded* key = key_of(call);
  Bounded through_key = back("key", by_key, key != nullptr ? *key : value_of(call));
  Bounded through_value = back("value", by_value, value_of(call));
  if (key == nullptr) {
    const Bounded parts[] = {std::move(through_key), std::move(through_value)};
    give(out, call, "value", 1, sum_of(parts, p));
  } else {
    give(out, call, "value", 1, std::move(through_value));
    give(out, call, "key", 2, std::move(through_key));
  }
  return out;
}

const LayerRegistrar registrars[] = {
    {"MultiHeadAttention", &checked<multi_head>},
    {"GroupedQueryAttention", &checked<multi_head>},
    {"GroupQueryAttention", &checked<multi_head>},
};
const LayerGradientRegistrar reverse[] = {
    {"MultiHeadAttention", &reversed_many<multi_head_reverse>},
    {"GroupedQueryAttention", &reversed_many<multi_head_reverse>},
    {"GroupQueryAttention", &reversed_many<multi_head_reverse>},
};

}  // namespace
}  // namespace kerasan::reference

// Embedding: row `index` of the table for each integer of the input.
#include <algorithm>
#include <cmath>

#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/matmul.h"
#include "reference/ops/reverse.h"
#include "reference/ops/shape.h"
#include "reference/ops/slope.h"

namespace kerasan::reference {
namespace {

Bounded embedding(const LayerCall &call) {
  require_plain_weights(call);
  const Bounded &x = call.inputs[0];
  const Bounded &table = get_weight(call, "embeddings");
  require(table.shape.size() == 2, "table of unexpected rank");
  const std::int64_t rows = table.shape[0], width = table.shape[1];
  require(double(x.size()) * double(width) <= kMaxElements, "too large to recompute");
  Shape shape = x.shape;
  shape.push_back(width);
  Bounded y(shape);
  for (std::size_t i = 0; i < x.size(); ++i) {
    // Devices differ on an index outside the table: an error, zeros or a
    // clamped row.
    require(x.value[i] >= 0 && x.value[i] < double(rows), "an index is outside the table");
    const std::int64_t from = std::int64_t(x.value[i]) * width;
    std::copy_n(table.value.begin() + from, width, y.value.begin() + i * width);
    std::copy_n(table.bound.begin() + from, width, y.bound.begin() + i * width);
  }
  return y;
}

bool in_reverse(const LayerCall &call) {
  const auto reverse = call.arguments.find("reverse");
  return reverse != call.arguments.end() && *reverse == true;
}

// What x is multiplied by in reverse: the transposed table, or a matrix of its
// own.
Bounded reverse_kernel(const LayerCall &call) {
  require_plain_weights(call);
  return get_flag(call.config, "tie_weights", true)
             ? permute(get_weight(call, "embeddings"), {1, 0})
             : get_weight(call, "reverse_embeddings");
}

Bounded over_cap(Bounded y, double cap, Precision p) {
  for (std::size_t i = 0; i < y.size(); ++i) {
    y.value[i] /= cap;
    y.bound[i] = y.bound[i] / cap + p.u * std::fabs(y.value[i]);
  }
  return y;
}

// In reverse through a soft cap where asked for: cap tanh(x kernel / cap).
Bounded reversible_embedding(const LayerCall &call) {
  if (!in_reverse(call)) return embedding(call);
  const Precision p = precision_of(call);
  Bounded y = matmul(call.inputs[0], reverse_kernel(call), p);
  const double cap = get_number(call.config, "logit_soft_cap", 0);
  if (cap == 0) return y;
  y = activate("tanh", over_cap(std::move(y), cap, p), p);
  for (std::size_t i = 0; i < y.size(); ++i) {
    y.value[i] *= cap;
    y.bound[i] = y.bound[i] * cap + p.u * std::fabs(y.value[i]);
  }
  return y;
}

const LayerRegistrar reversible{"ReversibleEmbedding", &checked<reversible_embedding>};
const LayerRegistrar registrar{"Embedding", &checked<embedding>};

// Only the rows that were looked up have one; those looked up several times,
// the sum.
LayerGradient embedding_reverse(const LayerCall &call, const Bounded &seed) {
  const Bounded &x = call.inputs[0];
  const Bounded &table = get_weight(call, "embeddings");
  const auto width = std::size_t(table.shape[1]);
  require(seed.size() == x.size() * width, "a derivative of another size");
  Bounded by_table(table.shape);
  std::vector<double> sizes(table.size()), count(std::size_t(table.shape[0]));
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto row = std::size_t(x.value[i]);
    count[row] += 1;
    for (std::size_t k = 0; k < width; ++k) {
      by_table.value[row * width + k] += seed.value[i * width + k];
      by_table.bound[row * width + k] += seed.bound[i * width + k];
      sizes[row * width + k] += std::fabs(seed.value[i * width + k]) + seed.bound[i * width + k];
    }
  }
  for (std::size_t i = 0; i < by_table.size(); ++i)
    if (count[i / width] > 1)
      by_table.bound[i] += gamma(count[i / width], precision_of(call)) * sizes[i];
  LayerGradient out = gradient_by_input(call, {});
  set_gradient(out, call, "embeddings", std::move(by_table));
  return out;
}

LayerGradient reversible_reverse(const LayerCall &call, const Bounded &seed) {
  if (!in_reverse(call)) return embedding_reverse(call, seed);
  const Precision p = precision_of(call);
  const Bounded kernel = reverse_kernel(call);
  const double cap = get_number(call.config, "logit_soft_cap", 0);
  const Bounded by =
      cap == 0
          ? seed
          : activate_reverse("tanh", over_cap(matmul(call.inputs[0], kernel, p), cap, p), seed, p);
  LayerGradient out = gradient_by_input(call, matmul_by_input(by, kernel, p));
  out.inputs[0].shape = call.inputs[0].shape;
  const Bounded by_kernel = matmul_by_weight(call.inputs[0], by, p);
  if (get_flag(call.config, "tie_weights", true))
    set_gradient(out, call, "embeddings", permute(by_kernel, {1, 0}));
  else
    set_gradient(out, call, "reverse_embeddings", by_kernel);
  return out;
}

const LayerGradientRegistrar reverse[] = {
    {"Embedding", &reversed<embedding_reverse>},
    {"ReversibleEmbedding", &reversed<reversible_reverse>},
};

}  // namespace
}  // namespace kerasan::reference

// Attention (Luong et al. 2015) and AdditiveAttention (Bahdanau et al. 2015):
//   softmax(scores) value, scores = scale query key^T, or sum(scale tanh(query + key)).
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

struct Given {
  const Bounded &query, &value, &key;
};

Given inputs_of(const LayerCall& call) {
  require(call.inputs.size() == 2 || call.inputs.size() == 3, "not two or three inputs");
  for (const Bounded& x : call.inputs) require(x.shape.size() == 3, "input of unexpected rank");
  const Bounded& key = call.inputs.size() == 3 ? call.inputs[2] : call.inputs[1];
  return {call.inputs[0], call.inputs[1], key};
}

Bounded with_number(const Bounded& x, const Bounded& number, Precision p) {
  require(number.size() == 1, "a scale that is not one number");
  Bounded same(x.shape);
  same.value.assign(x.size(), number.value[0]);
  same.bound.assign(x.size(), number.bound[0]);
  return times(x, same, p);
}

Bounded spread(const Bounded& x, const Shape& shape) {
  const auto index = broadcast_index(x.shape, shape);
  Bounded y(shape);
  for (std::size_t i = 0; i < index.size(); ++i) {
    y.value[i] = x.value[index[i]];
    y.bound[i] = x.bound[index[i]];
  }
  return y;
}

// query_i + key_j for every pair: [batch, queries, keys, features].
Bounded pairs(const Bounded& q, const Bounded& k, Precision p) {
  require(q.shape[0] == k.shape[0] && q.shape[2] == k.shape[2], "queries and keys differ in size");
  const Shape shape{q.shape[0], q.shape[1], k.shape[1], q.shape[2]};
  require(double(q.size()) * double(k.shape[1]) <= kMaxElements, "too large to recompute");
  return plus(spread(reshape(q, {shape[0], shape[1], 1, shape[3]}), shape),
              spread(reshape(k, {shape[0], 1, shape[2], shape[3]}), shape), p);
}

// sum over features of scale tanh(sums).
Bounded tanh_scores(const Bounded& sums, const Bounded* scale, Precision p) {
  Bounded column(Shape{sums.shape[3], 1});
  column.value.assign(column.size(), 1.0);
  if (scale != nullptr) column = reshape(*scale, column.shape);
  Bounded scores = matmul(activate("tanh", sums, p), column, p);
  scores.shape.pop_back();
  return scores;
}

Bounded dot_scores(const LayerCall& call, const Given& x, Precision p) {
  Bounded scores = batch_matmul(x.query, permute(x.key, {0, 2, 1}), p);
  if (get_flag(call.config, "use_scale", false))
    scores = with_number(scores, get_weight(call, "scale"), p);
  return scores;
}

Bounded concat_scores(const LayerCall& call, const Given& x, Precision p) {
  Bounded sums = pairs(x.query, x.key, p);
  if (get_flag(call.config, "use_scale", false))
    sums = with_number(sums, get_weight(call, "scale"), p);
  return with_number(tanh_scores(sums, nullptr, p), get_weight(call, "concat_score_weight"), p);
}

// Output is zero at queries that are masked.
void drop_queries(Bounded& y, const Bounded& mask) {
  require(mask.shape == Shape({y.shape[0], y.shape[1]}), "mask of another shape");
  const auto width = std::size_t(y.shape[2]);
  for (std::size_t i = 0; i < mask.size(); ++i)
    if (mask.value[i] == 0)
      for (std::size_t j = i * width; j < (i + 1) * width; ++j) y.value[j] = y.bound[j] = 0;
}

const Bounded* mask_of(const LayerCall& call, std::size_t input) {
  return input < call.masks.size() && call.masks[input] ? &*call.masks[input] : nullptr;
}

AttentionMask keys_seen(const LayerCall& call, const Shape& scores) {
  AttentionMask mask(scores);
  if (call_flag(call, "use_causal_mask") || get_flag(call.config, "causal", false)) mask.causal();
  if (const Bounded* keys = mask_of(call, 1)) mask.apply_keys(*keys);
  return mask;
}

Outputs attend(const LayerCall& call, const Given& x, Bounded scores, Precision p) {
  require_no_dropout(call);
  const AttentionMask mask = keys_seen(call, scores.shape);
  Bounded weights = mask.softmax(std::move(scores), p);
  Bounded y = batch_matmul(weights, x.value, p);
  if (const Bounded* queries = mask_of(call, 0)) drop_queries(y, *queries);
  Outputs outputs{std::move(y)};
  if (call_flag(call, "return_attention_scores")) outputs.push_back(std::move(weights));
  return outputs;
}

Outputs attention(const LayerCall& call) {
  const Precision p = precision_of(call);
  const Given x = inputs_of(call);
  const std::string mode = get_text(call.config, "score_mode", "dot");
  require(mode == "dot" || mode == "concat", "score_mode " + mode);
  return attend(call, x, mode == "dot" ? dot_scores(call, x, p) : concat_scores(call, x, p), p);
}

Outputs additive_attention(const LayerCall& call) {
  const Precision p = precision_of(call);
  const Given x = inputs_of(call);
  const Bounded* scale =
      get_flag(call.config, "use_scale", true) ? &get_weight(call, "scale") : nullptr;
  return attend(call, x, tanh_scores(pairs(x.query, x.key, p), scale, p), p);
}

// The derivatives by the scores and by the value.
struct ScoreGradient {
  Bounded scores, value;
};

ScoreGradient attend_reverse(const LayerCall& call, const Given& x, const Bounded& scores,
                             const std::vector<Bounded>& seeds, Precision p) {
  require_no_dropout(call);
  const AttentionMask mask = keys_seen(call, scores.shape);
  const Bounded weights = mask.softmax(scores, p);
  Bounded seed = seeds.at(0);
  if (const Bounded* queries = mask_of(call, 0)) drop_queries(seed, *queries);
  Bounded by_weights = batch_matmul(seed, permute(x.value, {0, 2, 1}), p);
  if (seeds.size() > 1) by_weights = plus(by_weights, seeds[1], p);
  return {mask.softmax_reverse(weights, by_weights, p),
          batch_matmul(permute(weights, {0, 2, 1}), seed, p)};
}

// By query, value and key; where the key is the value, both parts are the value's.
LayerGradient taken(const LayerCall& call, Bounded query, Bounded value, Bounded key, Precision p) {
  LayerGradient out = gradient_by_input(call, std::move(query));
  if (call.inputs.size() == 2) {
    out.inputs.push_back(plus(value, key, p));
  } else {
    out.inputs.push_back(std::move(value));
    out.inputs.push_back(std::move(key));
  }
  return out;
}

Bounded sum_of_all(const Bounded& x, Precision p) {
  return sum_groups(x, std::vector<std::size_t>(x.size(), 0), {}, p);
}

// For scores_ij = sum_f factor_f tanh(sums_ijf): the derivatives by the factors, element by
// element, and by the sums.
struct TanhGradient {
  Bounded factors, sums;
};

TanhGradient tanh_reverse(const Bounded& sums, const Bounded& factors, Bounded by_scores,
                          Precision p) {
  by_scores.shape.push_back(1);
  const Bounded by_tanh = spread(by_scores, sums.shape);
  const Bounded by_product = product(by_tanh, factors, p);
  return {product(by_tanh, activate("tanh", sums, p), p),
          activate_reverse("tanh", sums, by_product, p)};
}

// From the derivative by query_i + key_j.
LayerGradient pairs_reverse(const LayerCall& call, const Given& x, const Bounded& by_sums,
                            Bounded by_value, Precision p) {
  const Shape &q = x.query.shape, &k = x.key.shape;
  Bounded query = sum_to(by_sums, {q[0], q[1], 1, q[2]}, p);
  Bounded key = sum_to(by_sums, {k[0], 1, k[1], k[2]}, p);
  query.shape = q;
  key.shape = k;
  return taken(call, std::move(query), std::move(by_value), std::move(key), p);
}

Bounded numbers_like(const Bounded& x, const Bounded& number) {
  require(number.size() == 1, "a scale that is not one number");
  return spread(reshape(number, Shape(x.shape.size(), 1)), x.shape);
}

// scores_ij = weight sum_f tanh(scale (query_if + key_jf)).
LayerGradient concat_reverse(const LayerCall& call, const Given& x,
                             const std::vector<Bounded>& seeds, Precision p) {
  const bool scales = get_flag(call.config, "use_scale", false);
  const Bounded plain = pairs(x.query, x.key, p);
  const Bounded sums = scales ? with_number(plain, get_weight(call, "scale"), p) : plain;
  const Bounded& weight = get_weight(call, "concat_score_weight");
  const Bounded scores = with_number(tanh_scores(sums, nullptr, p), weight, p);
  ScoreGradient by = attend_reverse(call, x, scores, seeds, p);
  const TanhGradient inner = tanh_reverse(sums, numbers_like(sums, weight), by.scores, p);
  const Bounded by_plain =
      scales ? with_number(inner.sums, get_weight(call, "scale"), p) : inner.sums;
  LayerGradient out = pairs_reverse(call, x, by_plain, std::move(by.value), p);
  set_gradient(out, call, "concat_score_weight", sum_of_all(inner.factors, p));
  if (scales) set_gradient(out, call, "scale", sum_of_all(product(inner.sums, plain, p), p));
  return out;
}

LayerGradient attention_reverse(const LayerCall& call, const std::vector<Bounded>& seeds) {
  const Precision p = precision_of(call);
  const Given x = inputs_of(call);
  const std::string mode = get_text(call.config, "score_mode", "dot");
  if (mode == "concat") return concat_reverse(call, x, seeds, p);
  require(mode == "dot", "score_mode " + mode);
  const bool scales = get_flag(call.config, "use_scale", false);
  const Bounded plain = batch_matmul(x.query, permute(x.key, {0, 2, 1}), p);
  const Bounded scores = scales ? with_number(plain, get_weight(call, "scale"), p) : plain;
  ScoreGradient by = attend_reverse(call, x, scores, seeds, p);
  const Bounded by_plain =
      scales ? with_number(by.scores, get_weight(call, "scale"), p) : by.scores;
  LayerGradient out = taken(call, batch_matmul(by_plain, x.key, p), std::move(by.value),
                            batch_matmul(permute(by_plain, {0, 2, 1}), x.query, p), p);
  if (scales) set_gradient(out, call, "scale", sum_of_all(product(by.scores, plain, p), p));
  return out;
}

LayerGradient additive_reverse(const LayerCall& call, const std::vector<Bounded>& seeds) {
  const Precision p = precision_of(call);
  const Given x = inputs_of(call);
  const Bounded* scale =
      get_flag(call.config, "use_scale", true) ? &get_weight(call, "scale") : nullptr;
  const Bounded sums = pairs(x.query, x.key, p);
  ScoreGradient by = attend_reverse(call, x, tanh_scores(sums, scale, p), seeds, p);
  Bounded one(Shape{1, 1, 1, 1});
  one.value = {1};
  const Bounded factors =
      spread(scale == nullptr ? one : reshape(*scale, {1, 1, 1, sums.shape[3]}), sums.shape);
  const TanhGradient inner = tanh_reverse(sums, factors, by.scores, p);
  LayerGradient out = pairs_reverse(call, x, inner.sums, std::move(by.value), p);
  if (scale != nullptr) set_gradient(out, call, "scale", sum_rows(inner.factors, p));
  return out;
}

const LayerGradientRegistrar reverse[] = {
    {"Attention", &reversed_many<attention_reverse>},
    {"AdditiveAttention", &reversed_many<additive_reverse>},
};

const LayerRegistrar registrars[] = {
    {"Attention", &checked<attention>},
    {"AdditiveAttention", &checked<additive_attention>},
};

}  // namespace
}  // namespace kerasan::reference

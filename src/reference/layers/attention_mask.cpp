#include <algorithm>
#include <cstdlib>

#include "reference/layers/attention.h"
#include "reference/ops/activation.h"
#include "reference/ops/shape.h"
#include "reference/ops/slope.h"

namespace kerasan::reference {
namespace {

// A masked score lies so far below the others that its weight is zero in every precision.
constexpr double kFarBelow = 2000;

}  // namespace

AttentionMask::AttentionMask(Shape scores, std::size_t axes)
    : shape_(std::move(scores)), axes_(axes) {
  require(shape_.size() >= 2 * axes, "scores of unexpected rank");
  for (std::size_t i = 0; i < axes; ++i) {
    keys_ *= shape_[shape_.size() - 1 - i];
    queries_ *= shape_[shape_.size() - 1 - axes - i];
  }
}

template <class Keep>
void AttentionMask::keep(Keep keep) {
  if (seen_.empty()) seen_.assign(element_count(shape_), 1);
  std::size_t at = 0;
  while (at < seen_.size())
    for (std::int64_t i = 0; i < queries_; ++i)
      for (std::int64_t j = 0; j < keys_; ++j, ++at)
        if (!keep(i, j)) seen_[at] = 0;
}

void AttentionMask::causal() {
  require(axes_ == 1, "a causal mask over several axes");
  keep([](std::int64_t i, std::int64_t j) { return j <= i; });
}

void AttentionMask::window(std::int64_t size) {
  require(axes_ == 1, "a sliding window over several axes");
  keep([size](std::int64_t i, std::int64_t j) { return std::abs(i - j) < size; });
}

void AttentionMask::apply(const Bounded& mask) {
  const std::size_t rank = mask.shape.size(), own = 2 * axes_;
  require(rank >= own && rank <= shape_.size(), "mask of unexpected rank");
  Shape shape = mask.shape;
  shape.insert(shape.end() - std::ptrdiff_t(own), shape_.size() - rank, 1);
  const auto index = broadcast_index(shape, shape_);
  if (seen_.empty()) seen_.assign(index.size(), 1);
  for (std::size_t i = 0; i < index.size(); ++i) {
    const double value = mask.value[index[i]];
    require(value == 0 || value == 1, "a mask that is not of zeros and ones");
    if (value == 0) seen_[i] = 0;
  }
}

void AttentionMask::apply_keys(const Bounded& mask) {
  require(axes_ == 1 && mask.shape.size() == 2, "mask of unexpected rank");
  apply(reshape(mask, {mask.shape[0], 1, mask.shape[1]}));
}

void AttentionMask::apply_queries(const Bounded& mask) {
  require(axes_ == 1 && mask.shape.size() == 2, "mask of unexpected rank");
  apply(reshape(mask, {mask.shape[0], mask.shape[1], 1}));
}

Bounded AttentionMask::softmax(Bounded scores, Precision p) const {
  require(scores.shape == shape_, "scores of unexpected shape");
  const auto keys = std::size_t(keys_);
  const std::size_t rows = keys == 0 ? 0 : scores.size() / keys;
  std::vector<std::size_t> blind;  // queries that see no key
  for (std::size_t row = 0; row < rows && !seen_.empty(); ++row) {
    const auto begin = scores.value.begin() + std::ptrdiff_t(row * keys);
    const double low = *std::min_element(begin, begin + keys_) - kFarBelow;
    std::size_t hidden = 0;
    for (std::size_t i = row * keys; i < (row + 1) * keys; ++i)
      if (seen_[i] == 0) {
        scores.value[i] = low;
        scores.bound[i] = 0;
        ++hidden;
      }
    if (hidden == keys) blind.push_back(row);
  }
  scores.shape = {std::int64_t(rows), keys_};
  Bounded y = kerasan::reference::softmax(scores, -1, p);
  for (std::size_t row : blind)
    for (std::size_t i = row * keys; i < (row + 1) * keys; ++i) {
      y.value[i] = 1 / double(keys);
      y.bound[i] = 1;
    }
  y.shape = shape_;
  return y;
}

Bounded AttentionMask::softmax_reverse(const Bounded& weights, const Bounded& seed,
                                       Precision p) const {
  const auto keys = std::size_t(keys_);
  const std::size_t rows = keys == 0 ? 0 : weights.size() / keys;
  if (seen_.empty() && !weights.shape.empty() && weights.shape.back() == keys_)
    return kerasan::reference::softmax_reverse(weights, seed, -1, p);
  Bounded kept = weights;
  for (std::size_t row = 0; row < rows && !seen_.empty(); ++row) {
    bool any = false;
    for (std::size_t i = row * keys; i < (row + 1) * keys; ++i) {
      any = any || seen_[i] != 0;
      if (seen_[i] == 0) kept.value[i] = kept.bound[i] = 0;
    }
    require(any, "a query that sees no key");
  }
  const Shape flat{std::int64_t(rows), keys_};
  Bounded out =
      kerasan::reference::softmax_reverse(reshape(kept, flat), reshape(seed, flat), -1, p);
  for (std::size_t i = 0; i < out.size() && !seen_.empty(); ++i)
    if (seen_[i] == 0) out.value[i] = out.bound[i] = 0;
  return reshape(out, weights.shape);
}

bool call_flag(const LayerCall& call, const char* name) {
  return get_flag(call.arguments, name, false);
}

const Bounded* call_tensor(const LayerCall& call, const char* name) {
  const auto found = call.tensors.find(name);
  if (found == call.tensors.end() || found->second.empty()) return nullptr;
  require(found->second.size() == 1, std::string(name) + " is several arrays");
  return &found->second[0];
}

void require_no_dropout(const LayerCall& call) {
  require(!call.training || get_number(call.config, "dropout", 0) == 0,
          "random dropout of the scores");
}

}  // namespace kerasan::reference

// What the attention layers share: which keys a query sees, and the weights that follow.
#pragma once

#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/precision.h"

namespace kerasan::reference {

// Which keys each query may attend to, over scores [..., queries, keys]; at first all.
class AttentionMask {
 public:
  // `axes`: how many axes of the scores are queries, and as many are keys.
  explicit AttentionMask(Shape scores, std::size_t axes = 1);

  // Position i attends to j <= i.
  void causal();
  // Position i attends to |i - j| < size.
  void window(std::int64_t size);
  // 0/1 values, [batch..., queries, keys]; missing axes (heads) lie before the queries.
  void apply(const Bounded& mask);
  void apply_keys(const Bounded& mask);     // [batch, keys]
  void apply_queries(const Bounded& mask);  // [batch, queries]

  // The softmax over the keys that are seen; the others have weight zero. A query that sees none
  // may weigh the keys in any way: what happens then is not documented.
  Bounded softmax(Bounded scores, Precision p) const;
  // From the derivative by those weights, that by the scores: none by a score that is not seen.
  // Throws Unsupported where a query sees no key.
  Bounded softmax_reverse(const Bounded& weights, const Bounded& seed, Precision p) const;

 private:
  template <class Keep>
  void keep(Keep keep);

  Shape shape_;
  std::size_t axes_;
  std::int64_t queries_ = 1, keys_ = 1;
  std::vector<char> seen_;  // empty: all
};

// A flag of the call, under any of the names that it has had.
bool call_flag(const LayerCall& call, const char* name);
// A tensor of the call; nullptr where it was not given.
const Bounded* call_tensor(const LayerCall& call, const char* name);
// Random in training.
void require_no_dropout(const LayerCall& call);

}  // namespace kerasan::reference

#include "checks/evaluation_pairs.h"

#include <algorithm>
#include <cmath>

#include "model/fields.h"

namespace kerasan::checks {
namespace {

constexpr std::size_t kKept = 64;

const Claim* counterpart(const Evaluation& in, const Claim& claim, std::size_t index,
                         std::size_t size) {
  for (const Claim& c : in.claims)
    if (c.name == claim.name) return &c;
  return in.claims.size() == size ? &in.claims[index] : nullptr;
}

double width_of(const Claim& claim) {
  double width = 0;
  for (const Candidate& c : claim.candidates) width = std::max(width, c.range.hi - c.range.lo);
  return width;
}

}  // namespace

void EvaluationPairs::on_event(const model::Event& event) {
  if (event.kind == "call" && model::string_or(event.body, "api", "") == "Model.compile")
    ++compiles_[{event.pid, model::string_or(event.body, "self", "")}];
}

int EvaluationPairs::compiles(const Evaluation& e) const {
  const auto it = compiles_.find({e.pid, e.model});
  return it == compiles_.end() ? 0 : it->second;
}

bool EvaluationPairs::matches(const Evaluation& saved, const Evaluation& loaded) const {
  return loaded.loaded && !loaded.saved_as.empty() && loaded.saved_as == saved.model &&
         saved.pid == loaded.pid && !saved.weights.empty() && saved.weights == loaded.weights &&
         !saved.data.empty() && saved.data == loaded.data && compiles(saved) <= 1 &&
         compiles(loaded) == 0;
}

std::vector<std::pair<Evaluation, Evaluation>> EvaluationPairs::add(const Evaluation& evaluation) {
  std::vector<std::pair<Evaluation, Evaluation>> out;
  if (evaluation.api != "Model.evaluate") return out;
  // The latest counterpart is enough.
  for (auto it = kept_.rbegin(); it != kept_.rend() && out.empty(); ++it) {
    if (matches(*it, evaluation))
      out.emplace_back(*it, evaluation);
    else if (matches(evaluation, *it))
      out.emplace_back(evaluation, *it);
  }
  kept_.push_back(evaluation);
  if (kept_.size() > kKept) kept_.pop_front();
  return out;
}

std::vector<PairClaim> pair_claims(const Evaluation& saved, const Evaluation& loaded) {
  std::vector<PairClaim> out;
  for (std::size_t k = 0; k < saved.claims.size(); ++k) {
    const Claim* other = counterpart(loaded, saved.claims[k], k, saved.claims.size());
    if (other == nullptr) continue;
    PairClaim pair{saved.claims[k], *other, {}, 0, false};
    pair.width = std::max(width_of(pair.saved), width_of(pair.loaded));
    const double difference = std::abs(pair.saved.claimed - pair.loaded.claimed);
    pair.equal = difference <= pair.width;
    const bool bounded = pair.saved.unchecked.empty() || pair.loaded.unchecked.empty();
    if (difference > 0 && !bounded)
      pair.unchecked = "no bound for " + pair.saved.name + ": " + pair.saved.unchecked;
    if (difference > 0 && pair.width > std::abs(pair.saved.claimed) && pair.width > 0)
      pair.unchecked = "bound too wide";
    out.push_back(pair);
  }
  return out;
}

}  // namespace kerasan::checks

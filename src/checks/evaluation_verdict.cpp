#include "checks/evaluation_verdict.h"

#include <cmath>

namespace kerasan::checks {

using model::Json;

Comparison compare(const Claim& claim) {
  if (!claim.unchecked.empty()) return {Outcome::kNotChecked, claim.unchecked};
  if (claim.candidates.empty()) return {Outcome::kNotChecked, "nothing to compare with"};
  const Candidate* nearest = nullptr;
  for (const Candidate& c : claim.candidates) {
    if (!std::isfinite(c.range.bound())) return {Outcome::kNotChecked, "bound too wide"};
    if (c.range.contains(claim.claimed) && c.range.bound() <= std::abs(c.range.value))
      return {Outcome::kAgrees, {}};
    const double distance = std::abs(c.range.value - claim.claimed);
    if (nearest == nullptr || distance < std::abs(nearest->range.value - claim.claimed))
      nearest = &c;
  }
  for (const Candidate& c : claim.candidates)
    if (c.range.bound() > std::abs(c.range.value) && c.range.bound() > 0)
      return {Outcome::kNotChecked, "bound too wide"};
  return {Outcome::kDisagrees, {}, nearest};
}

Finding evaluation_finding(const RuleInfo& rule, const Claim& claim, const Candidate& nearest,
                           const Evaluation& evaluation, const model::Call& call) {
  Finding f = finding_of(rule);
  const auto callbacks = call.args.find("callbacks");
  const bool steers =
      evaluation.validation && callbacks != call.args.end() && callbacks->value("given", false);
  f.impact = steers ? 3 : rule.impact;
  f.claimed = {{claim.name, claim.claimed}};
  f.recomputed = {{claim.name, nearest.range.value}};
  f.bound = nearest.range.bound();
  f.where = where_of(call);
  f.message = call.api + " gives " + claim.name + " " + number_text(claim.claimed) + ", but " +
              nearest.meaning + " is " + number_text(nearest.range.value) + " (" +
              number_text(evaluation.rows) + " rows in " + number_text(evaluation.batches) +
              " batches)";
  const bool plain =
      claim.plain_mean && std::abs(*claim.plain_mean - claim.claimed) <=
                              nearest.range.bound() + 0x1p-20 * std::abs(claim.claimed);
  f.message += plain ? "; the value given is the plain mean of the batch values, without regard to "
                       "their sizes."
                     : ".";
  f.evidence = {
      {"rows", evaluation.rows}, {"batches", evaluation.batches}, {"model", evaluation.model}};
  if (claim.plain_mean) f.evidence["plain_mean_of_batches"] = *claim.plain_mean;
  for (const Candidate& c : claim.candidates) f.evidence["accepted"][c.meaning] = c.range.value;
  f.identity = rule.name + "|" + call.api + "|" + claim.name + "|" + (plain ? "plain mean" : "");
  return f;
}

void judge(const RuleInfo& rule, const Claim& claim, const Evaluation& evaluation,
           const model::Call& call, Verdicts& verdicts) {
  const Comparison result = compare(claim);
  if (result.outcome == Outcome::kAgrees)
    verdicts.agrees(rule.name);
  else if (result.outcome == Outcome::kNotChecked)
    verdicts.not_checked(rule.name, result.reason);
  else
    verdicts.disagrees(evaluation_finding(rule, claim, *result.nearest, evaluation, call));
}

}  // namespace kerasan::checks

// From a recomputed claim to its verdict.
#pragma once

#include <optional>

#include "checks/evaluation_watch.h"
#include "checks/finding_text.h"
#include "checks/rule.h"

namespace kerasan::checks {

enum class Outcome { kAgrees, kDisagrees, kNotChecked };
struct Comparison {
  Outcome outcome;
  std::string reason;                  // of kNotChecked
  const Candidate* nearest = nullptr;  // of kDisagrees
};
Comparison compare(const Claim& claim);

// The finding for a claim that disagrees.
Finding evaluation_finding(const RuleInfo& rule, const Claim& claim, const Candidate& nearest,
                           const Evaluation& evaluation, const model::Call& call);

void judge(const RuleInfo& rule, const Claim& claim, const Evaluation& evaluation,
           const model::Call& call, Verdicts& verdicts);

}  // namespace kerasan::checks

// Takes the verdicts of all rules: findings once each, everything else as counts.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "checks/rule.h"

namespace kerasan::report {

struct ReportedFinding {
  checks::Finding finding;  // the first divergence of this fingerprint
  std::string fingerprint;
  std::uint64_t occurrences = 1;
};

struct RuleCoverage {
  std::uint64_t agreed = 0;
  std::uint64_t disagreed = 0;  // every occurrence, suppressed or not
  std::uint64_t not_checked = 0;
};

// How near agreed claims came to their bounds: powers of two below 1, and the largest ratio.
struct Tightness {
  static constexpr int kBins = 64;
  double largest = 0;
  std::uint64_t claims = 0;
  std::uint64_t exact = 0;         // no error at all
  std::uint64_t bins[kBins] = {};  // bins[k]: ratios in [2^-(k+1), 2^-k); the last: and below
  void add(double ratio);
};

struct Gap {
  std::string reason;
  std::string rule;
  std::uint64_t count = 0;
};

// Stable between runs: a hash of rule, identity, file and line.
std::string fingerprint(const checks::Finding& finding);

class Collector : public checks::Verdicts {
 public:
  void agrees(const std::string& rule, std::uint64_t count = 1) override;
  void disagrees(checks::Finding finding) override;
  void not_checked(const std::string& rule, const std::string& reason,
                   std::uint64_t count = 1) override;
  void measured(const std::string& rule, const std::string& subject, double ratio) override;

  // In the order in which each was first met.
  const std::vector<ReportedFinding>& findings() const { return findings_; }
  const std::map<std::string, RuleCoverage>& rules() const { return rules_; }
  // By rule and what the claim is of: the class of a layer or optimizer.
  using Tightnesses = std::map<std::pair<std::string, std::string>, Tightness>;
  const Tightnesses& tightness() const { return tightness_; }
  // Most frequent first.
  std::vector<Gap> gaps() const;
  // Distinct findings beyond the number kept.
  std::uint64_t omitted() const { return omitted_; }
  std::uint64_t agreed() const;
  std::uint64_t disagreed() const;
  std::uint64_t checked() const { return agreed() + disagreed(); }
  std::uint64_t not_checked_total() const;

 private:
  // Memory stays bounded whatever the program does.
  static constexpr std::size_t kMaxFindings = 1000;
  static constexpr std::size_t kMaxGaps = 2000;
  static constexpr std::size_t kMaxSubjects = 2000;

  std::vector<ReportedFinding> findings_;
  std::map<std::string, std::size_t> by_fingerprint_;
  std::map<std::string, RuleCoverage> rules_;
  std::map<std::pair<std::string, std::string>, std::uint64_t> gaps_;  // (rule, reason)
  Tightnesses tightness_;
  std::uint64_t omitted_ = 0;
};

}  // namespace kerasan::report

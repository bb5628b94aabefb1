// The verdicts of one rule on a step, held back until it is known what they rest on.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "checks/rule.h"

namespace kerasan::checks {

class HeldVerdicts : public Verdicts {
 public:
  void agrees(const std::string& rule, std::uint64_t count) override;
  void disagrees(Finding finding) override;
  void not_checked(const std::string& rule, const std::string& reason,
                   std::uint64_t count) override;
  void measured(const std::string& rule, const std::string& subject, double ratio) override;

  const std::vector<Finding>& findings() const { return findings_; }
  // All of them. `drawn`: of a step that rests on random numbers of its re-run. That the step drew
  // the same ones is sure once weights are, to within their bounds, where they lead: by another
  // draw at most one with a wide bound would be, and more would not.
  void hand_over(const std::string& rule, bool drawn, Verdicts& verdicts) &&;

 private:
  std::uint64_t agreed_ = 0;
  std::vector<Finding> findings_;
  std::vector<std::pair<std::string, std::uint64_t>> reasons_;
  std::vector<std::pair<std::string, double>> ratios_;
};

}  // namespace kerasan::checks

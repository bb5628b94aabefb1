#include "checks/held_verdicts.h"

namespace kerasan::checks {

void HeldVerdicts::agrees(const std::string&, std::uint64_t count) { agreed_ += count; }

void HeldVerdicts::disagrees(Finding finding) { findings_.push_back(std::move(finding)); }

void HeldVerdicts::not_checked(const std::string&, const std::string& reason, std::uint64_t count) {
  reasons_.emplace_back(reason, count);
}

void HeldVerdicts::measured(const std::string&, const std::string& subject, double ratio) {
  ratios_.emplace_back(subject, ratio);
}

void HeldVerdicts::hand_over(const std::string& rule, bool drawn, Verdicts& verdicts) && {
  for (const auto& [reason, count] : reasons_) verdicts.not_checked(rule, reason, count);
  if (drawn && (ratios_.empty() || findings_.size() > ratios_.size())) {
    if (const std::uint64_t open = agreed_ + findings_.size(); open > 0)
      verdicts.not_checked(rule, "whether the step drew what its re-run drew is not known", open);
    return;
  }
  for (const auto& [subject, ratio] : ratios_) verdicts.measured(rule, subject, ratio);
  if (agreed_ > 0) verdicts.agrees(rule, agreed_);
  for (Finding& finding : findings_) verdicts.disagrees(std::move(finding));
}

}  // namespace kerasan::checks

#include "checks/rebuilt_rule.h"

#include "model/fields.h"

namespace kerasan::checks {

using model::Json;

void RebuiltRule::on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) {
  const auto& pair = models_->completed_by(event, run);
  if (!pair || !concerns(*pair)) return;
  const std::string& name = info().name;
  if (!pair->unknown.empty()) return verdicts.not_checked(name, pair->unknown);
  const Differences found = compare(*pair);
  if (!found.unknown.empty()) return verdicts.not_checked(name, found.unknown);
  if (found.differences.empty()) return verdicts.agrees(name);
  report(*pair, found, where_of(event, run, "where"), verdicts);
}

std::string RebuiltRule::message(const Rebuilt& pair, const Difference& first) const {
  return "after " + pair.api + ", " + first.what + " is " + first.made.dump() + "; it was " +
         first.source.dump() + ".";
}

void RebuiltRule::report(const Rebuilt& pair, const Differences& found, Json where,
                         Verdicts& verdicts) const {
  const Difference& first = found.differences.front();
  Finding finding = finding_of(info());
  finding.claimed = first.made;
  finding.recomputed = first.source;
  finding.where = std::move(where);
  finding.message = message(pair, first);
  finding.evidence = {{"model", model::string_or(pair.made, "name", "")}, {"by", pair.api}};
  for (const Difference& one : found.differences)
    finding.evidence["differences"].push_back(
        {{"what", one.what}, {"before", one.source}, {"after", one.made}});
  finding.identity = info().name + "|" + pair.api + "|" + first.what;
  verdicts.disagrees(std::move(finding));
}

}  // namespace kerasan::checks

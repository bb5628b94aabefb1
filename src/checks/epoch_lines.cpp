// Claim: fit announces each epoch that it runs once, in order, under its own number.
#include <algorithm>

#include "checks/call_arguments.h"
#include "checks/display.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

class EpochLines : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "epoch-lines", "wrong-displayed-message", 1,
        "The lines \"Epoch 3/7\" of one fit name each epoch once and in order, from the one after "
        "initial_epoch on, and what they count up to is the number of epochs asked for."};
    return info;
  }

  void join(Shared& shared) override { displays_ = shared.get<Displays>(); }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    const Display* display = displays_->ended_by(event, run);
    if (display == nullptr) return;
    const auto* call = run.call(event.pid, model::require_integer(event.body, "id"));
    if (call == nullptr || !trains_epochs(call->api)) return;
    const auto epochs = integer_argument(*call, "epochs");
    const auto first = integer_argument(*call, "initial_epoch");
    if (!epochs) return verdicts.not_checked(info().name, "the number of epochs is not a number");
    std::int64_t expected = first.value_or(0) + 1, headers = 0;
    for (const auto& shown : display->epochs) {
      if (!shown.header) continue;
      if (headers++ == 0 && goes_on_elsewhere(*call))
        expected = std::max(expected, shown.header->number);
      if (shown.header->number != expected || shown.header->of != *epochs)
        return report(*call, *shown.header, {expected, *epochs}, verdicts);
      ++expected;
    }
    if (headers > 0) verdicts.agrees(info().name, static_cast<std::uint64_t>(headers));
  }

 private:
  // A run that takes up an interrupted one begins where that one ended.
  static bool goes_on_elsewhere(const model::Call& call) {
    return argument(call, "callbacks").dump().find("BackupAndRestore") != std::string::npos;
  }

  static std::string text(const EpochHeader& header) {
    return "Epoch " + std::to_string(header.number) + "/" + std::to_string(header.of);
  }

  void report(const model::Call& call, const EpochHeader& shown, const EpochHeader& due,
              Verdicts& verdicts) {
    Finding finding = finding_of(info());
    finding.claimed = text(shown);
    finding.recomputed = due.number > due.of ? "no further line" : text(due);
    finding.where = where_of(call);
    finding.message =
        call.api + " shows \"" + text(shown) + "\" where " +
        (due.number > due.of ? "every epoch has been announced" : "\"" + text(due) + "\" is due") +
        ".";
    finding.identity = place_of(call);
    verdicts.disagrees(std::move(finding));
  }

  std::shared_ptr<Displays> displays_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<EpochLines>(); }};

}  // namespace
}  // namespace kerasan::checks

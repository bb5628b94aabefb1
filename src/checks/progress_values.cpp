// Claim: the numbers on the last progress line are those that the call returns.
#include <algorithm>
#include <cmath>
#include <map>

#include "checks/batch_averages.h"
#include "checks/call_arguments.h"
#include "checks/callback_facts.h"
#include "checks/display.h"
#include "checks/finding_text.h"
#include "checks/measure_event.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

class ProgressValues : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "progress-values", "wrong-displayed-message", 2,
        "Every number on the last progress line of an epoch is the one that the history holds "
        "under that name for that epoch, rounded to the digits shown; every name shown is a name "
        "of the history and stands on the line once. Numbers of training may also be an average "
        "over the batches, as the documentation of the progress bar allows: each batch counted "
        "once or by its rows, the last one possibly again when the bar is finished."};
    return info;
  }

  void join(Shared& shared) override { displays_ = shared.get<Displays>(); }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    averages_.take(event, run);
    const Display* display = displays_->ended_by(event, run);
    look(event, display, run, verdicts);
    if (event.kind == "return")
      averages_.forget(event.pid, model::require_integer(event.body, "id"));
  }

 private:
  void look(const model::Event& event, const Display* display, const model::Run& run,
            Verdicts& verdicts) {
    if (display == nullptr || !display->whole) return;
    const auto* call = run.call(event.pid, model::require_integer(event.body, "id"));
    if (call == nullptr || !call->error.empty() || !trains_epochs(call->api)) return;
    const Json history = call->result.is_object() ? call->result.value("history", Json()) : Json();
    if (!history.is_object()) return verdicts.not_checked(info().name, "the history is not known");
    if (!in_order(*display)) return verdicts.not_checked(info().name, "epochs not told apart");
    const auto first = integer_argument(*call, "initial_epoch").value_or(0);
    std::size_t index = 0;
    for (const auto& epoch : display->epochs) {
      if (epoch.header && epoch.header->number > first)
        index = static_cast<std::size_t>(epoch.header->number - first - 1);
      if (epoch.last && epoch.last->estimate)
        verdicts.not_checked(info().name, "no last line of the epoch");
      else if (epoch.last && !judge(*epoch.last, index, history, *call, event.pid, run, verdicts))
        return;
      ++index;
    }
  }

  // epoch-lines finds those that are not; what their lines belong to is then open.
  static bool in_order(const Display& display) {
    std::int64_t before = 0;
    for (const auto& epoch : display.epochs) {
      if (epoch.header && epoch.header->number <= before) return false;
      if (epoch.header) before = epoch.header->number;
    }
    return true;
  }

  bool judge(const ProgressLine& line, std::size_t index, const Json& history,
             const model::Call& call, std::int64_t pid, const model::Run& run, Verdicts& verdicts) {
    std::map<std::string, int> seen;
    for (const ShownValue& shown : line.values) {
      if (++seen[shown.name] > 1)
        return report(call, index, shown.name + " twice", "each name once",
                      "shows " + shown.name + " twice", verdicts);
      const Json values = history.value(shown.name, Json());
      if (!values.is_array() && !argument(call, "callbacks").is_null()) {
        verdicts.not_checked(info().name, "callbacks may have changed the logs");
        continue;
      }
      if (!values.is_array())
        return report(call, index, shown.name, "no such name",
                      "shows " + shown.name + ", a name that the history does not hold", verdicts);
      if (values.size() <= index) continue;
      const auto logged = numbers(values[index], run);
      if (!logged || logged->value.size() != 1) continue;
      if (!judge_value(shown, logged->value[0], index, call, pid, verdicts)) return false;
    }
    return true;
  }

  bool judge_value(const ShownValue& shown, double logged, std::size_t index,
                   const model::Call& call, std::int64_t pid, Verdicts& verdicts) {
    // A float32 value is converted on the way to the line.
    const double bound = shown.rounding * (1 + 1e-9) + std::abs(logged) * 0x1p-23;
    if (std::abs(shown.value - logged) <= bound ||
        (std::isnan(shown.value) && std::isnan(logged)) || shown.value == logged) {
      verdicts.agrees(info().name);
      return true;
    }
    if (!shown.name.starts_with("val_")) {
      const auto first = integer_argument(call, "initial_epoch").value_or(0);
      const auto average = averages_.among(pid, call.id, first + static_cast<std::int64_t>(index),
                                           shown.name, shown.value, shown.rounding);
      if (average && *average) {
        verdicts.agrees(info().name);
        return true;
      }
      if (!average || !only_framework(call)) {
        verdicts.not_checked(info().name, "an average over batches that are not all known");
        return true;
      }
    }
    return report(call, index, number_text(shown.value), number_text(logged),
                  "shows " + shown.name + " " + number_text(shown.value) +
                      ", but the history holds " + number_text(logged),
                  verdicts);
  }

  // Callbacks of the program may change the logs.
  static bool only_framework(const model::Call& call) {
    const auto callbacks = callbacks_of(call);
    return callbacks && std::ranges::all_of(*callbacks, [](const GivenCallback& one) {
             return one.builtin && one.cls != "LambdaCallback";
           });
  }

  bool report(const model::Call& call, std::size_t index, const std::string& claimed,
              const std::string& so, const std::string& what, Verdicts& verdicts) {
    Finding finding = finding_of(info());
    finding.claimed = claimed;
    finding.recomputed = so;
    finding.where = where_of(call);
    finding.message = "The progress line of epoch " + std::to_string(index + 1) + " of " +
                      call.api + " " + what + ".";
    finding.identity = place_of(call);
    verdicts.disagrees(std::move(finding));
    return false;
  }

  std::shared_ptr<Displays> displays_;
  BatchAverages averages_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ProgressValues>(); }};

}  // namespace
}  // namespace kerasan::checks

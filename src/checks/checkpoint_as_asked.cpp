// Claim: ModelCheckpoint saves the epochs that its arguments say, and tells them truly.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "checks/call_arguments.h"
#include "checks/callback_facts.h"
#include "checks/checkpoint_text.h"
#include "checks/display.h"
#include "checks/finding_text.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

// What one fit announced and saved, by the epoch counted from 0.
struct Kept {
  std::map<std::int64_t, CheckpointLine> lines;
  std::map<std::int64_t, std::string> saves;  // epoch: path
};

// What holds before the first '{' of a template is in every path made of it.
bool made_of(const std::string& path, const std::string& pattern) {
  return !pattern.empty() && path.starts_with(pattern.substr(0, pattern.find('{')));
}

class CheckpointAsAsked : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "checkpoint-as-asked", "wrong-parameter-setting", 3,
        "ModelCheckpoint with save_best_only saves after an epoch when, and only when, the "
        "monitored number is the best so far by its mode; without it, after every epoch. Both are "
        "followed over the history of the fit. Where its saves were not seen, what it announces "
        "stands "
        "for them."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind == "text") return on_text(event);
    if (event.kind == "inner_save") return on_save(event);
    if (event.kind != "return") return;
    const auto id = model::require_integer(event.body, "id");
    const auto node = kept_.extract({event.pid, id});
    const auto* call = run.call(event.pid, id);
    if (call == nullptr || !trains_epochs(call->api) || !call->error.empty()) return;
    const auto callbacks = callbacks_of(*call);
    if (!callbacks) return;
    const auto is_one = [](const GivenCallback& c) {
      return c.cls == "ModelCheckpoint" && c.builtin;
    };
    const auto count = std::ranges::count_if(*callbacks, is_one);
    if (count == 0) return;
    if (count > 1)
      return verdicts.not_checked(info().name, "several callbacks save, and are not told apart");
    judge(*call, *std::ranges::find_if(*callbacks, is_one), *callbacks,
          node.empty() ? Kept{} : node.mapped(), run, verdicts);
  }

 private:
  static constexpr std::size_t kCallsKept = 100, kLinesKept = 10000;

  Kept* kept(std::int64_t pid, std::int64_t call) {
    if (!kept_.contains({pid, call}) && kept_.size() >= kCallsKept) return nullptr;
    return &kept_[{pid, call}];
  }

  void on_text(const model::Event& event) {
    const auto call = model::optional_integer(event.body, "call");
    if (!call || model::string_or(event.body, "stream", "") != "stdout" ||
        model::string_or(event.body, "origin", "") != "framework")
      return;
    const auto line = parse_checkpoint(model::string_or(event.body, "text", ""));
    if (!line) return;
    if (Kept* held = kept(event.pid, *call); held && held->lines.size() < kLinesKept)
      held->lines[line->epoch - 1] = *line;
  }

  void on_save(const model::Event& event) {
    const auto call = model::optional_integer(event.body, "call");
    const auto epoch = model::optional_integer(event.body, "epoch");
    if (!call || !epoch) return;
    if (Kept* held = kept(event.pid, *call); held && held->saves.size() < kLinesKept)
      held->saves[*epoch] = model::string_or(event.body, "path", "");
  }

  void judge(const model::Call& call, const GivenCallback& one,
             const std::vector<GivenCallback>& all, const Kept& kept, const model::Run& run,
             Verdicts& verdicts) {
    const std::string& name = info().name;
    const auto period = one.number("period").value_or(1);
    const std::string frequency =
        one.settings.contains("save_freq") ? one.text("save_freq") : "epoch";
    if (frequency != "epoch" || period != 1)
      return verdicts.not_checked(name, "saves are asked for by batches or some epochs only");
    const auto epochs = epochs_run(call);
    if (!epochs) return verdicts.not_checked(name, "the history is not known");
    const auto first = integer_argument(call, "initial_epoch").value_or(0);
    // A path that another callback of the framework saves to does not begin so.
    const bool told = std::ranges::all_of(
        kept.saves, [&](const auto& save) { return made_of(save.second, one.text("filepath")); });
    if (one.settings.value("save_best_only", model::Json()) != true) {
      if (kept.saves.empty() || !told)
        return verdicts.not_checked(name, "how the callback saved was not seen");
      for (std::size_t k = 0; k < *epochs; ++k)
        if (!kept.saves.contains(first + static_cast<std::int64_t>(k)))
          return report(call, one, "a save after every epoch",
                        "none after epoch " + std::to_string(first + 1 + static_cast<int>(k)),
                        verdicts);
      return verdicts.agrees(name, *epochs);
    }
    if (!std::ranges::all_of(all, [](const GivenCallback& c) { return c.builtin; }))
      return verdicts.not_checked(name, "a callback of the program may change the logs");
    const auto standings = standings_of(call, one, run);
    if (!standings) return verdicts.not_checked(name, "the monitored number is not known");
    const bool seen = told && !kept.saves.empty();
    follow(call, one, *standings, first, kept, seen, verdicts);
  }

  void follow(const model::Call& call, const GivenCallback& one, const Standings& standings,
              std::int64_t first, const Kept& kept, bool saves_seen, Verdicts& verdicts) {
    for (std::size_t k = 0; k < standings.epochs.size(); ++k) {
      const std::int64_t epoch = first + static_cast<std::int64_t>(k);
      const Standing& is = standings.epochs[k];
      const std::string at = " after epoch " + std::to_string(epoch + 1);
      const std::string so = one.text("monitor") + " was " + number_text(is.value) +
                             ", the best before it " + number_text(is.best);
      const auto line = kept.lines.find(epoch);
      if (saves_seen && kept.saves.contains(epoch) != is.better)
        return report(call, one, (is.better ? "no save" : "a save") + at, so, verdicts);
      if (saves_seen) {
        verdicts.agrees(info().name);
      } else if (line == kept.lines.end()) {
        verdicts.not_checked(info().name, "how the callback saved was not seen");
      } else {  // what it tells is the only witness
        const std::string lie = line->second.lie(is.better, is.value, is.best);
        if (!lie.empty()) return report(call, one, lie + at, so, verdicts);
        verdicts.agrees(info().name);
      }
    }
    if (!standings.whole)
      verdicts.not_checked(info().name, "a number too near to the best one to tell");
  }

  void report(const model::Call& call, const GivenCallback& one, const std::string& claimed,
              const std::string& so, Verdicts& verdicts) {
    verdicts.disagrees(finding_of_callback(info(), call, one, claimed, so));
  }

  std::map<std::pair<std::int64_t, std::int64_t>, Kept> kept_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<CheckpointAsAsked>(); }};

}  // namespace
}  // namespace kerasan::checks

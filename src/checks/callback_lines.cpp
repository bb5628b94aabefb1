// Claim: the lines that callbacks print name the epoch and the numbers that they speak of.
#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>

#include "checks/call_arguments.h"
#include "checks/callback_facts.h"
#include "checks/checkpoint_text.h"
#include "checks/display.h"
#include "checks/finding_text.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

// What a callback of the framework writes after "Epoch 3: ", and whether once training is over.
struct Words {
  std::string_view text;
  bool after_training = false;
};
constexpr std::array kWords{Words{"early stopping", true},
                            Words{"ReduceLROnPlateau reducing learning rate"},
                            Words{"LearningRateScheduler setting learning rate"},
                            Words{"LearningRateScheduler reducing learning rate"}};

struct EpochLine {
  std::int64_t number = 0;
  bool after_training = false;
  std::optional<CheckpointLine> checkpoint;
};

std::optional<EpochLine> parse(std::string_view text) {
  if (const auto line = parse_checkpoint(text)) return EpochLine{line->epoch, false, line};
  constexpr std::string_view kEpoch = "Epoch ";
  const auto start = text.find(kEpoch);
  if (start == std::string_view::npos) return std::nullopt;
  text.remove_prefix(start + kEpoch.size());
  EpochLine out;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out.number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (error != std::errc() || !text.starts_with(": ")) return std::nullopt;
  for (const Words& words : kWords)
    if (text.substr(2).starts_with(words.text)) {
      out.after_training = words.after_training;
      return out;
    }
  return std::nullopt;
}

class CallbackLines : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "callback-lines", "wrong-displayed-message", 1,
        "\"Epoch 3: ...\" of EarlyStopping, ReduceLROnPlateau, LearningRateScheduler and "
        "ModelCheckpoint names the epoch in which it is printed, the last one where training is "
        "over. What ModelCheckpoint tells of the monitored number (improved from, to, did not "
        "improve from) is what the history of the fit gives."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind == "phase") return on_phase(event);
    if (event.kind == "text") return on_text(event, run, verdicts);
    if (event.kind != "return") return;
    const auto id = model::require_integer(event.body, "id");
    const auto node = open_.extract({event.pid, id});
    const auto* call = run.call(event.pid, id);
    if (!node.empty() && !node.mapped().lines.empty() && call != nullptr && call->error.empty())
      numbers(*call, node.mapped(), run, verdicts);
  }

 private:
  struct Open {
    std::optional<std::int64_t> last;              // epoch that ended, from 0
    std::map<std::int64_t, CheckpointLine> lines;  // by the epoch that they name, from 0
  };
  static constexpr std::size_t kCallsKept = 100, kLinesKept = 10000;

  Open* open(std::int64_t pid, std::int64_t call) {
    if (!open_.contains({pid, call}) && open_.size() >= kCallsKept) return nullptr;
    return &open_[{pid, call}];
  }

  void on_phase(const model::Event& event) {
    const auto call = model::optional_integer(event.body, "call");
    const auto epoch = model::optional_integer(event.body, "epoch");
    if (!call || !epoch || model::string_or(event.body, "phase", "") != "train") return;
    if (Open* held = open(event.pid, *call)) held->last = *epoch;
  }

  void on_text(const model::Event& event, const model::Run& run, Verdicts& verdicts) {
    const auto id = model::optional_integer(event.body, "call");
    const auto* call = id ? run.call(event.pid, *id) : nullptr;
    if (call == nullptr || !trains_epochs(call->api) ||
        model::string_or(event.body, "stream", "") != "stdout" ||
        model::string_or(event.body, "origin", "") != "framework")
      return;
    const std::string text = model::string_or(event.body, "text", "");
    const auto line = parse(text);
    Open* held = line ? open(event.pid, *id) : nullptr;
    if (held == nullptr) return;
    if (line->checkpoint && held->lines.size() < kLinesKept)
      held->lines[line->number - 1] = *line->checkpoint;
    const auto first = integer_argument(*call, "initial_epoch").value_or(0);
    if (!held->last && line->after_training)
      return verdicts.not_checked(info().name, "no epoch was seen to end");
    const std::int64_t due = held->last ? *held->last + (line->after_training ? 1 : 2) : first + 1;
    if (line->number == due) return verdicts.agrees(info().name);
    report(*call, "epoch " + std::to_string(line->number), "epoch " + std::to_string(due), text,
           verdicts);
  }

  void numbers(const model::Call& call, const Open& held, const model::Run& run,
               Verdicts& verdicts) {
    const auto callbacks = callbacks_of(call);
    const auto is_one = [](const GivenCallback& c) { return c.cls == "ModelCheckpoint"; };
    if (!callbacks || std::ranges::count_if(*callbacks, is_one) != 1 ||
        !std::ranges::all_of(*callbacks, [](const GivenCallback& c) { return c.builtin; }))
      return verdicts.not_checked(info().name, "a callback of the program may change the logs");
    const auto standings = standings_of(call, *std::ranges::find_if(*callbacks, is_one), run);
    if (!standings) return verdicts.not_checked(info().name, "the monitored number is not known");
    const auto first = integer_argument(call, "initial_epoch").value_or(0);
    for (const auto& [epoch, line] : held.lines) {
      const auto k = static_cast<std::size_t>(epoch - first);
      if (epoch < first || k >= standings->epochs.size()) continue;
      const Standing& is = standings->epochs[k];
      const std::string lie = line.lie(is.better, is.value, is.best);
      if (!lie.empty())
        return report(call, lie + " in epoch " + std::to_string(epoch + 1),
                      number_text(is.value) + " after " + number_text(is.best) + " at best", "",
                      verdicts);
      verdicts.agrees(info().name);
    }
  }

  void report(const model::Call& call, const std::string& claimed, const std::string& so,
              const std::string& text, Verdicts& verdicts) {
    Finding finding = finding_of(info());
    finding.claimed = claimed;
    finding.recomputed = so;
    finding.where = where_of(call);
    finding.message = "A callback tells of " + claimed + ", but it is " + so + ".";
    if (!text.empty()) finding.evidence = {{"text", text}};
    finding.identity = place_of(call);
    verdicts.disagrees(std::move(finding));
  }

  std::map<std::pair<std::int64_t, std::int64_t>, Open> open_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<CallbackLines>(); }};

}  // namespace
}  // namespace kerasan::checks

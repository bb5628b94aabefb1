// Claim: the learning rate that a callback announces is the one that the optimizer works with.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <vector>

#include "checks/call_arguments.h"
#include "checks/callback_facts.h"
#include "checks/display.h"
#include "checks/finding_text.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

// "Epoch 00003: ReduceLROnPlateau reducing learning rate to 0.001.",
// "Epoch 3: LearningRateScheduler setting learning rate to 0.001."
std::optional<double> announced_rate(std::string_view text) {
  constexpr std::string_view kTo = " learning rate to ";
  const auto at = text.find(kTo);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view before = text.substr(0, at);
  if (!before.ends_with("LearningRateScheduler setting") &&
      !before.ends_with("LearningRateScheduler reducing") &&
      !before.ends_with("ReduceLROnPlateau reducing"))
    return std::nullopt;
  double rate = 0;
  const std::string_view rest = text.substr(at + kTo.size());
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), rate);
  // A tensor is told in other words.
  return error == std::errc() && std::isfinite(rate) ? std::optional(rate) : std::nullopt;
}

class AnnouncedRate : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "announced-rate", "wrong-displayed-message", 4,
        "The learning rate that LearningRateScheduler or ReduceLROnPlateau announces is, from then "
        "on and until another one is announced, the rate that the optimizer holds when it updates "
        "the weights. Those of LearningRateScheduler are the rates that the history of the fit "
        "tells of its epochs."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind == "text") return on_text(event, run, verdicts);
    if (event.kind == "update") return on_update(event, run, verdicts);
    if (event.kind != "return") return;
    const Key key{event.pid, model::require_integer(event.body, "id")};
    supersede(key, verdicts);
    told_.erase(key);
    rates_.erase(key);
    const auto scheduled = scheduled_.extract(key);
    const auto* call = run.call(key.first, key.second);
    if (!scheduled.empty() && call != nullptr && call->error.empty())
      on_history(*call, scheduled.mapped(), run, verdicts);
  }

 private:
  struct Told {
    double rate = 0;
    std::string text;
    bool looked_at = false;  // an update followed
  };
  using Key = std::pair<std::int64_t, std::int64_t>;
  static constexpr std::size_t kCallsKept = 100, kEpochsKept = 10000;

  // Another announcement, or the end of the call. Those of the scheduler are held against the
  // history as well.
  void supersede(const Key& key, Verdicts& verdicts) const {
    const auto told = told_.find(key);
    if (told != told_.end() && !told->second.looked_at &&
        told->second.text.find("Plateau") != std::string::npos)
      verdicts.not_checked(info().name, "no update with the announced rate was recorded");
  }

  void on_text(const model::Event& event, const model::Run& run, Verdicts& verdicts) {
    const auto call = model::optional_integer(event.body, "call");
    if (!call || model::string_or(event.body, "stream", "") != "stdout" ||
        model::string_or(event.body, "origin", "") != "framework")
      return;
    const std::string text = model::string_or(event.body, "text", "");
    const auto rate = announced_rate(text);
    if (!rate || (!told_.contains({event.pid, *call}) && told_.size() >= kCallsKept)) return;
    supersede({event.pid, *call}, verdicts);
    told_[{event.pid, *call}] = {*rate, text};
    if (text.find("LearningRateScheduler") != text.npos) {
      auto& scheduled = scheduled_[{event.pid, *call}];
      if (scheduled.size() < kEpochsKept) scheduled.push_back({*rate, text});
    }
    const auto before = rates_.find({event.pid, *call});
    const auto* of = run.call(event.pid, *call);
    if (before == rates_.end() || of == nullptr || text.find("Plateau reducing") == text.npos ||
        !only_known(*of, "LearningRateScheduler"))
      return;
    // One that is no reduction at all: plateau-as-asked.
    if (*rate < before->second || same_rate(*rate, before->second))
      return verdicts.agrees(info().name);
    report(
        *of,
        "a reduction to " + number_text(*rate) + " was announced, but the optimizer updated with ",
        *rate, before->second, text, verdicts);
  }

  // Whether the callbacks are those of the framework, without those that run the program's code
  // and without `other`.
  static bool only_known(const model::Call& call, std::string_view other = "") {
    const auto callbacks = callbacks_of(call);
    return callbacks && std::ranges::all_of(*callbacks, [&](const GivenCallback& one) {
             return one.builtin && one.cls != "LambdaCallback" && one.cls != other;
           });
  }

  void on_update(const model::Event& event, const model::Run& run, Verdicts& verdicts) {
    const auto id = model::optional_integer(event.body, "call");
    const auto* call = id ? run.call(event.pid, *id) : nullptr;
    if (call == nullptr || !trains_epochs(call->api)) return;
    const Json hyper = event.body.value("hyper", Json::object());
    const double rate = model::number_or(hyper, "learning_rate", NAN);
    if (!std::isnan(rate) && (rates_.contains({event.pid, *id}) || rates_.size() < kCallsKept))
      rates_[{event.pid, *id}] = rate;
    const auto told = told_.find({event.pid, *id});
    if (told == told_.end()) return;
    told->second.looked_at = true;
    if (!only_known(*call))
      return verdicts.not_checked(info().name, "another callback may set the learning rate");
    if (std::isnan(rate))
      return verdicts.not_checked(info().name, "the optimizer's learning rate is not known");
    if (same_rate(rate, told->second.rate)) return verdicts.agrees(info().name);
    report(*call,
           "a learning rate of " + number_text(told->second.rate) +
               " was announced, but the optimizer updates with ",
           told->second.rate, rate, told->second.text, verdicts);
  }

  // The scheduler, which alone sets the rate, writes it into the logs of each epoch.
  void on_history(const model::Call& call, const std::vector<Told>& scheduled,
                  const model::Run& run, Verdicts& verdicts) {
    if (!only_known(call, "ReduceLROnPlateau"))
      return verdicts.not_checked(info().name, "another callback may set the learning rate");
    const auto history = rates_of(call, run);
    if (!history || history->size() != scheduled.size())
      return verdicts.not_checked(info().name, "the rates of the epochs are not known");
    for (std::size_t k = 0; k < scheduled.size(); ++k) {
      if (same_rate((*history)[k], scheduled[k].rate)) {
        verdicts.agrees(info().name);
        continue;
      }
      return report(call,
                    "a learning rate of " + number_text(scheduled[k].rate) +
                        " was announced, but the history tells ",
                    scheduled[k].rate, (*history)[k], scheduled[k].text, verdicts);
    }
  }

  void report(const model::Call& call, const std::string& words, double told, double rate,
              const std::string& text, Verdicts& verdicts) {
    Finding finding = finding_of(info());
    finding.claimed = told;
    finding.recomputed = rate;
    finding.bound = 0x1p-22;
    finding.where = where_of(call);
    finding.message = words + number_text(rate) + ".";
    finding.evidence = {{"text", text}};
    finding.identity = place_of(call);
    verdicts.disagrees(std::move(finding));
  }

  std::map<Key, Told> told_;
  // Of LearningRateScheduler, one for each epoch.
  std::map<Key, std::vector<Told>> scheduled_;
  std::map<Key, double> rates_;  // of the last update
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<AnnouncedRate>(); }};

}  // namespace
}  // namespace kerasan::checks

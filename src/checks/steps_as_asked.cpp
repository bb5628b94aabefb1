// Claim: the epochs and batches that were asked for are those that were run.
#include <cmath>
#include <map>
#include <set>

#include "checks/call_arguments.h"
#include "checks/display.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

class StepsAsAsked : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "steps-as-asked", "wrong-parameter-setting", 3,
        "fit, evaluate and predict run as many epochs and as many batches as their arguments ask "
        "for: epochs, initial_epoch, steps_per_epoch, validation_steps, validation_freq, steps, "
        "and batch_size over arrays. Fewer are run only where the data ran out or a callback may "
        "have stopped the loop."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind == "phase") return note_phase(event);
    if (event.kind == "text") return note_text(event);
    if (event.kind == "fault") faulty_ = true;  // batches may have been counted twice or not at all
    if (event.kind != "return") return;
    const auto id = model::require_integer(event.body, "id");
    const auto node = open_.extract({event.pid, id});
    const auto* call = run.call(event.pid, id);
    if (node.empty() || call == nullptr || !call->error.empty() || !shows_progress(call->api))
      return;
    if (faulty_) return verdicts.not_checked(info().name, "the probe had a fault");
    judge(*call, node.mapped(), run, verdicts);
  }

 private:
  struct Loops {
    std::map<std::int64_t, std::int64_t> train, validation, other;  // epoch: batches
    bool countable = true, ran_out = false;
  };
  static constexpr std::size_t kCallsKept = 100, kEpochsKept = 10000;

  Loops* held(std::int64_t pid, std::int64_t call) {
    if (!open_.contains({pid, call}) && open_.size() >= kCallsKept) return nullptr;
    return &open_[{pid, call}];
  }

  void note_phase(const model::Event& event) {
    const auto call = model::optional_integer(event.body, "call");
    const auto steps = model::optional_integer(event.body, "steps");
    Loops* loops = call && steps ? held(event.pid, *call) : nullptr;
    if (loops == nullptr) return;
    const Json each = event.body.value("batches_each", Json(1));
    loops->countable = loops->countable && each == 1;
    const std::string phase = model::string_or(event.body, "phase", "");
    auto& of = event.body.value("validation", Json()) == true ? loops->validation
               : phase == "train"                             ? loops->train
                                                              : loops->other;
    if (of.size() < kEpochsKept)
      of[model::optional_integer(event.body, "epoch").value_or(0)] += *steps;
    else
      loops->countable = false;
  }

  void note_text(const model::Event& event) {
    const auto call = model::optional_integer(event.body, "call");
    if (call &&
        model::string_or(event.body, "text", "").find("ran out of data") != std::string::npos)
      if (Loops* loops = held(event.pid, *call)) loops->ran_out = true;
  }

  void judge(const model::Call& call, const Loops& loops, const model::Run& run,
             Verdicts& verdicts) {
    if (!loops.countable)
      return verdicts.not_checked(info().name, "several batches in one call of the step function");
    if (!trains_epochs(call.api)) {
      const auto asked = batches_of(call, "steps", "x", run);
      if (asked) batches(call, asked->first, asked->second, loops.other, loops.ran_out, verdicts);
      return;
    }
    if (loops.train.empty()) return;
    if (const auto asked = batches_of(call, "steps_per_epoch", "x", run))
      batches(call, asked->first, asked->second, loops.train, may_stop(call, loops), verdicts);
    if (const auto steps = integer_argument(call, "validation_steps"); steps && *steps > 0)
      batches(call, "validation_steps", *steps, loops.validation, loops.ran_out, verdicts);
    epochs(call, loops, verdicts);
    validations(call, loops, verdicts);
  }

  static bool may_stop(const model::Call& call, const Loops& loops) {
    return loops.ran_out || !argument(call, "callbacks").is_null();
  }

  // How many batches are asked for, and by what.
  static std::optional<std::pair<std::string, std::int64_t>> batches_of(const model::Call& call,
                                                                        const std::string& steps,
                                                                        const std::string& data,
                                                                        const model::Run& run) {
    const auto asked = integer_argument(call, steps);
    if (asked && *asked > 0) return std::pair{steps, *asked};
    const auto rows = rows_of(argument(call, data), run);
    if (!argument(call, steps).is_null() || !rows) return std::nullopt;
    const Json& split = argument(call, "validation_split");
    if (split.is_number() && split.get<double>() != 0 &&
        argument(call, "validation_data").is_null())
      return std::nullopt;  // its rounding is not documented
    const auto size = argument(call, "batch_size").is_null() ? std::optional<std::int64_t>(32)
                                                             : integer_argument(call, "batch_size");
    if (!size || *size <= 0) return std::nullopt;
    return std::pair{std::string("batch_size"), (*rows + *size - 1) / *size};
  }

  static std::optional<std::int64_t> rows_of(const Json& data, const model::Run& run) {
    if (const auto tensor = run.tensor(data))
      return tensor->shape().empty() ? std::nullopt : std::optional(tensor->shape()[0]);
    if (!data.is_object() || !data.contains("$array")) return std::nullopt;
    const Json shape = data["$array"].value("shape", Json());
    if (!shape.is_array() || shape.empty() || !shape[0].is_number_integer()) return std::nullopt;
    return shape[0].get<std::int64_t>();
  }

  void batches(const model::Call& call, const std::string& by, std::int64_t asked,
               const std::map<std::int64_t, std::int64_t>& ran, bool may_end, Verdicts& verdicts) {
    for (const auto& [epoch, steps] : ran) {
      const bool last = epoch == ran.rbegin()->first;
      if (steps == asked)
        verdicts.agrees(info().name);
      else if (steps < asked && may_end && last)
        verdicts.not_checked(info().name, "the loop may have been ended early");
      else
        return report(call, by, std::to_string(asked) + " batches",
                      std::to_string(steps) + " batches", verdicts);
    }
  }

  void epochs(const model::Call& call, const Loops& loops, Verdicts& verdicts) {
    const auto epochs = integer_argument(call, "epochs");
    if (!epochs) return;
    const auto first = integer_argument(call, "initial_epoch").value_or(0);
    const auto asked = std::max<std::int64_t>(*epochs - first, 0);
    const auto ran = static_cast<std::int64_t>(loops.train.size());
    if (ran == asked) return verdicts.agrees(info().name);
    if (ran < asked && may_stop(call, loops))
      return verdicts.not_checked(info().name, "the loop may have been ended early");
    report(call, "epochs", std::to_string(asked) + " epochs", std::to_string(ran) + " epochs",
           verdicts);
  }

  // After which epochs there was a validation, where there was any.
  void validations(const model::Call& call, const Loops& loops, Verdicts& verdicts) {
    if (loops.validation.empty()) return;
    std::set<std::int64_t> listed;
    const Json& frequency = argument(call, "validation_freq");
    const Json list = frequency.is_object() ? frequency.value("$tuple", Json()) : frequency;
    if (list.is_array()) {
      for (const Json& epoch : list)
        if (epoch.is_number_integer()) listed.insert(epoch.get<std::int64_t>());
    } else if (!frequency.is_null() && (!frequency.is_number_integer() || frequency <= 0)) {
      return;
    }
    const std::int64_t every = frequency.is_number_integer() ? frequency.get<std::int64_t>() : 1;
    for (const auto& [epoch, steps] : loops.train) {
      const bool due = list.is_array() ? listed.contains(epoch + 1) : (epoch + 1) % every == 0;
      if (due == loops.validation.contains(epoch)) continue;
      return report(call, "validation_freq",
                    (due ? "a validation after epoch " : "no validation after epoch ") +
                        std::to_string(epoch + 1),
                    due ? "none" : "a validation", verdicts);
    }
    verdicts.agrees(info().name);
  }

  void report(const model::Call& call, const std::string& by, const std::string& asked,
              const std::string& ran, Verdicts& verdicts) {
    Finding finding = finding_of(info());
    finding.claimed = asked;
    finding.recomputed = ran;
    finding.where = where_of(call);
    finding.message =
        call.api + " was asked by " + by + " for " + asked + "; what was run: " + ran + ".";
    finding.evidence = {{by, argument(call, by)}};
    finding.identity = by + "|" + place_of(call);
    verdicts.disagrees(std::move(finding));
  }

  std::map<std::pair<std::int64_t, std::int64_t>, Loops> open_;
  bool faulty_ = false;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<StepsAsAsked>(); }};

}  // namespace
}  // namespace kerasan::checks

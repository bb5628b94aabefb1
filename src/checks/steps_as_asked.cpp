// Claim: the epochs and batches that were asked for are those that were run.
#include <cmath>
#include <map>
#include <set>

#include "checks/batch_counts.h"
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
        "batch_size and validation_batch_size over arrays, and the size that a dataset tells. "
        "Fewer are run only where the data ran out or a callback may "
        "have stopped the loop."};
    return info;
  }

  void join(Shared& shared) override { counts_ = shared.get<BatchCounts>(); }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    const auto& loops = counts_->ended_by(event, run);
    if (event.kind != "return" || !loops) return;
    const auto* call = run.call(event.pid, model::require_integer(event.body, "id"));
    if (call == nullptr || !call->error.empty() || !shows_progress(call->api)) return;
    if (counts_->doubtful()) return verdicts.not_checked(info().name, "the probe had a fault");
    judge(*call, *loops, run, verdicts);
  }

 private:
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
    else if (const auto asked = validation_batches(call, run))
      batches(call, asked->first, asked->second, loops.validation, loops.ran_out, verdicts);
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
    if (!argument(call, steps).is_null()) return std::nullopt;
    if (const auto size = size_told(argument(call, data))) return std::pair{data, *size};
    const auto rows = rows_of(argument(call, data), run);
    if (!rows) return std::nullopt;
    const Json& split = argument(call, "validation_split");
    if (split.is_number() && split.get<double>() != 0 &&
        argument(call, "validation_data").is_null())
      return std::nullopt;  // its rounding is not documented
    const auto size = argument(call, "batch_size").is_null() ? std::optional<std::int64_t>(32)
                                                             : integer_argument(call, "batch_size");
    if (!size || *size <= 0) return std::nullopt;
    return std::pair{std::string("batch_size"), (*rows + *size - 1) / *size};
  }

  // The batches of a validation after an epoch over arrays.
  static std::optional<std::pair<std::string, std::int64_t>> validation_batches(
      const model::Call& call, const model::Run& run) {
    const Json& data = argument(call, "validation_data");
    const Json parts = data.is_object() ? data.value("$tuple", Json()) : data;
    if (call.api != "Model.fit" || !rows_of(argument(call, "x"), run) ||
        !argument(call, "validation_steps").is_null())
      return std::nullopt;
    if (const auto size = size_told(data)) return std::pair{std::string("validation_data"), *size};
    const auto rows =
        parts.is_array() && !parts.empty() ? rows_of(parts[0], run) : std::optional<std::int64_t>();
    std::optional<std::int64_t> size = 32;
    for (const char* name : {"batch_size", "validation_batch_size"})
      if (!argument(call, name).is_null()) size = integer_argument(call, name);
    if (!rows || !size || *size <= 0) return std::nullopt;
    return std::pair{std::string("validation_batch_size"), (*rows + *size - 1) / *size};
  }

  // How many batches a dataset says that it has.
  static std::optional<std::int64_t> size_told(const Json& data) {
    const Json* config = data.is_object() ? model::find_field(data, "config") : nullptr;
    if (config == nullptr || !config->is_object()) return std::nullopt;
    const auto size = model::optional_integer(*config, "cardinality");
    return size && *size > 0 ? size : std::nullopt;
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

  std::shared_ptr<BatchCounts> counts_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<StepsAsAsked>(); }};

}  // namespace
}  // namespace kerasan::checks

// Rule slower-than-baseline.
#include <algorithm>
#include <cmath>
#include <optional>

#include "base/statistics.h"
#include "checks/finding_text.h"
#include "checks/performance.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;
using model::string_or;

constexpr double kErrorRate = 1e-4, kFactor = 2, kAllowance = 128 * 1024;

class SlowerThanBaseline : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "slower-than-baseline", "performance-degradation", 3,
        "With --baseline, no place of the program takes more than twice the processor time for a "
        "step that it took in the earlier run (exact rank test of Mann and Whitney, error rate "
        "1e-4, the first loop left out; blocks of steps where there are fewer than 8 loops), and "
        "is slower by the clock as well; it makes no more than "
        "twice the graph traces for as many calls, runs no more layers from Python in a batch, and "
        "keeps no more memory after each call (Sen's limits, error rate 1e-4)."};
    return info;
  }
  void on_event(const model::Event&, const model::Run&, Verdicts&) override {}
};

const RuleInfo& rule() {
  static const SlowerThanBaseline one;
  return one.info();
}

std::vector<double> numbers(const Json& place, const char* key) {
  std::vector<double> out;
  const Json values = place.value(key, Json::array());
  for (const Json& value : values)
    if (value.is_number()) out.push_back(value.get<double>());
  return out;
}

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

class Comparison {
 public:
  Comparison(const Json& before, const Json& now, bool same_machine, Verdicts& verdicts)
      : before_(before), now_(now), same_machine_(same_machine), verdicts_(verdicts) {}

  void run() {
    if (now_["phase"].is_string()) {
      times();
      python_calls();
    } else {
      traces();
      memory();
    }
  }

 private:
  // Processor time alone is told: another program on the machine lengthens it hardly.
  bool slower() const {
    std::vector<double> was = numbers(before_, "processor_seconds_per_step");
    for (double& value : was) value *= kFactor;
    return rank_test(was, numbers(now_, "processor_seconds_per_step")) < kErrorRate;
  }

  void times() {
    const auto was = numbers(before_, "processor_seconds_per_step"),
               is = numbers(now_, "processor_seconds_per_step");
    const auto clock_was = numbers(before_, "seconds_per_step"),
               clock_is = numbers(now_, "seconds_per_step");
    if (std::min({was.size(), is.size(), clock_was.size(), clock_is.size()}) < Performance::kFewest)
      return verdicts_.not_checked(rule().name, "fewer than 8 loops or blocks of steps");
    if (!same_machine_) return verdicts_.not_checked(rule().name, "times of another processor");
    if (!slower() || median(clock_is) <= median(clock_was)) return verdicts_.agrees(rule().name);
    const double ratio = median(is) / median(was);
    report("time", median(was), median(is),
           "takes " + number_text(median(is)) + " s of processor time for a step, " +
               number_text(ratio) + " times the " + number_text(median(was)) + " s of the baseline",
           "|time");
  }

  void python_calls() {
    const auto was = numbers(before_, "python_calls"), is = numbers(now_, "python_calls");
    // The first of these batches may be one that a graph is made for.
    if (was.size() < 2 || is.size() < 2) return;
    const double most = *std::ranges::max_element(was), fewest = *std::ranges::min_element(is);
    if (fewest <= most) return verdicts_.agrees(rule().name);
    report("layers run from Python", most, fewest,
           "runs at least " + number_text(fewest) + " layers from Python in every batch, but " +
               number_text(most) + " at most in the baseline",
           "|python");
  }

  void traces() {
    const double calls = model::number_or(now_, "calls", 0),
                 was = model::number_or(before_, "traces", 0),
                 is = model::number_or(now_, "traces", 0);
    if (calls > model::number_or(before_, "calls", 0))
      return verdicts_.not_checked(rule().name, "more calls than in the baseline");
    if (is <= 2 * was + 2) return verdicts_.agrees(rule().name);
    report("traces", was, is,
           "makes " + number_text(is) + " graph traces in " + number_text(calls) + " calls, but " +
               number_text(was) + " in the baseline",
           "|traces");
  }

  void memory() {
    const Json was = before_.value("bytes_per_call", Json()),
               is = now_.value("bytes_per_call", Json());
    if (!was.is_object() || !is.is_object()) return;  // too few calls, which is no claim
    const double most = model::number_or(was, "upper", HUGE_VAL),
                 least = model::number_or(is, "lower", 0);
    if (least <= std::max(most, kAllowance)) return verdicts_.agrees(rule().name);
    report("memory", model::number_or(was, "estimate", 0), model::number_or(is, "estimate", 0),
           "keeps at least " + number_text(least / 1024) + " KiB after each call, but " +
               number_text(most / 1024) + " KiB at most in the baseline",
           "|memory");
  }

  void report(const char* what, double was, double is, const std::string& words,
              const char* identity) {
    const std::string api = string_or(now_, "api", "");
    Finding finding = finding_of(rule());
    finding.claimed = was;
    finding.recomputed = is;
    finding.where = {{"api", api}, {"file", now_["file"]}, {"line", now_["line"]}};
    finding.message = api + " " + words + ".";
    finding.evidence = {{"what", what}, {"baseline", before_}, {"now", now_}};
    finding.identity = api + string_or(now_, "phase", "") + identity;
    verdicts_.disagrees(std::move(finding));
  }

  Json before_, now_;
  bool same_machine_;
  Verdicts& verdicts_;
};

bool same_place(const Json& a, const Json& b) {
  if (!a.is_object() || !b.is_object()) return false;
  for (const char* key : {"api", "file", "line", "phase"})
    if (a.value(key, Json()) != b.value(key, Json())) return false;
  return true;
}

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<SlowerThanBaseline>(); }};

}  // namespace

void compare_performance(const Json& before, const Json& now, Verdicts& verdicts) {
  const bool same_machine = before.value("machine", Json()) == now.value("machine", Json());
  const Json was = before.value("places", Json::array()), is = now.value("places", Json::array());
  for (const Json& place : is) {
    const auto found =
        std::ranges::find_if(was, [&](const Json& one) { return same_place(one, place); });
    if (found == was.end())
      verdicts.not_checked(rule().name, "a place that the baseline does not have");
    else
      Comparison(*found, place, same_machine, verdicts).run();
  }
}

}  // namespace kerasan::checks

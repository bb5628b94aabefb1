// What a call reported under the names of metrics, against what those metrics hold.
#pragma once

#include <map>
#include <string>

#include "checks/rule.h"

namespace kerasan::checks {

// A rule about some of the metrics in `metric_states` events.
class MetricNameRule : public Rule {
 public:
  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override;

 protected:
  struct Swapped {
    std::string name, other;  // reported under `name` is what `other` holds
    double shown = 0, held = 0;
    const model::Json& metric;
  };
  virtual bool concerns(const model::Json& metric) const = 0;
  virtual std::string message(const Swapped& swapped, const model::Call& call) const = 0;

 private:
  static constexpr std::size_t kCallsKept = 100;
  void judge(const model::Call& call, const model::Json& states, const model::Run& run,
             Verdicts& verdicts);
  void judge_one(const std::string& name, double shown, const model::Json& metric,
                 const model::Json& metrics, const model::Call& call, const model::Run& run,
                 Verdicts& verdicts);

  std::map<std::pair<std::int64_t, std::int64_t>, model::Json> states_;
};

}  // namespace kerasan::checks

// What the events of losses and metrics that a program calls itself have in common.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "checks/rule.h"
#include "model/run.h"
#include "reference/bounded.h"

namespace kerasan::checks {

// The config with recorded arrays as lists of numbers.
model::Json plain_config(const model::Json& body, const model::Run& run);

// A number, a list of numbers or a recorded array; nullopt for anything else.
std::optional<reference::Bounded> numbers(const model::Json& value, const model::Run& run);
// The same as the framework sees it after its cast to `precision`.
std::optional<reference::Bounded> cast_numbers(const model::Json& value, const model::Run& run,
                                               DType precision);
// "dtype" of the event, else the type of the predictions, else float32.
DType precision_of(const model::Json& body, const model::Run& run);

// One claimed array against what is accepted.
struct Deviation {
  std::size_t index = 0;
  double factor = 0;  // of the bound; 0: none
  double claimed = 0, value = 0, bound = 0;
  std::size_t wide = 0, compared = 0;
};
Deviation deviation(const reference::Bounded& claimed, const reference::Bounded& computed,
                    double u);

// A rule about one kind of such events. What is wrong with an event itself is not checked.
class MeasureRule : public Rule {
 public:
  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override;

 protected:
  // `kind` of the events, and what a class of the program's own is called.
  MeasureRule(std::string kind, std::string own) : kind_(std::move(kind)), own_(std::move(own)) {}
  // Of a class of the framework; its plain name is `cls`.
  virtual void judge(const model::Event& event, const model::Run& run, const std::string& cls,
                     Verdicts& verdicts) = 0;

 private:
  std::string kind_, own_;
};

// Ends the claim in a verdict; `accepted` are the documented readings, one of which must hold.
void judge_measure(const RuleInfo& rule, const model::Event& event, const model::Run& run,
                   const std::vector<reference::Bounded>& accepted, double u, Verdicts& verdicts);

}  // namespace kerasan::checks

// Callbacks as `fit` was given them, and the logs that they acted on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "checks/rule.h"
#include "model/run.h"

namespace kerasan::checks {

struct GivenCallback {
  std::string cls;  // without its module
  bool builtin = false;
  model::Json settings = model::Json::object();  // its plain attributes when the call began

  std::optional<double> number(const std::string& name) const;
  std::string text(const std::string& name) const;
};

// "`claimed`, but `so`": what a callback said or did, and what its settings and the logs give.
Finding finding_of_callback(const RuleInfo& rule, const model::Call& call,
                            const GivenCallback& callback, const std::string& claimed,
                            const std::string& so);

// In the order given; nullopt where the list cannot be looked into.
std::optional<std::vector<GivenCallback>> callbacks_of(const model::Call& call);

// The values of one name in the history that a fit returned, one for each epoch that was run;
// nullopt where there is no such name, or epochs without it, or a value that is no number.
std::optional<std::vector<double>> history_of(const model::Call& call, const std::string& name,
                                              const model::Run& run);
// The learning rates that it tells, under the name of either generation of Keras.
std::optional<std::vector<double>> rates_of(const model::Call& call, const model::Run& run);
// Learning rates are held in float32, whatever precision they were given in.
bool same_rate(double a, double b);
// How many epochs the history tells of.
std::optional<std::size_t> epochs_run(const model::Call& call);

enum class Direction { kUnknown, kDown, kUp };
// Whether lower or higher values of the monitored number are better, as the callback resolved it,
// else as its name says beyond doubt.
Direction direction_of(const GivenCallback& callback);

// Follows a monitored number as EarlyStopping and ReduceLROnPlateau do: better by more than
// `min_delta` than the best one so far.
class Improvement {
 public:
  Improvement(Direction direction, double min_delta);
  // Whether this epoch's is; nullopt where the precision of the logs decides, or for no number.
  std::optional<bool> take(double monitored);

 private:
  double sign_, delta_, best_;
};

// How the monitored number of an epoch stands to the best one before it.
struct Standing {
  double value = 0, best = 0;
  bool better = false;
};
// Of the first epochs, as far as it can be told; all of them: `whole`.
struct Standings {
  std::vector<Standing> epochs;
  bool whole = true;  // false: a number too near to the best one, or none
};
// As ModelCheckpoint follows its number; nullopt where number or mode are not known.
std::optional<Standings> standings_of(const model::Call& call, const GivenCallback& checkpoint,
                                      const model::Run& run);

}  // namespace kerasan::checks

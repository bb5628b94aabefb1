// Calls that ask a model for the same work again.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "checks/rule.h"
#include "model/run.h"

namespace kerasan::checks {

// Types and shapes of the arguments with all numbers and flags; nullopt where that does not tell
// the work: generators, callbacks, objects and functions of the program.
std::optional<std::string> form_of(const model::Call& call, const model::Run& run);

// Fits, evaluations, predictions and single batches of one model from one line with arguments of
// one form, since the model was compiled.
class EqualCalls {
 public:
  struct Series {
    model::Json where;
    std::string api, place;
    std::uint64_t calls = 0;  // those after the first two, which may build what the others use
    std::uint64_t grown = 0;  // of them
    double sum = 0;           // that they added
  };
  static constexpr std::uint64_t kWarm = 2, kFewest = 3;

  void forget_compiled(const model::Event& event);
  // The call that a `return` ends added `more` to what must not grow.
  void add(std::int64_t pid, const model::Call& call, const model::Run& run, double more);
  // A verdict for each series: `made` in words, such as "makes a new graph trace".
  void judge(const RuleInfo& rule, const std::string& made, Verdicts& verdicts) const;

 private:
  static constexpr std::size_t kSeriesKept = 500;
  using Key = std::tuple<std::int64_t, std::string, std::string>;
  std::map<Key, Series> series_;
  std::map<std::pair<std::int64_t, std::string>, std::uint64_t> compiled_;  // times, by model
};

}  // namespace kerasan::checks

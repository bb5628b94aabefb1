// Evaluations of a saved model and of the model loaded from it, on the same weights and data.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "checks/evaluation_watch.h"

namespace kerasan::checks {

class EvaluationPairs {
 public:
  // Counts the program's own calls of compile: after one, a loaded model may rightly differ.
  void on_event(const model::Event& event);
  // Keeps `evaluation` and returns (saved, loaded) pairs it completes.
  std::vector<std::pair<Evaluation, Evaluation>> add(const Evaluation& evaluation);
  bool recompiled(const Evaluation& loaded) const { return compiles(loaded) > 0; }

 private:
  int compiles(const Evaluation& e) const;
  bool matches(const Evaluation& saved, const Evaluation& loaded) const;
  std::deque<Evaluation> kept_;
  std::map<std::pair<std::int64_t, std::string>, int> compiles_;
};

// What differs between the two: name of the claim, both claims, and the width of their bounds.
struct PairClaim {
  Claim saved, loaded;
  std::string unchecked;
  double width = 0;
  bool equal = false;
};
std::vector<PairClaim> pair_claims(const Evaluation& saved, const Evaluation& loaded);

}  // namespace kerasan::checks

// A rule: one kind of claim and how it is verified. One source file each.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "checks/shared.h"
#include "model/run.h"

namespace kerasan::checks {

struct RuleInfo {
  std::string name;      // kebab-case, the key everywhere
  std::string scenario;  // one of the study's seven: "wrong-shape", ...
  int impact = 1;        // 1..4, the default; a finding may state its own from its evidence
  std::string text;      // one paragraph, shown by `explain` and the docs index
};

struct Finding {
  std::string rule;
  std::string scenario;
  int impact = 1;
  model::Json claimed;     // what the framework asserted
  model::Json recomputed;  // what is so
  model::Json bound;       // number or null where the claim is exact
  model::Json where;       // {"api","call","layer","step","file","line"} as known
  std::string message;     // one sentence, complete in itself
  model::Json evidence;    // whatever supports it
  // What makes two findings the same defect at the same place; no numbers that vary by run.
  std::string identity;
};

// Where rules put their verdicts. Every claim looked at ends in exactly one of the three.
class Verdicts {
 public:
  virtual ~Verdicts() = default;
  virtual void agrees(const std::string& rule, std::uint64_t count = 1) = 0;
  virtual void disagrees(Finding finding) = 0;
  virtual void not_checked(const std::string& rule, const std::string& reason,
                           std::uint64_t count = 1) = 0;
  // How near a claim that agrees came to its bound: the largest |error| / bound of its elements.
  virtual void measured(const std::string& rule, const std::string& subject, double ratio) {
    (void)rule, (void)subject, (void)ratio;
  }
};

class Rule {
 public:
  virtual ~Rule() = default;
  virtual const RuleInfo& info() const = 0;
  // Called once, before the first event, for a rule that shares work with others.
  virtual void join(Shared& shared) { (void)shared; }
  // Called after `run` has taken the event in. Must keep bounded state.
  virtual void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) = 0;
  // Called once, after the last event.
  virtual void finish(const model::Run& run, Verdicts& verdicts) {
    (void)run;
    (void)verdicts;
  }
};

using RuleFactory = std::unique_ptr<Rule> (*)();

// Used once, at namespace scope, in the file of the rule:
//   const RuleRegistrar registrar{[]() -> std::unique_ptr<Rule> { return std::make_unique<X>(); }};
struct RuleRegistrar {
  explicit RuleRegistrar(RuleFactory factory);
};

// One fresh instance of every rule, ordered by name; they share what one session shares.
std::vector<std::unique_ptr<Rule>> make_rules();

// A finding of this rule, with its scenario and impact.
Finding finding_of(const RuleInfo& rule);
// {"api","call","file","line"} of a call, for Finding::where.
model::Json where_of(const model::Call& call);
// The program's frame in the field `place` of an event, and the call that the event belongs to.
model::Json where_of(const model::Event& event, const model::Run& run, const char* place);

}  // namespace kerasan::checks

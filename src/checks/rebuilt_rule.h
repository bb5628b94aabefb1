// What rules over a rebuilt model have in common.
#pragma once

#include <memory>
#include <string>

#include "checks/model_differences.h"
#include "checks/rebuilt_models.h"
#include "checks/rule.h"

namespace kerasan::checks {

class RebuiltRule : public Rule {
 public:
  void join(Shared& shared) override { models_ = shared.get<RebuiltModels>(); }
  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override;

 protected:
  using How = Rebuilt::How;
  // Loaded, or rebuilt from its configuration, and the structure of both is known.
  static bool remade(const Rebuilt& pair) {
    return (pair.how == How::kLoaded || pair.how == How::kConfig) && has_graphs(pair);
  }
  // A source that is not known is not checked, and says so.
  static bool has_graphs(const Rebuilt& pair) {
    return (pair.source.is_null() || has_graph(pair.source)) && has_graph(pair.made);
  }
  // False where the rule says nothing of such a pair.
  virtual bool concerns(const Rebuilt& pair) const = 0;
  virtual Differences compare(const Rebuilt& pair) const = 0;
  // Completes "MODEL, ...": "which load_model gave, has lost"
  virtual std::string message(const Rebuilt& pair, const Difference& first) const;

 private:
  void report(const Rebuilt& pair, const Differences& found, model::Json where,
              Verdicts& verdicts) const;

  std::shared_ptr<RebuiltModels> models_;
};

}  // namespace kerasan::checks

// Follows evaluations (evaluate, validation in fit, test_on_batch, train_on_batch) through the
// events of a run and hands out, at the end of each call, every number it claimed together with
// what all recorded rows give.
#pragma once

#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "checks/evaluation_compile.h"
#include "checks/evaluation_totals.h"
#include "checks/last_layers.h"
#include "model/run.h"
#include "reference/metric_state.h"

namespace kerasan::checks {

struct Claim {
  std::string name;  // as the user sees it: "loss", "val_accuracy", ...
  bool is_metric = false;
  double claimed = 0;
  std::vector<Candidate> candidates;
  std::optional<double> plain_mean;  // of the batch values, where there are several batches
  std::string unchecked;             // why there is no candidate
};

struct Evaluation {
  std::int64_t pid = 0;
  std::int64_t call = 0;
  std::string model;
  std::string api;
  bool validation = false;
  std::string saved_as;  // model id that the loaded model was saved from
  bool loaded = false;
  double rows = 0, batches = 0;
  std::string weights;  // all weight digests, sorted; empty if not recorded
  std::string data;     // digests of x, y and sample weights; empty if not recorded
  std::vector<Claim> claims;
};

class EvaluationWatch {
 public:
  // The evaluations that this event completes.
  std::vector<Evaluation> on_event(const model::Event& event, const model::Run& run);
  // An evaluation whose rows are all in one `step`, which claimed `result`.
  Evaluation of_rows(const model::Json& step, const model::Call& call, const model::Json& result,
                     std::int64_t pid, const model::Run& run);
  // What a training batch gives by itself, and with those before it in its epoch.
  std::pair<std::vector<Claim>, std::vector<Claim>> batch_of_epoch(model::Json step, bool first,
                                                                   const model::Run& run);

 private:
  struct MetricState {
    std::string meaning;
    MetricTotals totals;
    std::shared_ptr<reference::MetricState> state;  // in place of totals: not a sum over rows
  };
  struct Phase {
    bool validation = false;
    std::string model, reason;  // reason: why nothing can be recomputed
    std::optional<CompileSpec> spec;
    std::vector<LossTotals> losses;
    std::vector<std::vector<MetricState>> metrics;
    std::vector<std::string> loss_reasons, metric_reasons;
    std::string total_reason;
    Range regularisation;
    LoggedLosses logged;
    bool one_output = false;  // by the model's structure, whatever was predicted
    bool named = false;       // the outputs have names, and no known order
    double rows = 0, batches = 0;
    bool logs_are_batch = false, reset = false;
    std::string weights, data;
  };
  struct Open {
    Phase current;
    std::vector<Phase> done;
  };
  using Key = std::pair<std::int64_t, std::int64_t>;

  void step(const model::Json& body, const model::Run& run, Phase& phase);
  void begin(const model::Json& body, const model::Run& run, const StepOutputs& outputs,
             Phase& phase);
  void output(std::size_t k, const reference::Bounded& target, const reference::Bounded& predicted,
              DType dtype, const model::Json& weight, const model::Run& run, Phase& phase);
  void metric(std::size_t m, const reference::Bounded& target, const reference::Bounded& prediction,
              DType dtype, std::span<const double> weights, Phase& phase);
  static void stateful_metric(const MetricSpec& spec, const reference::MetricUpdate& batch,
                              std::vector<MetricState>& states, std::size_t slot,
                              std::string& reason);
  static void take_metric(const MetricState& metric, Claim& claim);
  static std::vector<Claim> claims(const Phase& phase);
  static void take_logged(const Phase& phase, Claim& total);
  static void take_result(const model::Json& result, Evaluation& evaluation, const Phase& phase);
  Evaluation finish(const Phase& phase, const model::Call& call, std::int64_t pid,
                    const model::Run& run);

  LastLayers last_;
  Phase epoch_;  // of `batch_of_epoch`
  std::map<Key, Open> open_;
};

// One watch for the rules of a session: each event is followed once, whoever asks for it.
class Evaluations {
 public:
  // Those that the event at hand completes. Throws what following it threw, at every request.
  const std::vector<Evaluation>& completed_by(const model::Event& event, const model::Run& run);

 private:
  EvaluationWatch watch_;
  std::uint64_t followed_ = 0;  // Run::events() of the event that the rest belongs to
  std::vector<Evaluation> completed_;
  std::exception_ptr error_;
};

}  // namespace kerasan::checks

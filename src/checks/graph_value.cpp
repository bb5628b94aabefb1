// Claim: a small graph that the program runs gives what its operations mean.
#include <algorithm>
#include <cmath>

#include "checks/finding_text.h"
#include "checks/products_of.h"
#include "checks/rule.h"
#include "formats/tensorflow/graph_nodes.h"
#include "model/fields.h"
#include "reference/graph/evaluate.h"

namespace kerasan::checks {
namespace {

using model::Json;
namespace graph = reference::graph;

constexpr std::size_t kMaxNodes = 1000;

std::map<std::string, graph::Value> values_of(const Json& named, const model::Run& run) {
  std::map<std::string, graph::Value> out;
  if (!named.is_object()) return out;
  for (const auto& [name, value] : named.items())
    if (const auto held = run.tensor(value))
      out[name] = {reference::Bounded::exact(*held), held->dtype()};
  return out;
}

struct Worst {
  std::size_t index = 0, compared = 0, beyond = 0, wide = 0;
  double factor = 0;
};

// One tensor against what follows from the graph.
Worst compare(const graph::Value& computed, const std::vector<double>& claimed) {
  Worst worst;
  const graph::Value& c = computed;
  const double u = graph::precision(c.dtype).u;
  double scale = 0;
  for (const double v : c.number.value)
    if (std::isfinite(v)) scale = std::max(scale, std::fabs(v));
  for (std::size_t i = 0; i < claimed.size(); ++i) {
    const double value = c.number.value[i];
    if (!std::isfinite(c.number.bound[i]) || std::isinf(value)) continue;
    ++worst.compared;
    const double bound = c.number.bound[i] + u * (std::fabs(value) + c.number.bound[i]);
    const bool number = std::isfinite(claimed[i]);
    if (std::isnan(value) ? std::isnan(claimed[i])
                          : number && std::fabs(claimed[i] - value) <= bound) {
      if (bound > scale && scale > 0) ++worst.wide;
      continue;
    }
    ++worst.beyond;
    const double factor =
        std::isnan(value) || !number ? HUGE_VAL : std::fabs(claimed[i] - value) / bound;
    if (factor <= worst.factor) continue;
    worst.factor = factor;
    worst.index = i;
  }
  return worst;
}

class GraphValue : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "graph-value", "wrong-calculation", 4,
        "What the program fetches from a session, or gets from a compiled function that it calls, "
        "is what the operations of the graph give for the values that went in, by their documented "
        "meaning and within the rounding of their types: however the graph was rewritten, fused or "
        "compiled on its way to the device."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "graph_value") return;
    const std::string out = model::string_or(event.body, "left_out", "");
    if (!out.empty()) return verdicts.not_checked(info().name, out);
    try {
      judge(event, run, verdicts);
    } catch (const std::exception& error) {
      verdicts.not_checked(info().name, error.what());
    }
  }

 private:
  void judge(const model::Event& event, const model::Run& run, Verdicts& verdicts) const {
    const auto message = run.tensor(event.body.value("graph", Json()));
    if (!message) return verdicts.not_checked(info().name, "the graph was not recorded");
    const auto bytes = message->bytes();
    const auto nodes = formats::tensorflow::read_graph_nodes(
        {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, kMaxNodes);
    graph::Evaluation evaluation(nodes, values_of(event.body.value("fed", Json()), run),
                                 products_of(run));
    const Json fetched = event.body.value("fetched", Json::object());
    for (const auto& [name, value] : fetched.items()) {
      const auto claimed = run.tensor(value);
      if (!claimed) {
        verdicts.not_checked(info().name, "the result was not recorded");
        continue;
      }
      try {
        judge_tensor(event, run, evaluation, name, *claimed, verdicts);
      } catch (const std::exception& error) {
        verdicts.not_checked(info().name, error.what());
      }
    }
  }

  void judge_tensor(const model::Event& event, const model::Run& run, graph::Evaluation& evaluation,
                    const std::string& name, const Tensor& claimed, Verdicts& verdicts) const {
    const graph::Value& computed = evaluation.tensor(name);
    const std::string op = evaluation.operation(name);
    if (computed.number.shape != claimed.shape())
      return verdicts.not_checked(info().name, op + ": another shape than the reference");
    const std::vector<double> values = claimed.to_doubles();
    const Worst worst = compare(computed, values);
    if (worst.beyond > 0) return report(event, run, name, op, computed, claimed, worst, verdicts);
    if (worst.compared == 0 && !values.empty())
      return verdicts.not_checked(info().name, op + ": nothing that follows for certain");
    if (worst.wide * 2 > worst.compared)
      return verdicts.not_checked(info().name, op + ": bound too wide");
    verdicts.agrees(info().name);
  }

  void report(const model::Event& event, const model::Run& run, const std::string& name,
              const std::string& op, const graph::Value& computed, const Tensor& claimed,
              const Worst& worst, Verdicts& verdicts) const {
    const double gave = claimed.to_doubles()[worst.index];
    const double value = computed.number.value[worst.index];
    const bool session = model::string_or(event.body, "how", "") == "session";
    Finding f = finding_of(info());
    f.claimed = number_or_text(gave);
    f.recomputed = number_or_text(value);
    f.bound = number_or_text(computed.number.bound[worst.index]);
    f.where = where_of(event, run, "where");
    f.where["api"] = session ? "Session.run" : "tf.function";
    f.message = session ? "the session gives " : "the compiled function gives ";
    f.message += number_text(gave);
    if (!claimed.shape().empty())
      f.message += " at " + index_of(claimed.shape(), worst.index).dump();
    f.message += " of \"" + name + "\" (" + op + "); its operations, one by one, give " +
                 number_text(value) + " for what went in.";
    f.evidence = {{"tensor", name},
                  {"operation", op},
                  {"elements", worst.compared},
                  {"elements_beyond", worst.beyond},
                  {"factor", number_or_text(worst.factor)}};
    f.identity = f.where["api"].get<std::string>() + "|" + op;
    verdicts.disagrees(std::move(f));
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<GraphValue>(); }};

}  // namespace
}  // namespace kerasan::checks

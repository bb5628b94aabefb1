// Claim: a wrapper puts each inner layer's work into the graph as often as the structure
// applies that layer, no more.
#include <map>
#include <set>

#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

// Ops that are the layer's work on its weight. Each stands at most once for one application of
// the layer; reads, casts and assignments are not work.
bool is_work(const std::string& op) {
  static const std::set<std::string> ops{"MatMul",   "BatchMatMul",    "BatchMatMulV2",
                                         "Conv2D",   "Conv3D",         "DepthwiseConv2dNative",
                                         "GatherV2", "ResourceGather", "BiasAdd"};
  return ops.contains(op);
}

class GraphWorkDuplicated : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "graph-work-duplicated", "wrong-structure", 2,
        "A wrapper or nested model must put the work of an inner layer into the graph as often "
        "as its structure applies that layer. A second copy of the same product on the same "
        "weight is work that the structure does not show."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "graph") return;
    const Json* uses = model::find_field(event.body, "uses");
    if (uses == nullptr) return;
    place_ = where_of(event, run, "place");
    bool any = false;
    for (const Json& use : *uses) any = check(event.body, use, any, verdicts) || any;
  }

 private:
  // True if reported; one finding for a wrapper is enough.
  bool check(const Json& graph, const Json& use, bool reported, Verdicts& verdicts) {
    const auto applications = model::optional_integer(use, "applications");
    const Json* consumers = model::find_field(use, "consumers");
    if (!applications || *applications < 1 || consumers == nullptr) {
      verdicts.not_checked(info().name, "how often the structure applies a layer is not known");
      return false;
    }
    std::map<std::string, std::int64_t> counts;
    Json names = Json::array();
    for (const Json& consumer : *consumers) {
      const std::string op = model::string_or(consumer, "op", "");
      if (!is_work(op)) continue;
      ++counts[op];
      names.push_back(model::string_or(consumer, "name", ""));
    }
    for (const auto& [op, count] : counts) {
      if (count <= *applications) continue;
      if (!reported) report(graph, use, op, count, *applications, names, verdicts);
      return true;
    }
    verdicts.agrees(info().name);
    return false;
  }

  void report(const Json& graph, const Json& use, const std::string& op, std::int64_t count,
              std::int64_t applications, const Json& names, Verdicts& verdicts) {
    const std::string weight = model::string_or(use, "weight", "a weight");
    const std::string wrapper = model::string_or(graph, "class", "a wrapper");
    Finding finding = finding_of(info());
    finding.claimed = applications;
    finding.recomputed = count;
    finding.where = place_;
    if (const Json* where = model::find_field(graph, "where")) {
      if (where->is_object()) finding.where.update(*where);
      if (where->is_string()) finding.where["graph"] = *where;
    }
    finding.where["layer"] = model::string_or(graph, "name", "");
    finding.message = wrapper + " \"" + model::string_or(graph, "name", "") + "\" puts " +
                      std::to_string(count) + " copies of " + weight + "'s " + op +
                      " into the graph; the structure applies it " +
                      (applications == 1 ? "once" : std::to_string(applications) + " times");
    finding.evidence = {{"ops", names}, {"inner layer", model::string_or(use, "layer", "")}};
    // Whatever contains the wrapper has the same copies: one defect.
    finding.identity = weight + "/" + op;
    verdicts.disagrees(std::move(finding));
  }

  Json place_;  // of the call in progress
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<GraphWorkDuplicated>(); }};

}  // namespace
}  // namespace kerasan::checks

// Claim: a loss in a graph compares each target with the prediction of its own row.
#include <set>

#include "checks/rule.h"
#include "model/fields.h"
#include "reference/loss.h"

namespace kerasan::checks {
namespace {

using model::Json;

// Losses whose documentation gives targets and predictions the same shape.
bool elementwise(const std::string& loss) {
  static const std::set<std::string> names{"MeanSquaredError",
                                           "MeanAbsoluteError",
                                           "MeanAbsolutePercentageError",
                                           "MeanSquaredLogarithmicError",
                                           "BinaryCrossentropy",
                                           "Huber",
                                           "LogCosh",
                                           "Poisson",
                                           "Hinge",
                                           "SquaredHinge"};
  return names.contains(loss);
}

// Dimensions, -1 where one is not known; nullopt where not even the rank is.
std::optional<std::vector<std::int64_t>> shape_of(const Json& body, const char* name) {
  const Json* held = model::find_field(body, name);
  if (held == nullptr || !held->is_array()) return std::nullopt;
  std::vector<std::int64_t> out;
  for (const Json& dim : *held)
    out.push_back(dim.is_number_integer() ? dim.get<std::int64_t>() : -1);
  return out;
}

std::string text_of(const std::vector<std::int64_t>& shape) {
  std::string out = "(";
  for (std::size_t i = 0; i < shape.size(); ++i)
    out += (i > 0 ? ", " : "") + (shape[i] < 0 ? std::string("n") : std::to_string(shape[i]));
  return out + ")";
}

// One number a row in both, but only one of them with an axis of its own for it.
bool rows_cross(const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b) {
  const auto& longer = a.size() > b.size() ? a : b;
  const auto& shorter = a.size() > b.size() ? b : a;
  // Broadcasting aligns last axes: the rows of the one lie along the columns of the other.
  return longer.size() == shorter.size() + 1 && longer.back() == 1 && !shorter.empty() &&
         shorter.back() != 1;
}

class LossPairsRows : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "loss-pairs-rows", "wrong-calculation", 4,
        "Where a loss of Keras for targets and predictions of one shape is put into a graph, the "
        "operations that take both take them at one rank. Targets of shape (n) against predictions "
        "of shape (n, 1) are broadcast to all pairs of rows, and what is minimised is not the "
        "loss. Shapes are those that the graph declares."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "loss_pairs") return;
    if (!event.body.value("builtin", false))
      return verdicts.not_checked(info().name, "a loss of the program may compare what it likes");
    const std::string name = name_of(event.body);
    if (!elementwise(name))
      return verdicts.not_checked(info().name, "a loss that may take targets of another shape");
    const Json* pairs = model::find_field(event.body, "pairs");
    if (pairs == nullptr || !pairs->is_array()) return;
    for (const Json& pair : *pairs) {
      const auto targets = shape_of(pair, "targets"), predictions = shape_of(pair, "predictions");
      if (!targets || !predictions)
        return verdicts.not_checked(info().name, "a rank that only the running graph knows");
      if (rows_cross(*targets, *predictions))
        return report(event, run, name, pair, text_of(*targets), text_of(*predictions), verdicts);
    }
    verdicts.agrees(info().name);
  }

 private:
  static std::string name_of(const Json& body) {
    const std::string by_class = reference::canonical_loss(model::string_or(body, "class", ""));
    if (elementwise(by_class)) return by_class;
    return reference::canonical_loss(model::string_or(body, "function", ""));
  }

  void report(const model::Event& event, const model::Run& run, const std::string& name,
              const Json& pair, const std::string& targets, const std::string& predictions,
              Verdicts& verdicts) {
    Finding finding = finding_of(info());
    finding.claimed = name + " of each row";
    finding.recomputed = "targets " + targets + " against predictions " + predictions;
    finding.where = where_of(event, run, "where");
    finding.message = name + " is computed by " + model::string_or(pair, "op", "an operation") +
                      " of targets " + targets + " and predictions " + predictions +
                      ": every target is compared with the predictions of all rows.";
    finding.evidence = {{"operation", pair}};
    finding.identity = name + "|" + finding.where.value("file", "") + "|" +
                       std::to_string(finding.where.value("line", 0));
    verdicts.disagrees(std::move(finding));
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<LossPairsRows>(); }};

}  // namespace
}  // namespace kerasan::checks

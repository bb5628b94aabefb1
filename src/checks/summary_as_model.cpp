// Claim: the table that summary prints tells the layers, shapes and counts of the model.
#include <algorithm>
#include <set>

#include "base/declared_shape.h"
#include "checks/call_arguments.h"
#include "checks/rule.h"
#include "checks/summary_table.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

constexpr std::string_view kCut = "\u2026";  // Keras 3 ends a cut word with it

std::int64_t size_of(const Json& weight) {
  std::int64_t size = 1;
  for (const Json& dim : weight.value("shape", Json::array()))
    size *= dim.is_number_integer() ? dim.get<std::int64_t>() : 0;
  return size;
}

std::int64_t count_of(const Json& layer) {
  std::int64_t sum = 0;
  std::set<std::string> seen;
  for (const Json& weight : layer.value("weights", Json::array()))
    if (seen.insert(model::string_or(weight, "id", "")).second) sum += size_of(weight);
  return sum;
}

// Whether the flags of all layers inside are told: not those in a wrapper or in a layer of the
// program.
bool told_inside(const Json& layer) {
  static const std::set<std::string> wrappers{"Bidirectional", "TimeDistributed", "RNN",
                                              "SpectralNormalization", "ConvLSTM2D"};
  if (layer.contains("layers")) return true;
  return layer.value("builtin", false) && !wrappers.contains(model::string_or(layer, "class", ""));
}

struct Counted {
  std::set<std::string> seen;
  std::int64_t all = 0, trainable = 0;
  bool flags_known = true;

  void add(const Json& owner, bool frozen) {
    for (const Json& layer : owner.value("layers", Json::array())) {
      const bool rests = frozen || layer.value("trainable", Json(true)) == false;
      if (layer.contains("layers")) add(layer, rests);
      const Json weights = layer.value("weights", Json::array());
      for (const Json& weight : weights) {
        if (!seen.insert(model::string_or(weight, "id", "")).second) continue;
        flags_known = flags_known && told_inside(layer);
        all += size_of(weight);
        if (!rests && weight.value("trainable", Json(true)) == true) trainable += size_of(weight);
      }
    }
  }
};

Counted counted(const Json& model) {
  Counted out;
  out.add(model, model.value("trainable", Json(true)) == false);
  return out;
}

bool names_agree(const std::string& shown, const Json& layer) {
  const std::string full = without_spaces(model::string_or(layer, "name", "") + " (" +
                                          model::string_or(layer, "class", "") + ")");
  const auto cut = shown.find(kCut);
  return full.starts_with(cut == std::string::npos ? shown : shown.substr(0, cut));
}

// True also where the shape shown is not one whole shape, or the layer declares none.
bool shape_agrees(const std::string& shown, const Json& layer) {
  const auto sizes = summary_shape(shown);
  const Json nodes = layer.value("nodes", Json::array());
  if (!sizes || nodes.empty()) return true;
  for (const Json& node : nodes) {
    const auto declared = parse_shapes(node.value("output", Json()));
    if (declared.state != DeclaredShapes::State::kKnown || declared.shapes.size() != 1) return true;
    std::vector<std::int64_t> held;
    for (const auto& dim : declared.shapes[0]) held.push_back(dim.value_or(-1));
    if (held == *sizes) return true;
  }
  return false;
}

class SummaryAsModel : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "summary-as-model", "wrong-displayed-message", 2,
        "The table that Model.summary prints has one row for each layer of the model, in order, "
        "with its name and class, the shape that it declares and the number of its weights; the "
        "totals are those of the model's weights, each counted once, trainable or not."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind == "model") return compiled(event);
    if (event.kind == "text") return text(event, run);
    if (event.kind != "return") return;
    const auto held = open_.find({event.pid, model::require_integer(event.body, "id")});
    if (held == open_.end()) return;
    const std::string shown = std::move(held->second);
    const auto* call = run.call(held->first.first, held->first.second);
    open_.erase(held);
    if (call == nullptr || !call->error.empty()) return;
    const auto* model = run.model(event.pid, call->self);
    if (model != nullptr) judge(shown, *call, model->raw, event.pid, verdicts);
  }

 private:
  static constexpr std::size_t kOpenKept = 16, kLongest = 1 << 20, kModelsKept = 2000;

  void compiled(const model::Event& event) {
    if (model::string_or(event.body, "when", "") != "compile") return;
    if (compiled_.size() >= kModelsKept) compiled_.clear();
    compiled_[{event.pid, model::string_or(event.body, "id", "")}] = counted(event.body).trainable;
  }

  void text(const model::Event& event, const model::Run& run) {
    const auto id = model::optional_integer(event.body, "call");
    const auto* call = id ? run.call(event.pid, *id) : nullptr;
    if (call == nullptr || call->api != "Model.summary" ||
        model::string_or(event.body, "stream", "") != "stdout" ||
        model::string_or(event.body, "origin", "") != "framework")
      return;
    if (!open_.contains({event.pid, *id}) && open_.size() >= kOpenKept) return;
    std::string& held = open_[{event.pid, *id}];
    if (held.size() < kLongest) held += model::string_or(event.body, "text", "");
  }

  static bool has_rows_of_its_own(const model::Call& call) {
    for (const char* name : {"expand_nested", "layer_range", "show_trainable", "positions"}) {
      const Json& value = argument(call, name);
      if (!value.is_null() && value != false) return true;
    }
    return false;
  }

  void judge(const std::string& shown, const model::Call& call, const Json& model, std::int64_t pid,
             Verdicts& verdicts) {
    const auto table = parse_summary(shown);
    if (!table || !table->whole)
      return verdicts.not_checked(info().name, "the table has another form");
    if (has_rows_of_its_own(call))
      verdicts.not_checked(info().name, "the rows of this table were asked for otherwise");
    else if (!rows_agree(*table, call, model, verdicts))
      return;
    totals(*table, call, model, pid, verdicts);
  }

  bool rows_agree(const SummaryTable& table, const model::Call& call, const Json& model,
                  Verdicts& verdicts) {
    const Json layers = model.value("layers", Json::array());
    for (std::size_t i = 0; i < std::max(layers.size(), table.rows.size()); ++i) {
      const std::string row = "row " + std::to_string(i + 1);
      if (i >= table.rows.size())
        return report(call, row, "no row", layers[i].value("name", Json()), verdicts);
      const SummaryRow& shown = table.rows[i];
      if (i >= layers.size()) return report(call, row, shown.layer, "no layer", verdicts);
      const Json& layer = layers[i];
      if (!names_agree(shown.layer, layer))
        return report(
            call, row, shown.layer,
            model::string_or(layer, "name", "") + " (" + model::string_or(layer, "class", "") + ")",
            verdicts);
      const std::string name = "the row of " + model::string_or(layer, "name", "");
      if (!shape_agrees(shown.shape, layer))
        return report(call, name, "shape " + shown.shape,
                      "shape " + layer["nodes"].back().value("output", Json()).dump(), verdicts);
      const auto count = summary_count(shown.count);
      if (count && *count != count_of(layer))
        return report(call, name, std::to_string(*count) + " weights",
                      std::to_string(count_of(layer)) + " weights", verdicts);
    }
    verdicts.agrees(info().name, table.rows.size());
    return true;
  }

  void totals(const SummaryTable& table, const model::Call& call, const Json& model,
              std::int64_t pid, Verdicts& verdicts) {
    const auto value = [&](const char* name) {
      const auto held = table.totals.find(name);
      return held == table.totals.end() ? std::optional<std::int64_t>() : held->second;
    };
    const auto total = value("Total"), trains = value("Trainable"), rests = value("Non-trainable");
    if (!total) return verdicts.not_checked(info().name, "the table has no total");
    if (model::string_or(model, "structure", "") == "subclassed")
      return verdicts.not_checked(info().name, "a model may have weights outside its layers");
    const Counted all = counted(model);
    const std::int64_t due = all.all + value("Optimizer").value_or(0);
    if (*total != due) return (void)report(call, "the total", *total, due, verdicts);
    verdicts.agrees(info().name);
    if (!trains || !rests) return;
    if (*trains + *rests != all.all)
      return (void)report(call, "the sum of trainable and other weights", *trains + *rests, all.all,
                          verdicts);
    if (!all.flags_known)
      return verdicts.not_checked(info().name, "flags inside a wrapper are not told");
    const auto then = compiled_.find({pid, call.self});  // some releases count as compiled
    if (*trains != all.trainable && (then == compiled_.end() || then->second != *trains))
      return (void)report(call, "the number of trainable weights", *trains, all.trainable,
                          verdicts);
    verdicts.agrees(info().name);
  }

  bool report(const model::Call& call, const std::string& what, const Json& claimed,
              const Json& due, Verdicts& verdicts) {
    const auto told = [](const Json& value) {
      return value.is_string() ? value.get<std::string>() : value.dump();
    };
    Finding finding = finding_of(info());
    finding.claimed = claimed;
    finding.recomputed = due;
    finding.where = where_of(call);
    finding.message = "Model.summary shows in " + what + " " + told(claimed) + "; the model has " +
                      told(due) + ".";
    finding.identity = place_of(call) + "|" + what;
    verdicts.disagrees(std::move(finding));
    return false;
  }

  using Key = std::pair<std::int64_t, std::int64_t>;
  std::map<Key, std::string> open_;
  std::map<std::pair<std::int64_t, std::string>, std::int64_t> compiled_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<SummaryAsModel>(); }};

}  // namespace
}  // namespace kerasan::checks

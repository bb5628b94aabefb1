#include "checks/equal_calls.h"

#include <set>

#include "checks/call_arguments.h"
#include "checks/finding_text.h"
#include "model/fields.h"

namespace kerasan::checks {

using model::Json;

namespace {

std::optional<std::string> form_of(const Json& value, const model::Run& run);

std::optional<std::string> forms_of(const Json& values, const model::Run& run) {
  std::string out = "[";
  for (const auto& [key, item] : values.items()) {
    const auto form = form_of(item, run);
    if (!form) return std::nullopt;
    out += (values.is_object() ? key + ":" : std::string()) + *form + ",";
  }
  return out + "]";
}

std::optional<std::string> form_of(const Json& value, const model::Run& run) {
  if (value.is_array()) return forms_of(value, run);
  if (!value.is_object()) return value.dump();
  if (value.contains("$tensor")) {
    const auto tensor = run.tensor(value);
    if (!tensor) return std::nullopt;
    return std::string(dtype_name(tensor->dtype())) + shape_text(tensor->shape());
  }
  if (value.contains("$array") || value.contains("$dtype") || value.contains("$float"))
    return value.dump();
  if (value.contains("$tuple")) return forms_of(value["$tuple"], run);
  if (value.contains("$dict")) return forms_of(value["$dict"], run);
  if (const Json* config = model::find_field(value, "config");
      config != nullptr && config->is_object() && config->contains("element_spec"))
    return config->dump();
  for (const auto& [key, item] : value.items())
    if (key.starts_with("$")) return std::nullopt;
  return forms_of(value, run);
}

bool repeats(const std::string& api) {
  static const std::set<std::string> names{"Model.fit",           "Model.evaluate",
                                           "Model.predict",       "Model.train_on_batch",
                                           "Model.test_on_batch", "Model.predict_on_batch"};
  return names.contains(api);
}

}  // namespace

std::optional<std::string> form_of(const model::Call& call, const model::Run& run) {
  std::string out;
  if (!call.args.is_object()) return std::nullopt;
  for (const auto& [name, held] : call.args.items()) {
    const Json value = held.is_object() ? held.value("v", Json()) : Json();
    if (value.is_null()) continue;
    const auto form = form_of(value, run);
    if (!form) return std::nullopt;
    // Neither which epochs these are nor what is told of them is work.
    if (name != "verbose" && name != "initial_epoch") out += name + "=" + *form + ";";
  }
  return out;
}

void EqualCalls::forget_compiled(const model::Event& event) {
  if (event.kind != "call" || model::string_or(event.body, "api", "") != "Model.compile") return;
  const std::pair key{event.pid, model::string_or(event.body, "self", "")};
  if (compiled_.contains(key) || compiled_.size() < kSeriesKept) ++compiled_[key];
}

void EqualCalls::add(std::int64_t pid, const model::Call& call, const model::Run& run,
                     double more) {
  if (!repeats(call.api) || call.self.empty() || call.where.file.empty()) return;
  const auto form = checks::form_of(call, run);
  if (!form) return;
  const auto times = compiled_.find({pid, call.self});
  const Key key{pid, call.self + "/" + std::to_string(times == compiled_.end() ? 0 : times->second),
                place_of(call) + *form};
  if (!series_.contains(key) && series_.size() >= kSeriesKept) return;
  Series& series = series_[key];
  if (series.calls == 0) {
    series.where = where_of(call);
    series.api = call.api;
    series.place = place_of(call);
  }
  if (++series.calls <= kWarm) return;
  if (more > 0) ++series.grown, series.sum += more;
}

void EqualCalls::judge(const RuleInfo& rule, const std::string& made, Verdicts& verdicts) const {
  for (const auto& [key, series] : series_) {
    if (series.calls < kWarm + kFewest) {
      verdicts.not_checked(rule.name, "fewer than 5 equal calls", series.calls);
      continue;
    }
    const std::uint64_t after = series.calls - kWarm;
    if (series.grown < kFewest || 2 * series.grown <= after) {
      verdicts.agrees(rule.name, after);
      continue;
    }
    Finding finding = finding_of(rule);
    finding.claimed = "nothing new for an equal call";
    finding.recomputed = number_text(series.sum) + " in " + std::to_string(after) + " calls";
    finding.where = series.where;
    finding.message = series.api + " " + made + " in " + std::to_string(series.grown) + " of " +
                      std::to_string(after) +
                      " calls, though each asks for the same work as the two before them.";
    finding.evidence = {{"calls", series.calls}, {"new in all", series.sum}};
    finding.identity = series.place;
    verdicts.disagrees(std::move(finding));
  }
}

}  // namespace kerasan::checks

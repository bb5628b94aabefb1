// Rule saved-file-keeps-values.
#include <set>

#include "base/digest.h"
#include "checks/own_form.h"
#include "checks/values_by_layer.h"
#include "checks/written_files.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using formats::Weight;
using model::Json;
using model::string_or;

using Digests = std::multiset<std::string>;

// nullopt where a value cannot be read.
std::optional<Digests> digests_of(const std::vector<Weight>& weights) {
  Digests all;
  for (const Weight& weight : weights) {
    if (!weight.dtype) return std::nullopt;
    all.insert(digest_of(*weight.dtype, weight.shape, weight.bytes.span()));
  }
  return all;
}

// Names of those whose contents the file does not hold, each value of it standing for one of them.
std::vector<std::string> missing(const Json& values, Digests held) {
  std::vector<std::string> names;
  for (const Json& value : values) {
    const auto found = held.find(string_or(value, "digest", ""));
    if (found == held.end()) {
      names.push_back(string_or(value, "name", ""));
    } else {
      held.erase(found);
    }
  }
  return names;
}

class SavedFileKeepsValues : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "saved-file-keeps-values", "wrong-save-reload", 4,
        "A file just written by save or save_weights holds, bit for bit, each weight that the "
        "model had when the call began, under the layer and, as far as the file tells names, the "
        "name that it has there; where it holds a state of the optimizer, it holds all of it, each "
        "variable in its place. The file is read by Kerasan's own readers."};
    return info;
  }

  void join(Shared& shared) override { files_ = shared.get<WrittenFiles>(); }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    const auto& written = files_->completed_by(event, run);
    if (!written) return;
    if (!written->unknown.empty()) return verdicts.not_checked(info().name, written->unknown);
    if (const auto merged = merged_when_saved(written->live); !merged.empty())
      return verdicts.not_checked(info().name, merged);
    const formats::ModelFile& file = written->file;
    const Json values = written->live.value("values", Json());
    if (compare(values, digests_of(file.weights), "weight", event, run, verdicts)) {
      const auto reordered = reordered_when_saved(written->live);
      if (reordered.empty())
        compare_places(displaced_values(written->live, file), "weight", event, run, verdicts);
      else
        verdicts.not_checked(info().name, reordered);
    }
    const Json optimizer = written->live.value("optimizer_state", Json());
    const bool whole = string_or(event.body, "saves", "") == "model";
    if (!whole || !optimizer.is_object() || file.optimizer_weights.empty()) return;
    const Json variables = optimizer.value("variables", Json());
    const std::string what = "variable of the optimizer";
    if (!compare(variables, digests_of(file.optimizer_weights), what, event, run, verdicts)) return;
    const auto names = displaced_states(variables, file);
    if (!names) return verdicts.not_checked(info().name, "the order of the optimizer's variables");
    compare_places(*names, what, event, run, verdicts);
  }

 private:
  // True when all are there.
  bool compare(const Json& live, const std::optional<Digests>& held, const std::string& what,
               const model::Event& event, const model::Run& run, Verdicts& verdicts) {
    if (!live.is_array() || !held) {
      verdicts.not_checked(info().name, "values that are not known");
      return false;
    }
    const std::vector<std::string> names = missing(live, *held);
    if (names.empty()) {
      verdicts.agrees(info().name);
      return true;
    }
    report(
        "does not hold the " + what + " " + names[0] + more(names) + " as it was when it was saved",
        what, names, event, run, verdicts);
    return false;
  }

  // The values are there: each in its place?
  void compare_places(const std::vector<std::string>& names, const std::string& what,
                      const model::Event& event, const model::Run& run, Verdicts& verdicts) {
    if (names.empty()) return verdicts.agrees(info().name);
    report("holds in the place of the " + what + " " + names[0] + more(names) +
               " the values of others",
           "place", names, event, run, verdicts);
  }

  static std::string more(const std::vector<std::string>& names) {
    return names.size() > 1 ? " and " + std::to_string(names.size() - 1) + " more" : "";
  }

  void report(const std::string& message, const std::string& what,
              const std::vector<std::string>& names, const model::Event& event,
              const model::Run& run, Verdicts& verdicts) {
    Finding finding = finding_of(info());
    finding.claimed = string_or(event.body, "path", "");
    finding.recomputed = names;
    const auto id = model::optional_integer(event.body, "call");
    const model::Call* call = id ? run.call(event.pid, *id) : nullptr;
    if (call != nullptr) finding.where = where_of(*call);
    finding.message = "The file that was just written " + message + ".";
    finding.evidence = {{"missing", names}};
    finding.identity = info().name + "|" + what;
    verdicts.disagrees(std::move(finding));
  }

  std::shared_ptr<WrittenFiles> files_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<SavedFileKeepsValues>(); }};

}  // namespace
}  // namespace kerasan::checks

// Rule saved-file-keeps-values.
#include <deque>
#include <map>
#include <set>

#include "base/digest.h"
#include "base/error.h"
#include "base/work_folder.h"
#include "checks/rule.h"
#include "checks/unpacked_save.h"
#include "formats/reader.h"
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
        "model "
        "had when the call began; where it holds a state of the optimizer, it holds all of it. The "
        "file is read by Kerasan's own readers."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind == "model" && string_or(event.body, "when", "") == "save") {
      saves_.push_back({event.pid, string_or(event.body, "id", ""), event.body});
      if (saves_.size() > kKept) saves_.pop_front();
    }
    if (event.kind != "saved_file") return;
    for (auto save = saves_.rbegin(); save != saves_.rend(); ++save) {
      if (save->pid != event.pid || save->model != string_or(event.body, "model", "")) continue;
      return judge(save->body, event, run, verdicts);
    }
    verdicts.not_checked(info().name, "the model before the call was not recorded");
  }

 private:
  struct Save {
    std::int64_t pid;
    std::string model;
    Json body;
  };
  static constexpr std::size_t kKept = 8;

  void judge(const Json& live, const model::Event& event, const model::Run& run,
             Verdicts& verdicts) {
    formats::ModelFile file;
    std::optional<Digests> weights, state;
    try {
      const WorkFolder folder;
      const UnpackedSave unpacked(event.body.value("files", Json::array()), folder.path(),
                                  [&](const Json& bytes) { return run.tensor(bytes); });
      file = formats::read_model_file(unpacked.path());
      weights = digests_of(file.weights);
      state = digests_of(file.optimizer_weights);
    } catch (const InputError& error) {
      return verdicts.not_checked(info().name, "a saved file that cannot be read");
    }
    compare(live.value("values", Json()), weights, "weight", event, run, verdicts);
    const Json optimizer = live.value("optimizer_state", Json());
    const bool whole = string_or(event.body, "saves", "") == "model";
    if (!whole || !optimizer.is_object() || file.optimizer_weights.empty()) return;
    compare(optimizer.value("variables", Json()), state, "variable of the optimizer", event, run,
            verdicts);
  }

  void compare(const Json& live, const std::optional<Digests>& held, const std::string& what,
               const model::Event& event, const model::Run& run, Verdicts& verdicts) {
    if (!live.is_array() || !held) {
      return verdicts.not_checked(info().name, "values that are not known");
    }
    const std::vector<std::string> names = missing(live, *held);
    if (names.empty()) return verdicts.agrees(info().name);
    Finding finding = finding_of(info());
    finding.claimed = string_or(event.body, "path", "");
    finding.recomputed = names;
    const auto id = model::optional_integer(event.body, "call");
    const model::Call* call = id ? run.call(event.pid, *id) : nullptr;
    if (call != nullptr) finding.where = where_of(*call);
    finding.message =
        "The file that was just written does not hold the " + what + " " + names[0] +
        (names.size() > 1 ? " and " + std::to_string(names.size() - 1) + " more" : std::string()) +
        " as it was when it was saved.";
    finding.evidence = {{"saved", live.size()}, {"missing", names}};
    finding.identity = info().name + "|" + what;
    verdicts.disagrees(std::move(finding));
  }

  std::deque<Save> saves_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<SavedFileKeepsValues>(); }};

}  // namespace
}  // namespace kerasan::checks

// Rule saved-file-keeps-config.
#include "checks/file_difference.h"
#include "checks/written_files.h"
#include "formats/layer_keys.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

// The config as a file would tell it. Objects and arrays, which have no value in an event, stand
// for whatever the file has in their place.
Json as_written(const Json& live, const Json& file, int depth) {
  if (depth > 200) return file;
  if (live.is_array()) {
    Json list = Json::array();
    for (std::size_t i = 0; i < live.size(); ++i) {
      const bool there = file.is_array() && i < file.size();
      list.push_back(as_written(live[i], there ? file[i] : Json(), depth + 1));
    }
    return list;
  }
  if (!live.is_object()) return live;
  if (live.size() == 1) {
    const auto only = live.begin();
    const std::string& key = only.key();
    const Json& held = only.value();
    if (key == "$tuple" || key == "$shape") return as_written(held, file, depth + 1);
    if (key == "$float" || key == "$dtype") return held;
  }
  Json out = Json::object();
  for (const auto& [key, value] : live.items()) {
    if (key.starts_with('$')) return file;
    const bool there = file.is_object() && file.contains(key);
    Json told = as_written(value, there ? file[key] : Json(), depth + 1);
    if (there || !told.is_null() || value.is_null()) out[key] = std::move(told);
  }
  return out;
}

class SavedFileKeepsConfig : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "saved-file-keeps-config", "wrong-save-reload", 3,
        "The config in a file just written by save is the one that the model told when the call "
        "began: the same layers, connected alike, with the same arguments. Lists stand for tuples, "
        "as JSON has none. The file is read by Kerasan's own readers."};
    return info;
  }

  void join(Shared& shared) override { files_ = shared.get<WrittenFiles>(); }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    const auto& written = files_->completed_by(event, run);
    if (!written || model::string_or(event.body, "saves", "") != "model") return;
    const std::string& name = info().name;
    if (!written->unknown.empty()) return verdicts.not_checked(name, written->unknown);
    const formats::ModelFile& file = written->file;
    const Json config = written->live.value("config", Json());
    if (file.config.is_null() || !config.is_object() || config.contains("error")) {
      return verdicts.not_checked(name, "a model or a file without a config");
    }
    formats::ModelFile told;
    told.format = file.format;
    told.keras_version = file.keras_version;
    told.config = {{"class_name", written->live.value("class", Json())},
                   {"config", as_written(config, file.config.value("config", Json()), 0)}};
    judge(told, file, event, run, verdicts);
  }

 private:
  void judge(const formats::ModelFile& told, const formats::ModelFile& file,
             const model::Event& event, const model::Run& run, Verdicts& verdicts) {
    const SavedModel first(told), second(file);
    FileDifferences all;
    const LayerPairs pairs = pair_layers(first, second);
    compare_architecture(first, second, pairs, all);
    compare_configs(first, second, pairs, all);
    for (const auto& [what, count] : all.not_compared) {
      verdicts.not_checked(info().name, what.second, count);
    }
    if (all.found.empty()) {
      if (!all.compared.empty()) verdicts.agrees(info().name);
      return;
    }
    const FileDifference& one = all.found.front();
    Finding finding = finding_of(info());
    finding.claimed = one.second;
    finding.recomputed = one.first;
    const auto id = model::optional_integer(event.body, "call");
    const model::Call* call = id ? run.call(event.pid, *id) : nullptr;
    if (call != nullptr) finding.where = where_of(*call);
    finding.message = "In the file that was just written, " + one.message +
                      " (first: the model, second: the file).";
    for (const FileDifference& each : all.found) {
      if (finding.evidence["differences"].size() == 8) break;
      finding.evidence["differences"].push_back(each.message);
    }
    finding.identity = info().name + "|" + one.part + "|" + one.subject;
    verdicts.disagrees(std::move(finding));
  }

  std::shared_ptr<WrittenFiles> files_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<SavedFileKeepsConfig>(); }};

}  // namespace
}  // namespace kerasan::checks

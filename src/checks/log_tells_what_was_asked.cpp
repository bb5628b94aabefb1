// Claim: the native log tells of files only where the program asked for them.
#include <algorithm>
#include <map>

#include "checks/call_arguments.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

// "2020-05-01 10:00:00.1: I path.cc:1] text" or "I0000 00:00:1700000000.1 12 path.cc:1] text".
bool is_information(const std::string& line) {
  if (line.size() > 1 && line[0] == 'I' && line[1] >= '0' && line[1] <= '9') return true;
  const auto colon = line.find(": ");
  return colon != std::string::npos && line.compare(colon + 2, 2, "I ") == 0;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

// Callbacks as `fit` was given them, alone or in a list.
void collect(const Json& value, std::vector<const Json*>& out) {
  if (value.is_object() && value.contains("$tuple")) return collect(value["$tuple"], out);
  if (value.is_array())
    for (const Json& item : value) collect(item, out);
  else if (value.is_object() && value.contains("config"))
    out.push_back(&value);
}

// What stands behind a folder of the callback's in the line; nullopt if it names none. The setting
// that holds the folder is put into `setting`.
std::optional<std::string> behind_folder(const Json& callback, const std::string& line,
                                         std::string& setting) {
  for (const auto& [name, value] : callback["config"].items()) {
    if (!value.is_string() || name.empty() || name[0] == '_') continue;  // state of its own
    if (value.get<std::string>().size() < 2) continue;
    const std::string folder = value.get<std::string>() + "/";
    const auto at = line.find(folder);
    if (at == std::string::npos) continue;
    setting = name;
    return lower(line.substr(at + folder.size()));
  }
  return std::nullopt;
}

// Whether one of the arguments given, the folder itself aside, is about what the rest names: they
// share a word.
bool asked_for(const Json& given, const std::string& setting, const std::string& rest) {
  constexpr std::size_t kWord = 4;
  for (const Json& argument : given) {
    if (!argument.is_string() || argument == setting) continue;
    const std::string name = argument.get<std::string>() + "_";
    for (std::size_t at = 0, end; (end = name.find('_', at)) != std::string::npos; at = end + 1)
      if (end - at >= kWord && rest.find(lower(name.substr(at, end - at))) != std::string::npos)
        return true;
  }
  return false;
}

class LogTellsWhatWasAsked : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "log-tells-what-was-asked", "wrong-displayed-message", 1,
        "While fit, evaluate or predict runs, a line of the native log at the level of information "
        "names a file in a callback's folder only where the program gave the callback an argument "
        "that is about such files: the argument's name and the rest of the path share a word "
        "(profile_batch, .../plugins/profile/...)."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind == "text") return text(event, run);
    if (event.kind != "return") return;
    const auto found = lines_.find({event.pid, model::require_integer(event.body, "id")});
    if (found == lines_.end()) return;
    if (const auto* call = run.call(event.pid, found->first.second))
      judge(*call, found->second, verdicts);
    lines_.erase(found);
  }

 private:
  static constexpr std::size_t kCallsKept = 100, kLinesKept = 200;

  void text(const model::Event& event, const model::Run& run) {
    const auto id = model::optional_integer(event.body, "call");
    if (!id || model::string_or(event.body, "stream", "") != "native") return;
    const auto* call = run.call(event.pid, *id);
    const std::string line = model::string_or(event.body, "text", "");
    if (call == nullptr || !is_information(line)) return;
    if (!lines_.contains({event.pid, *id}) && lines_.size() >= kCallsKept) return;
    auto& held = lines_[{event.pid, *id}];
    if (held.size() < kLinesKept) held.push_back(line);
  }

  void judge(const model::Call& call, const std::vector<std::string>& lines, Verdicts& verdicts) {
    std::vector<const Json*> callbacks;
    collect(argument(call, "callbacks"), callbacks);
    for (const Json* callback : callbacks) {
      std::vector<std::string> unasked;
      std::uint64_t asked = 0;
      std::string setting;
      const Json* given = model::find_field(*callback, "given");
      for (const std::string& line : lines) {
        const auto rest = behind_folder(*callback, line, setting);
        if (!rest) continue;
        if (given == nullptr || !given->is_array())
          verdicts.not_checked(info().name, "a callback whose arguments were not seen");
        else if (asked_for(*given, setting, *rest))
          ++asked;
        else
          unasked.push_back(line);
      }
      if (!unasked.empty())
        report(call, class_of(*callback), *given, setting, unasked, verdicts);
      else if (asked > 0)
        verdicts.agrees(info().name, asked);
    }
  }

  void report(const model::Call& call, const std::string& cls, const Json& given,
              const std::string& setting, const std::vector<std::string>& lines,
              Verdicts& verdicts) {
    Finding finding = finding_of(info());
    finding.claimed = lines.front();
    finding.recomputed = cls + " was given " + given.dump();
    finding.where = where_of(call);
    finding.message = call.api + " writes " + std::to_string(lines.size()) +
                      (lines.size() == 1 ? " line" : " lines") +
                      " of the native log about files below " + setting + " of " + cls +
                      " that no argument of the program asked for.";
    finding.evidence = {{"lines", lines}};
    finding.identity = cls + "|" + place_of(call);
    verdicts.disagrees(std::move(finding));
  }

  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<std::string>> lines_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<LogTellsWhatWasAsked>(); }};

}  // namespace
}  // namespace kerasan::checks

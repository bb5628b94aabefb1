// Claim: a progress line never counts beyond the total that it shows.
#include <map>

#include "checks/progress_text.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

bool shows_progress(const std::string& api) {
  return api == "Model.fit" || api == "Model.evaluate" || api == "Model.predict" ||
         api == "Model.fit_generator" || api == "Model.evaluate_generator" ||
         api == "Model.predict_generator";
}

class ProgressBarCount : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "progress-bar-count", "wrong-displayed-message", 1,
        "A progress line such as \"32/1000 [>....]\" says how much is done of how much. The part "
        "can never exceed the whole: where it does, the total shown is not the total, and the "
        "bar drawn from it leaves its frame."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind == "text") return on_text(event, run);
    if (event.kind != "return") return;
    const auto it = calls_.find({event.pid, model::require_integer(event.body, "id")});
    if (it == calls_.end()) return;
    State state = std::move(it->second);
    calls_.erase(it);
    judge(state, run.call(event.pid, model::require_integer(event.body, "id")), verdicts);
  }

  void finish(const model::Run& run, Verdicts& verdicts) override {
    for (auto& [key, state] : calls_) judge(state, run.call(key.first, key.second), verdicts);
    calls_.clear();
  }

 private:
  struct State {
    ProgressScanner scanner;
    std::uint64_t lines = 0, unknown = 0;
    std::optional<ProgressLine> worst;  // the last line that counts too far
    void take(const ProgressLine& line) {
      if (!line.total)
        ++unknown;
      else if (++lines; line.current > *line.total)
        worst = line;
    }
  };
  static constexpr std::size_t kOpenKept = 100;

  void on_text(const model::Event& event, const model::Run& run) {
    const auto id = model::optional_integer(event.body, "call");
    if (!id || model::string_or(event.body, "stream", "") != "stdout" ||
        model::string_or(event.body, "origin", "") != "framework")
      return;
    const auto* call = run.call(event.pid, *id);
    if (call == nullptr || !shows_progress(call->api)) return;
    const std::pair key{event.pid, *id};
    if (!calls_.contains(key) && calls_.size() >= kOpenKept) return;
    State& state = calls_[key];
    const auto take = [&](const ProgressLine& line) { state.take(line); };
    if (const Json* text = model::find_field(event.body, "text"); text && text->is_string())
      state.scanner.feed(text->get_ref<const std::string&>(), take);
  }

  void judge(State& state, const model::Call* call, Verdicts& verdicts) {
    state.scanner.flush([&](const ProgressLine& line) { state.take(line); });
    if (state.lines == 0 && state.unknown > 0)
      return verdicts.not_checked(info().name, "the total is shown as unknown");
    if (state.lines == 0) return;
    if (!state.worst) return verdicts.agrees(info().name);
    const std::string shown =
        std::to_string(state.worst->current) + "/" + std::to_string(*state.worst->total);
    Finding finding = finding_of(info());
    finding.claimed = shown;
    finding.recomputed = "a count of at most " + std::to_string(*state.worst->total);
    finding.where = call ? where_of(*call) : Json::object();
    const std::string api = call ? call->api : "a call";
    finding.message = "the progress line of " + api + " counts " + shown +
                      ": more is done than there is, so the total shown is wrong";
    finding.evidence = {{"lines", state.lines}};
    finding.identity = api + (call ? call->where.file + std::to_string(call->where.line) : "");
    verdicts.disagrees(std::move(finding));
  }

  std::map<std::pair<std::int64_t, std::int64_t>, State> calls_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ProgressBarCount>(); }};

}  // namespace
}  // namespace kerasan::checks

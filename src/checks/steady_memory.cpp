// Claim: the same call, repeated, does not need more and more memory.
#include <algorithm>
#include <cmath>
#include <map>

#include "base/statistics.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

// One-sided error rate 1e-4.
constexpr double kQuantile = 3.719;
constexpr std::size_t kFewest = 30;
constexpr std::size_t kMost = 256;
// Growth that a healthy allocator shows: malloc gives memory back, and asks for it, in units of
// its trim threshold and padding (M_TRIM_THRESHOLD, M_TOP_PAD: 128 KiB, mallopt(3)).
constexpr double kAllowance = 128 * 1024;

class SteadyMemory : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "steady-memory", "performance-degradation", 2,
        "The same call from the same line, repeated many times, must not take more resident "
        "memory each time. The first third of the calls is left out as warm-up; the growth of "
        "the rest is a Theil-Sen slope with a lower confidence limit at an error rate of 1e-4, "
        "held against 128 KiB a call, the unit in which malloc takes and returns memory."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts&) override {
    if (event.kind != "return") return;
    const auto* call = run.call(event.pid, model::require_integer(event.body, "id"));
    if (call == nullptr || call->self.empty() || call->where.file.empty() || !repeats(call->api) ||
        !call->error.empty())
      return;
    const double rss = model::number_or(event.body, "rss", 0);
    if (rss <= 0) return;
    const std::string key = std::to_string(event.pid) + "|" + call->api + "|" + call->self + "|" +
                            call->where.file + ":" + std::to_string(call->where.line);
    if (!series_.contains(key) && series_.size() >= kSeriesKept) return;
    Series& series = series_[key];
    series.where = where_of(*call);
    series.api = call->api;
    series.site = call->where.file + ":" + std::to_string(call->where.line);
    series.add(rss, sizes(call->args), model::number_or(event.body, "functions", -1));
  }

  void finish(const model::Run&, Verdicts& verdicts) override {
    for (auto& [key, series] : series_) judge(series, verdicts);
  }

 private:
  struct Series {
    Json where;
    std::string api, site, shape;
    std::uint64_t calls = 0, stride = 1;
    std::vector<double> x, rss, functions;
    // A call of another size begins a new series: its memory is another need.
    void add(double bytes, const std::string& of, double live) {
      if (of != shape) {
        if (x.size() >= kFewest) return;
        shape = of;
        calls = 0, stride = 1;
        x.clear(), rss.clear(), functions.clear();
      }
      if (calls++ % stride != 0) return;
      x.push_back(static_cast<double>(calls));
      rss.push_back(bytes);
      functions.push_back(live);
      if (x.size() < kMost) return;
      for (auto* values : {&x, &rss, &functions}) {
        for (std::size_t i = 0; 2 * i < values->size(); ++i) (*values)[i] = (*values)[2 * i];
        values->resize((values->size() + 1) / 2);
      }
      stride *= 2;
    }
  };
  static constexpr std::size_t kSeriesKept = 200;

  static bool repeats(const std::string& api) {
    return api == "Model.evaluate" || api == "Model.predict" || api == "Model.train_on_batch" ||
           api == "Model.test_on_batch" || api == "Model.predict_on_batch";
  }

  // The arguments without the contents of their arrays.
  static std::string sizes(const Json& args) {
    if (args.is_object()) {
      if (args.contains("$tensor")) return "tensor";
      std::string out = "{";
      for (const auto& [name, value] : args.items())
        if (name != "$repr") out += name + ":" + sizes(value) + ",";
      return out + "}";
    }
    if (args.is_array()) {
      std::string out = "[";
      for (std::size_t i = 0; i < std::min<std::size_t>(args.size(), 8); ++i) out += sizes(args[i]);
      return out + "]" + std::to_string(args.size());
    }
    return args.is_string() ? "text" : args.dump();
  }

  void judge(const Series& series, Verdicts& verdicts) {
    if (series.calls < kFewest)
      return verdicts.not_checked(info().name, "fewer than 30 equal calls", series.calls);
    const std::size_t warm = series.x.size() / 3;
    const auto rest = [&](const std::vector<double>& v) { return std::span(v).subspan(warm); };
    const Slope slope = sen_slope(rest(series.x), rest(series.rss), kQuantile);
    if (!(slope.lower > kAllowance)) return verdicts.agrees(info().name, series.calls);
    // The second witness, where there is one: graph functions that stay alive.
    const Slope live = sen_slope(rest(series.x), rest(series.functions), kQuantile);
    if (series.functions.back() >= 0 && !(live.lower > 0))
      return verdicts.not_checked(info().name, "memory grows, the framework's graphs do not");
    report(series, slope, live, verdicts);
  }

  void report(const Series& series, const Slope& slope, const Slope& live, Verdicts& verdicts) {
    const auto kib = [](double bytes) { return std::to_string(std::lround(bytes / 1024)) + " KiB"; };
    Finding finding;
    finding.rule = info().name;
    finding.scenario = info().scenario;
    finding.impact = info().impact;
    finding.claimed = "steady memory over equal calls";
    finding.recomputed = slope.estimate;
    finding.bound = kAllowance;
    finding.where = series.where;
    finding.message = series.api + " at " + series.site + " keeps " + kib(slope.estimate) +
                      " more memory after each call (at least " + kib(slope.lower) +
                      ", error rate 1e-4, over " + std::to_string(series.calls) + " calls)";
    finding.evidence = {{"calls", series.calls}, {"bytes a call, at least", slope.lower}};
    if (series.functions.back() >= 0) finding.evidence["graph functions a call"] = live.estimate;
    finding.identity = series.api + series.site;
    verdicts.disagrees(std::move(finding));
  }

  std::map<std::string, Series> series_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<SteadyMemory>(); }};

}  // namespace
}  // namespace kerasan::checks

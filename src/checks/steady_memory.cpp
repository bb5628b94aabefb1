// Claim: the same call, repeated, does not need more and more memory.
#include <algorithm>
#include <cmath>
#include <map>

#include "base/statistics.h"
#include "checks/live_growth.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

// One-sided error rate 1e-4.
constexpr double kQuantile = 3.719;
// Ten points are the fewest for which the limit exists; the first third is left out.
constexpr std::size_t kFewest = 15;
constexpr std::size_t kMost = 256;
// Growth that a healthy allocator shows: malloc gives memory back, and asks for it, in units of
// its trim threshold and padding (M_TRIM_THRESHOLD, M_TOP_PAD: 128 KiB, mallopt(3)).
constexpr double kAllowance = 128 * 1024;

class SteadyMemory : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "steady-memory", "performance-degradation", 3,
        "The same call of the same model, repeated many times, must not take more resident "
        "memory each time. The first third of the calls is left out as warm-up; the growth of "
        "the rest, both over all and inside the calls without their results, is a Theil-Sen slope "
        "with a lower confidence limit at an error rate of 1e-4, held against 128 KiB a call, the "
        "unit in which malloc takes and returns memory. Calls are compared with calls from the "
        "same line with arguments of the same size. Where the allocators tell the bytes in use and "
        "no code of the program runs inside the calls, what a call leaves in use is held against "
        "32 KiB, at the same error rate."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts&) override {
    if (event.kind == "inner_call") {
      const Json& body = event.body;
      model::Call call;
      call.api = model::string_or(body, "api", "");
      call.self = model::string_or(body, "self", "");
      if (body.contains("args")) call.args = body["args"];
      call.where = model::where_from(body);
      return add(event, call, run);
    }
    if (event.kind != "return") return;
    const auto* call = run.call(event.pid, model::require_integer(event.body, "id"));
    if (call != nullptr && call->error.empty()) add(event, *call, run);
  }

  void finish(const model::Run&, Verdicts& verdicts) override {
    for (auto& [key, series] : series_) judge(series, verdicts);
  }

 private:
  struct Series {
    Json where;
    std::string api, site;
    std::uint64_t calls = 0, stride = 1;
    bool callbacks = false;  // code of the program runs inside the calls
    double inside = 0;       // sum of what the calls took so far, without their results
    std::map<std::string, std::size_t> strata;
    std::vector<double> x, rss, grown, functions;
    std::vector<std::size_t> stratum;
    LiveGrowth live;

    void add(double after, double before, double kept, const std::string& of, double live) {
      if (before > 0) inside += after - before - kept;
      if (calls++ % stride != 0) return;
      if (!strata.contains(of) && strata.size() >= kStrata) return;
      stratum.push_back(strata.try_emplace(of, strata.size()).first->second);
      x.push_back(static_cast<double>(calls));
      rss.push_back(after);
      grown.push_back(before > 0 ? inside : after);
      functions.push_back(live);
      if (x.size() >= kMost) halve();
    }

    void halve() {
      const auto every_second = [](auto& values) {
        for (std::size_t i = 0; 2 * i < values.size(); ++i) values[i] = values[2 * i];
        values.resize((values.size() + 1) / 2);
      };
      for (auto* values : {&x, &rss, &grown, &functions}) every_second(*values);
      every_second(stratum);
      stride *= 2;
    }
  };
  static constexpr std::size_t kSeriesKept = 200;
  static constexpr std::size_t kStrata = 64;

  void add(const model::Event& event, const model::Call& call, const model::Run& run) {
    if (call.self.empty() || call.where.file.empty() || !repeats(call.api)) return;
    const double rss = model::number_or(event.body, "rss", 0);
    if (rss <= 0) return;
    const std::string key = std::to_string(event.pid) + "|" + call.api + "|" + call.self;
    if (!series_.contains(key) && series_.size() >= kSeriesKept) return;
    Series& series = series_[key];
    const std::string site = call.where.file + ":" + std::to_string(call.where.line);
    if (series.calls == 0) {
      series.where = where_of(call);
      series.api = call.api;
      series.site = site;
    }
    if (const auto it = call.args.find("callbacks"); it != call.args.end() && it->is_object())
      series.callbacks = series.callbacks || !it->value("v", Json()).is_null();
    const double kept = event.body.contains("result") ? bytes(event.body["result"]) : 0;
    series.live.add(event, call, kept, run);
    series.add(rss, model::number_or(event.body, "rss_before", 0), kept, site + sizes(call.args),
               model::number_or(event.body, "functions", -1));
  }

  static bool repeats(const std::string& api) {
    return api == "Model.evaluate" || api == "Model.predict" || api == "Model.train_on_batch" ||
           api == "Model.test_on_batch" || api == "Model.predict_on_batch" || api == "Model.fit";
  }

  // What a program that keeps the result of a call needs for it.
  static double bytes(const Json& value) {
    if (!value.is_structured()) return 0;
    if (value.is_object() && value.contains("$array")) {
      const Json& array = value["$array"];
      double size = 8;
      for (const Json& n : array.value("shape", Json::array()))
        size *= n.is_number() ? n.get<double>() : 1;
      return size;
    }
    double sum = 0;
    for (const Json& item : value) sum += bytes(item);
    return sum;
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
    if (const auto left = series.live.judged()) return report(series, *left, verdicts);
    if (series.calls < kFewest)
      return verdicts.not_checked(info().name, "fewer than 15 calls", series.calls);
    const std::size_t warm = series.x.size() / 3;
    const auto growth = [&](const std::vector<double>& v) {
      return sen_slope(std::span(series.x).subspan(warm), std::span(v).subspan(warm),
                       std::span(series.stratum).subspan(warm), kQuantile);
    };
    Slope slope = growth(series.rss);
    if (const Slope inside = growth(series.grown); inside.lower < slope.lower) slope = inside;
    if (std::isinf(slope.lower))
      return verdicts.not_checked(info().name, "too few calls with arguments of one size");
    if (!(slope.lower > kAllowance)) return verdicts.agrees(info().name, series.calls);
    // The second witness, where there is one: graph functions that stay alive.
    const bool counted = std::ranges::none_of(std::span(series.functions).subspan(warm),
                                              [](double n) { return n < 0; });
    const Slope live = growth(series.functions);
    if (counted && !(live.lower > 0))
      return verdicts.not_checked(info().name, "memory grows, the framework's graphs do not");
    if (series.callbacks && !counted)
      return verdicts.not_checked(info().name,
                                  "memory grows, and callbacks of the program may keep it");
    report(series, slope, live, counted, verdicts);
  }

  void report(const Series& series, const Slope& slope, const Slope& live, bool counted,
              Verdicts& verdicts) {
    Finding finding = kept_memory(series, slope, kAllowance);
    if (counted) finding.evidence["graph functions a call"] = live.estimate;
    verdicts.disagrees(std::move(finding));
  }

  void report(const Series& series, const Slope& left, Verdicts& verdicts) {
    if (!(left.lower > LiveGrowth::kAllowance && left.estimate > LiveGrowth::kAllowance))
      return verdicts.agrees(info().name, series.calls);
    Finding finding = kept_memory(series, left, LiveGrowth::kAllowance);
    finding.evidence["counted"] = "bytes in use";
    verdicts.disagrees(std::move(finding));
  }

  Finding kept_memory(const Series& series, const Slope& slope, double allowance) const {
    const auto kib = [](double bytes) {
      return std::to_string(std::lround(bytes / 1024)) + " KiB";
    };
    Finding finding = finding_of(info());
    finding.claimed = "steady memory over equal calls";
    finding.recomputed = slope.estimate;
    finding.bound = allowance;
    finding.where = series.where;
    finding.message = series.api + " at " + series.site + " keeps " + kib(slope.estimate) +
                      " more memory after each call (at least " + kib(slope.lower) +
                      ", error rate 1e-4, over " + std::to_string(series.calls) + " calls)";
    finding.evidence = {{"calls", series.calls}, {"bytes a call, at least", slope.lower}};
    finding.identity = series.api + series.site;
    return finding;
  }

  std::map<std::string, Series> series_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<SteadyMemory>(); }};

}  // namespace
}  // namespace kerasan::checks

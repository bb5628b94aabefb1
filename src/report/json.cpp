#include "report/json.h"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/error.h"

namespace kerasan::report {
namespace {

using model::Json;

// JSON has no NaN or infinity; they are told as strings instead of vanishing into null.
Json finite(const Json& value) {
  if (value.is_number_float() && !std::isfinite(value.get<double>())) {
    const double number = value.get<double>();
    return std::isnan(number) ? "nan" : number > 0 ? "inf" : "-inf";
  }
  if (!value.is_structured()) return value;
  Json copy = value;
  for (auto& item : copy) item = finite(item);
  return copy;
}

Json finding_json(const ReportedFinding& found) {
  const checks::Finding& f = found.finding;
  return {{"rule", f.rule},
          {"scenario", f.scenario},
          {"category", f.scenario},
          {"impact", f.impact},
          {"claimed", finite(f.claimed)},
          {"recomputed", finite(f.recomputed)},
          {"bound", finite(f.bound)},
          {"where", finite(f.where)},
          {"message", f.message},
          {"evidence", finite(f.evidence)},
          {"fingerprint", found.fingerprint},
          {"occurrences", found.occurrences}};
}

Json findings_json(const std::vector<ReportedFinding>& findings) {
  Json list = Json::array();
  for (const ReportedFinding& found : findings) list.push_back(finding_json(found));
  return list;
}

Json probe_json(const Watching& watching) {
  if (watching.elapsed <= 0) return nullptr;
  return {{"seconds", watching.probe_seconds},
          {"elapsed", watching.elapsed},
          {"share", watching.probe_seconds / watching.elapsed}};
}

// "halvings"[k]: claims whose ratio lies in [2^-(k+1), 2^-k).
Json tightness_json(const Collector::Tightnesses& all) {
  Json list = Json::array();
  for (const auto& [key, tightness] : all) {
    Json bins(std::vector<std::uint64_t>(std::begin(tightness.bins), std::end(tightness.bins)));
    while (!bins.empty() && bins.back() == 0) bins.erase(bins.size() - 1);
    list.push_back({{"rule", key.first},
                    {"subject", key.second},
                    {"claims", tightness.claims},
                    {"exact", tightness.exact},
                    {"largest", tightness.largest},
                    {"halvings", std::move(bins)}});
  }
  return list;
}

Json coverage_json(const Report& report) {
  Json gaps = Json::array();
  for (const Gap& gap : report.gaps) {
    gaps.push_back({{"reason", gap.reason}, {"rule", gap.rule}, {"count", gap.count}});
  }
  Json rules = Json::object();
  for (const auto& [name, rule] : report.rules) {
    rules[name] = {
        {"agreed", rule.agreed}, {"disagreed", rule.disagreed}, {"not_checked", rule.not_checked}};
  }
  return {{"checked", report.checked()},
          {"agreed", report.agreed},
          {"disagreed", report.disagreed},
          {"not_checked", std::move(gaps)},
          {"rules", std::move(rules)},
          {"tightness", tightness_json(report.tightness)},
          {"findings_omitted", report.omitted},
          {"steps",
           {{"seen", report.watching.steps_seen}, {"recorded", report.watching.steps_recorded}}},
          {"probe", probe_json(report.watching)}};
}

Json suppressions_json(const Report& report) {
  Json list = Json::array();
  for (const Suppression& entry : report.suppressions) {
    list.push_back({{"from", entry.from},
                    {"rule", entry.rule},
                    {"file", entry.file},
                    {"layer", entry.layer},
                    {"reason", entry.reason},
                    {"hits", entry.hits}});
  }
  return list;
}

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

[[noreturn]] void fail(const std::string& path, const char* what, int error) {
  throw InputError(path + ": " + what + ": " + std::strerror(error));
}

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

}  // namespace

Json to_json(const Report& report) {
  return {{"schema", 1},
          {"findings", findings_json(report.findings)},
          {"coverage", coverage_json(report)},
          {"program",
           {{"exit", or_null(report.program.exit)}, {"signal", or_null(report.program.signal)}}},
          {"environment", finite(report.environment)},
          {"performance", finite(report.performance)},
          {"suppressed", findings_json(report.suppressed)},
          {"suppressions", suppressions_json(report)}};
}

void write_json(const Report& report, const std::string& path) {
  const std::string text =
      to_json(report).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  File owned(path == "-" ? nullptr : std::fopen(path.c_str(), "wb"), &std::fclose);
  std::FILE* file = path == "-" ? stdout : owned.get();
  if (file == nullptr) fail(path, "cannot write the JSON report", errno);
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (!written || std::fflush(file) != 0) fail(path, "cannot write the JSON report", errno);
  // Some file systems tell of a full disk only here.
  if (owned && std::fclose(owned.release()) != 0) fail(path, "cannot write the JSON report", errno);
}

void require_writable(const std::string& path) {
  if (path.empty() || path == "-") return;
  const File file(std::fopen(path.c_str(), "ab"), &std::fclose);
  if (!file) fail(path, "cannot write the JSON report", errno);
}

}  // namespace kerasan::report

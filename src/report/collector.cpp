#include "report/collector.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace kerasan::report {
namespace {

// FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/
void mix(std::uint64_t& hash, std::string_view text) {
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  hash = (hash ^ 0xffU) * 0x100000001b3ULL;  // ends the field: "ab","c" differs from "a","bc"
}

std::string field(const model::Json& where, const char* key) {
  if (!where.is_object() || !where.contains(key)) return {};
  return where[key].dump(-1, ' ', false, model::Json::error_handler_t::replace);
}

}  // namespace

std::string fingerprint(const checks::Finding& finding) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  mix(hash, finding.rule);
  mix(hash, finding.identity);
  mix(hash, field(finding.where, "file"));
  mix(hash, field(finding.where, "line"));
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

void Collector::agrees(const std::string& rule, std::uint64_t count) {
  rules_[rule].agreed += count;
}

void Collector::disagrees(checks::Finding finding) {
  ++rules_[finding.rule].disagreed;
  std::string key = fingerprint(finding);
  if (const auto it = by_fingerprint_.find(key); it != by_fingerprint_.end()) {
    ++findings_[it->second].occurrences;
    return;
  }
  if (findings_.size() >= kMaxFindings) {
    ++omitted_;
    return;
  }
  by_fingerprint_.emplace(key, findings_.size());
  findings_.push_back({std::move(finding), std::move(key), 1});
}

void Collector::not_checked(const std::string& rule, const std::string& reason,
                            std::uint64_t count) {
  rules_[rule].not_checked += count;
  const auto key = std::make_pair(rule, reason);
  const bool full = gaps_.size() >= kMaxGaps && !gaps_.contains(key);
  gaps_[full ? std::make_pair(rule, std::string("further reasons")) : key] += count;
}

void Tightness::add(double ratio) {
  largest = std::max(largest, ratio);
  ++claims;
  if (ratio == 0) {
    ++exact;
    return;
  }
  const double halvings = std::ceil(-std::log2(ratio)) - 1;
  ++bins[static_cast<int>(std::clamp(halvings, 0.0, kBins - 1.0))];
}

void Collector::measured(const std::string& rule, const std::string& subject, double ratio) {
  const auto key = std::make_pair(rule, subject);
  if (tightness_.size() >= kMaxSubjects && !tightness_.contains(key)) return;
  tightness_[key].add(ratio);
}

std::vector<Gap> Collector::gaps() const {
  std::vector<Gap> all;
  for (const auto& [key, count] : gaps_) all.push_back({key.second, key.first, count});
  // What is wrong with the recording itself comes first: it bears on all the rest.
  const auto of_recording = [](const Gap& gap) { return gap.rule == "trace"; };
  std::stable_sort(all.begin(), all.end(), [&](const Gap& a, const Gap& b) {
    return std::make_pair(of_recording(a), a.count) > std::make_pair(of_recording(b), b.count);
  });
  return all;
}

std::uint64_t Collector::agreed() const {
  std::uint64_t sum = 0;
  for (const auto& [name, rule] : rules_) sum += rule.agreed;
  return sum;
}

std::uint64_t Collector::disagreed() const {
  std::uint64_t sum = 0;
  for (const auto& [name, rule] : rules_) sum += rule.disagreed;
  return sum;
}

std::uint64_t Collector::not_checked_total() const {
  std::uint64_t sum = 0;
  for (const auto& [name, rule] : rules_) sum += rule.not_checked;
  return sum;
}

}  // namespace kerasan::report

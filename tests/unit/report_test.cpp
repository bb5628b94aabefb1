#include <gtest/gtest.h>

#include <limits>
#include <sstream>

#include "base/error.h"
#include "checks/session.h"
#include "report/json.h"
#include "report/terminal.h"

namespace kerasan::report {
namespace {

checks::Finding finding(const std::string& rule, int line, int impact = 3) {
  checks::Finding f;
  f.rule = rule;
  f.scenario = "wrong-calculation";
  f.impact = impact;
  f.claimed = 0.5;
  f.recomputed = 0.25;
  f.bound = 1e-6;
  f.where = {{"api", "Model.evaluate"}, {"call", 7}, {"file", "/home/me/train.py"}, {"line", line}};
  f.message = "evaluate says 0.5 for a loss of 0.25";
  f.identity = "loss";
  return f;
}

ReportedFinding reported(int impact) { return {finding("r", 1, impact), "0", 1}; }

TEST(Collector, KeepsTheFirstOfEqualFindingsAndCounts) {
  Collector collector;
  collector.disagrees(finding("a", 10));
  checks::Finding again = finding("a", 10);
  again.claimed = 0.75;  // another number, the same defect
  collector.disagrees(again);
  collector.disagrees(finding("a", 11));
  ASSERT_EQ(collector.findings().size(), 2U);
  EXPECT_EQ(collector.findings()[0].occurrences, 2U);
  EXPECT_EQ(collector.findings()[0].finding.claimed, 0.5);
  EXPECT_EQ(collector.disagreed(), 3U);
}

TEST(Collector, FingerprintDependsOnPlaceAndIdentityOnly) {
  checks::Finding f = finding("a", 10);
  const std::string key = fingerprint(f);
  f.where["call"] = 8;
  f.message = "other words";
  EXPECT_EQ(fingerprint(f), key);
  f.identity = "accuracy";
  EXPECT_NE(fingerprint(f), key);
  EXPECT_NE(fingerprint(finding("a", 11)), key);
  EXPECT_NE(fingerprint(finding("b", 10)), key);
}

TEST(Collector, MemoryIsBounded) {
  Collector collector;
  for (int line = 0; line < 5000; ++line) {
    collector.disagrees(finding("a", line));
    collector.not_checked("a", "reason " + std::to_string(line));
  }
  EXPECT_EQ(collector.findings().size() + collector.omitted(), 5000U);
  EXPECT_LE(collector.findings().size(), 1000U);
  EXPECT_LE(collector.gaps().size(), 2001U);
  EXPECT_EQ(collector.not_checked_total(), 5000U);
}

TEST(Report, JsonFollowsTheContract) {
  Collector collector;
  collector.disagrees(finding("a", 10));
  collector.agrees("a", 4);
  collector.not_checked("b", "no reference", 2);
  Report report = make_report(collector, {});
  report.program.exit = 0;
  const model::Json json = to_json(report);
  EXPECT_EQ(json["schema"], 1);
  EXPECT_EQ(json["findings"][0]["category"], json["findings"][0]["scenario"]);
  EXPECT_EQ(json["findings"][0]["where"]["line"], 10);
  EXPECT_EQ(json["findings"][0]["occurrences"], 1);
  EXPECT_EQ(json["coverage"]["checked"], 5);
  EXPECT_EQ(json["coverage"]["agreed"], 4);
  EXPECT_EQ(json["coverage"]["disagreed"], 1);
  EXPECT_EQ(json["coverage"]["not_checked"][0]["reason"], "no reference");
  EXPECT_EQ(json["coverage"]["not_checked"][0]["count"], 2);
  EXPECT_EQ(json["coverage"]["rules"]["b"]["not_checked"], 2);
  EXPECT_EQ(json["program"]["exit"], 0);
  EXPECT_TRUE(json["program"]["signal"].is_null());
}

TEST(Report, JsonTellsNonFiniteNumbers) {
  Collector collector;
  checks::Finding f = finding("a", 1);
  f.claimed = {std::numeric_limits<double>::quiet_NaN(), -std::numeric_limits<double>::infinity()};
  collector.disagrees(f);
  const model::Json json = to_json(make_report(collector, {}));
  EXPECT_EQ(json["findings"][0]["claimed"], model::Json({"nan", "-inf"}));
}

TEST(Report, JsonThatCannotBeWrittenIsAnInputError) {
  const Report report = make_report(Collector(), {});
  EXPECT_THROW(write_json(report, "/dev/full"), InputError);
  EXPECT_THROW(write_json(report, "/nowhere/at/all.json"), InputError);
  EXPECT_THROW(require_writable("/nowhere/at/all.json"), InputError);
}

TEST(Report, ExitStatus) {
  Report report;
  EXPECT_EQ(exit_status(report, 1), kNoFinding);
  report.nothing_checked = "nothing";
  EXPECT_EQ(exit_status(report, 1), kCannot);
  report.nothing_checked.clear();
  report.findings.push_back(reported(2));
  EXPECT_EQ(exit_status(report, 1), kFindings);
  EXPECT_EQ(exit_status(report, 2), kFindings);
  EXPECT_EQ(exit_status(report, 3), kNoFinding);
  report.program.exit = 7;
  EXPECT_EQ(exit_status(report, 1), kProgramFailed);
  EXPECT_EQ(program_words(report.program), "program exited with status 7");
  report.program = {};
  report.program.signal = 9;
  EXPECT_EQ(exit_status(report, 1), kProgramFailed);
  EXPECT_EQ(program_words(report.program), "program was killed by signal 9 (Killed)");
}

std::string printed(const Report& report, Style style = {}) {
  std::ostringstream out;
  print(out, report, style);
  return out.str();
}

TEST(Terminal, SaysWhatIsClaimedWhatIsSoAndWhere) {
  Collector collector;
  collector.disagrees(finding("loss-value", 10));
  const std::string text = printed(make_report(collector, {}));
  for (const char* part : {"1 silent bug", "0.5", "0.25", "0.25, 250000 times the bound 1e-06",
                           "look further  kerasan", "/home/me/train.py:10, in Model.evaluate",
                           "3 of 4: part of the model", "kerasan explain loss-value",
                           "checked 1 claim: 0 agree, 1 disagree"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
  EXPECT_EQ(text.find('\033'), std::string::npos);
  EXPECT_NE(printed(make_report(collector, {}), {true, false}).find('\033'), std::string::npos);
}

TEST(Terminal, ANamedNumberIsComparedAsWell) {
  Collector collector;
  checks::Finding f = finding("a", 1);
  f.claimed = {{"loss", 0.5}};
  f.recomputed = {{"loss", 0.25}};
  collector.disagrees(f);
  const std::string text = printed(make_report(collector, {}));
  EXPECT_NE(text.find("loss 0.5\n"), std::string::npos) << text;
  EXPECT_NE(text.find("0.25, 250000 times the bound"), std::string::npos) << text;
}

TEST(Terminal, StaysOnOneScreen) {
  Collector collector;
  for (int line = 0; line < 200; ++line) {
    collector.disagrees(finding("a", line));
    collector.not_checked("a", "reason " + std::to_string(line));
  }
  const std::string text = printed(make_report(collector, {}));
  EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 45) << text;
  EXPECT_NE(text.find("and 191 more"), std::string::npos) << text;
}

TEST(Terminal, RecordedTextCannotSteerTheTerminal) {
  Collector collector;
  checks::Finding f = finding("a", 1);
  f.claimed = "\033[2Jgone";
  f.message = "bad\r\033[2K";
  collector.disagrees(f);
  EXPECT_EQ(printed(make_report(collector, {})).find('\033'), std::string::npos);
}

TEST(Terminal, QuietSaysNothingWithoutAFinding) {
  EXPECT_EQ(printed(make_report(Collector(), {}), {false, true}), "");
}

class Thrower : public checks::Rule {
 public:
  const checks::RuleInfo& info() const override {
    static const checks::RuleInfo info{"thrower", "wrong-shape", 1, "text"};
    return info;
  }
  void on_event(const model::Event&, const model::Run&, checks::Verdicts&) override {
    throw InputError("bad field");
  }
};

TEST(Session, ARuleThatThrowsIsCountedAsNotChecked) {
  Collector collector;
  std::vector<std::unique_ptr<checks::Rule>> rules;
  rules.push_back(std::make_unique<Thrower>());
  checks::Session session([](const std::string&) { return std::nullopt; }, collector,
                          std::move(rules));
  session.feed({"start", 0, 1, model::Json::object()});
  session.feed({"fault", 0, 1, {{"hook", "fit"}, {"error", "ValueError: x"}}});
  session.feed({"uncovered", 0, 1, {{"reason", "subprocess"}, {"detail", "worker"}}});
  session.finish();
  EXPECT_EQ(collector.not_checked_total(), 5U);
  EXPECT_EQ(collector.gaps()[0].reason, "rule failed: bad field");
  EXPECT_EQ(collector.gaps()[0].count, 3U);
}

TEST(Collector, WhatIsWrongWithTheRecordingComesFirst) {
  Collector collector;
  collector.not_checked("layer-output", "no reference for class A", 8);
  collector.not_checked("trace", "the recording has no end", 1);
  collector.not_checked("loss-value", "no reference for class B", 9);
  const auto gaps = collector.gaps();
  ASSERT_EQ(gaps.size(), 3U);
  EXPECT_EQ(gaps[0].rule, "trace");
  EXPECT_EQ(gaps[1].rule, "loss-value");
}

// Says with a finding when it sees two processes.
class OnePidOnly : public checks::Rule {
 public:
  const checks::RuleInfo& info() const override {
    static const checks::RuleInfo info{"one-pid", "wrong-shape", 1, "text"};
    return info;
  }
  void on_event(const model::Event& event, const model::Run&, checks::Verdicts& verdicts) override {
    if (pid_ == 0) pid_ = event.pid;
    pid_ == event.pid ? verdicts.agrees("one-pid") : verdicts.disagrees(finding("one-pid", 1));
  }
  void finish(const model::Run&, checks::Verdicts& verdicts) override {
    verdicts.not_checked("one-pid", "finished");
  }

 private:
  std::int64_t pid_ = 0;
};

TEST(Sessions, ProcessesAreJudgedApart) {
  Collector collector;
  checks::Sessions sessions([](const std::string&) { return std::nullopt; }, collector,
                            [] {
                              std::vector<std::unique_ptr<checks::Rule>> rules;
                              rules.push_back(std::make_unique<OnePidOnly>());
                              return rules;
                            });
  const auto event = [](const char* kind, int pid) {
    return model::Event{kind, 0, pid, {{"kind", kind}, {"pid", pid}, {"python", "3.9"}}};
  };
  sessions.feed(event("start", 1));
  for (int pid = 2; pid < 200; ++pid) sessions.feed(event("start", pid));
  sessions.feed(event("framework", 199));
  sessions.feed(event("end", 199));
  EXPECT_FALSE(sessions.first_ended());
  sessions.feed(event("end", 1));
  sessions.finish();
  EXPECT_TRUE(sessions.first_ended());
  EXPECT_EQ(sessions.environment()["python"], "3.9");
  EXPECT_EQ(collector.disagreed(), 0U);
  EXPECT_GE(collector.not_checked_total(), 199U);  // every process was finished
}

}  // namespace
}  // namespace kerasan::report

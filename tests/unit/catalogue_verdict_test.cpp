// What follows from two reports and two witnesses.
#include <gtest/gtest.h>

#include "base/error.h"
#include "catalogue/scoreboard.h"

namespace kerasan::catalogue {
namespace {

Bug bug_with(const std::string& scenario) {
  Bug bug;
  bug.id = 7;
  bug.scenario = scenario;
  bug.state = "reproduced";
  bug.impact = 3;
  bug.present = {"2.1.0", "3.7"};
  bug.absent = Release{"2.2.0", "3.7"};
  return bug;
}

Heard heard(const std::string& rule, const std::string& scenario, const std::string& layer,
            int impact = 4) {
  Heard finding;
  finding.rule = rule;
  finding.scenario = scenario;
  finding.impact = impact;
  finding.api = "Model.fit";
  finding.layer = layer;
  finding.fingerprint = rule + layer;
  return finding;
}

Side side(const std::string& witness, std::vector<Heard> findings = {}) {
  Side made;
  made.witness = witness;
  made.findings = std::move(findings);
  return made;
}

TEST(CatalogueVerdict, FlaggedByWhatOnlyTheReleaseWithTheBugGives) {
  const Heard ours = heard("layer-output", "wrong-calculation", "dense", 4);
  const Heard always = heard("declared-output-shape", "wrong-shape", "conv");
  const Side absent = side("absent", {always});
  const Row row = judge(bug_with("wrong-calculation"), side("present", {always, ours}), &absent);
  EXPECT_TRUE(row.reproduced);
  EXPECT_EQ(row.rules, std::vector<std::string>{"layer-output"});
  EXPECT_EQ(row.impact, 4);
  EXPECT_FALSE(row.false_alarm);
  EXPECT_TRUE(row.elsewhere.empty());
  EXPECT_EQ(row.on_healthy,
            std::vector<std::string>{"wrong-shape: declared-output-shape (Model.fit, layer conv)"});
  EXPECT_EQ(verdict_words(row), "flagged");
}

TEST(CatalogueVerdict, TheSameFindingOnBothReleasesIsAFalseAlarm) {
  const Heard both = heard("layer-output", "wrong-calculation", "dense");
  Heard moved = both;
  moved.fingerprint = "another line";
  const Side absent = side("absent", {moved});
  const Row row = judge(bug_with("wrong-calculation"), side("present", {both}), &absent);
  EXPECT_FALSE(row.flagged());
  EXPECT_TRUE(row.false_alarm);
  EXPECT_EQ(verdict_words(row), "missed");
}

TEST(CatalogueVerdict, AnotherLayerIsAnotherFinding) {
  const Heard first = heard("layer-output", "wrong-calculation", "dense");
  const Heard second = heard("layer-output", "wrong-calculation", "dense_1");
  const Side absent = side("absent", {second});
  const Row row = judge(bug_with("wrong-calculation"), side("present", {first, second}), &absent);
  EXPECT_TRUE(row.flagged());
  EXPECT_FALSE(row.false_alarm);
}

TEST(CatalogueVerdict, AnotherScenarioIsNotTheStudys) {
  const Side absent = side("absent");
  const Row row = judge(bug_with("wrong-save-reload"),
                        side("present", {heard("metric-value", "wrong-calculation", "")}), &absent);
  EXPECT_FALSE(row.flagged());
  EXPECT_EQ(row.elsewhere, std::vector<std::string>{"wrong-calculation"});
  EXPECT_EQ(verdict_words(row), "heard as wrong-calculation");
}

TEST(CatalogueVerdict, ReproducedNeedsBothWitnesses) {
  const Side absent = side("present");
  const Bug bug = bug_with("wrong-shape");
  EXPECT_FALSE(judge(bug, side("present"), &absent).reproduced);
  const Side silent = side("cannot tell");
  EXPECT_FALSE(judge(bug, side("present"), &silent).reproduced);
  EXPECT_TRUE(judge(bug, side("present"), nullptr).reproduced);
  EXPECT_EQ(verdict_words(judge(bug, side(""), nullptr)), "not run");
}

TEST(CatalogueVerdict, AnOwnLoopCountsItsUpdates) {
  const nlohmann::json finding = {
      {"rule", "hyperparameter-in-effect"},
      {"scenario", "wrong-parameter-setting"},
      {"impact", 4},
      {"fingerprint", "f"},
      {"where", {{"api", "Optimizer.apply_gradients"}, {"iteration", 1}}}};
  const auto heard = findings_of({{"findings", {finding}}});
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].batch, 2);
}

TEST(CatalogueVerdict, DelayCountsFromTheFirstWrongStep) {
  Bug bug = bug_with("wrong-calculation");
  bug.first_wrong_step = 2;
  Heard late = heard("optimizer-update", "wrong-calculation", "");
  late.batch = 5;
  Heard early = heard("training-step", "wrong-calculation", "dense");
  early.batch = 3;
  EXPECT_EQ(judge(bug, side("present", {late, early}), nullptr).delay, 1);
  bug.first_wrong_step.reset();
  EXPECT_FALSE(judge(bug, side("present", {late}), nullptr).delay.has_value());
}

TEST(CatalogueVerdict, ARowComesBackAsItWas) {
  const Side absent = side("absent", {heard("layer-output", "wrong-calculation", "x")});
  Row row = judge(bug_with("wrong-shape"), side("present"), &absent);
  row.digest = "0123456789abcdef";
  row.seconds = 12.5;
  const Row again = row_from(to_json(row));
  EXPECT_EQ(again, row);
  EXPECT_EQ(again.seconds, 12.5);
}

TEST(CatalogueVerdict, AReportThatIsNoneIsRefused) {
  EXPECT_THROW(findings_of(nlohmann::json::object()), InputError);
  EXPECT_THROW(findings_of({{"findings", {{{"rule", 3}}}}}), InputError);
}

// The example of https://en.wikipedia.org/wiki/Cohen's_kappa: 50 grants, kappa 0.4.
TEST(CatalogueAgreement, KappaOfAWorkedExample) {
  std::vector<std::pair<int, int>> ratings(20, {1, 1});
  ratings.insert(ratings.end(), 5, {1, 0});
  ratings.insert(ratings.end(), 10, {0, 1});
  ratings.insert(ratings.end(), 15, {0, 0});
  const Agreement result = agreement(ratings);
  EXPECT_EQ(result.items, 50);
  EXPECT_EQ(result.equal, 35);
  EXPECT_NEAR(result.kappa.value(), 0.4, 1e-12);
}

TEST(CatalogueAgreement, NoKappaWhereChanceAloneAgrees) {
  EXPECT_FALSE(agreement({}).kappa.has_value());
  EXPECT_FALSE(agreement({{4, 4}, {4, 4}}).kappa.has_value());
  EXPECT_NEAR(agreement({{4, 4}, {3, 3}}).kappa.value(), 1, 1e-12);
}

TEST(CatalogueScoreboard, TalliesAndPageTellTheSame) {
  Scoreboard board;
  const Side absent = side("absent");
  Bug bug = bug_with("wrong-calculation");
  bug.title = "A title";
  const Side with = side("present", {heard("layer-output", "wrong-calculation", "dense", 3)});
  board.rows[7] = judge(bug, with, &absent);
  const Tally all = board.total();
  EXPECT_EQ(all.flagged, 1);
  EXPECT_EQ(board.of("wrong-shape").bugs, 0);
  EXPECT_EQ(board.impacts().equal, 1);
  const std::string text = page(board, {bug});
  EXPECT_NE(text.find("| **all** | 1 | 1 | 1 | 0 | 0 | 0 |"), std::string::npos) << text;
  EXPECT_NE(text.find("| flagged | layer-output | 3 / 3 |"), std::string::npos) << text;
}

}  // namespace
}  // namespace kerasan::catalogue

// Files loaded again in a process of their own, judged by what was live when they were saved.
#include <gtest/gtest.h>

#include <algorithm>

#include "../rule_run.h"
#include "checks/session.h"

namespace kerasan::checks {
namespace {

using model::Json;

Json snapshot(const std::string& id, const std::string& when, const std::string& digest) {
  return {{"kind", "model"},
          {"id", id},
          {"when", when},
          {"call", when == "load" ? Json() : Json(1)},
          {"class", "Sequential"},
          {"structure", "sequential"},
          {"name", "net"},
          {"path", "net.h5"},
          {"saves", "model"},
          {"stamp", {10, 20}},
          {"where", when == "load" ? Json() : Json{{"file", "net.py"}, {"line", 3}}},
          {"config", {{"name", "net"}}},
          {"layers", Json::array()},
          {"values", {{{"name", "w"}, {"shape", {1}}, {"dtype", "float32"}, {"digest", digest}}}}};
}

struct Processes {
  testing::Outcome outcome;
  Sessions sessions{nullptr, outcome};

  void feed(std::int64_t pid, const Json& body) { sessions.feed({body.at("kind"), 0, pid, body}); }
  void save(const std::string& digest) {
    feed(1, {{"kind", "start"}, {"cwd", "/"}, {"executable", "python"}});
    feed(1, {{"kind", "call"}, {"id", 1}, {"api", "Model.save"}, {"self", "model:1"}});
    feed(1, snapshot("model:1", "save", digest));
    feed(1, snapshot("model:1", "saved", digest));
    feed(1, {{"kind", "return"}, {"id", 1}});
  }
  void load(const std::string& digest, std::int64_t number = 0) {
    feed(2, {{"kind", "start"}, {"verifies", {{"pid", 1}, {"save", number}}}});
    feed(2, snapshot("model:9", "load", digest));
    sessions.finish();
  }
  const Finding* of(const std::string& rule) const {
    const auto found = std::ranges::find(outcome.findings, rule, &Finding::rule);
    return found == outcome.findings.end() ? nullptr : &*found;
  }
};

TEST(FreshReload, TheSameModelAgrees) {
  Processes processes;
  processes.save("a");
  const auto before = processes.outcome.agreed;
  processes.load("a");
  EXPECT_TRUE(processes.outcome.findings.empty());
  EXPECT_GE(processes.outcome.agreed, before + 3);
}

TEST(FreshReload, ADifferenceIsToldWhereItWasSaved) {
  Processes processes;
  processes.save("a");
  processes.load("b");
  const Finding* found = processes.of("reload-keeps-weights");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->where["file"], "net.py");
  EXPECT_EQ(found->where["line"], 3);
  EXPECT_TRUE(found->message.starts_with("In a fresh process, "));
}

TEST(FreshReload, ASaveThatIsNotKnownIsNotCompared) {
  Processes processes;
  processes.save("a");
  processes.load("b", 7);
  EXPECT_EQ(processes.of("reload-keeps-weights"), nullptr);
}

model::Event event(Json body) { return {body.at("kind"), 0, 1, body}; }

TEST(KeptSaves, TheLatestToEachPathThatSucceeded) {
  KeptSaves kept;
  for (const char* path : {"a.h5", "b.h5", "a.h5", "failed.h5"}) {
    Json before = snapshot("model:1", "save", "x"), after = snapshot("model:1", "saved", "x");
    before["path"] = after["path"] = path;
    kept.note(event(before));
    if (std::string(path) != "failed.h5") kept.note(event(after));
  }
  const auto latest = kept.latest();
  ASSERT_EQ(latest.size(), 2u);
  EXPECT_EQ(latest[0].number, 1);
  EXPECT_EQ(latest[1].number, 2);
}

TEST(KeptSaves, TheEvaluationOfTheWeightsThatWereSaved) {
  KeptSaves kept;
  for (int call = 1; call <= 2; ++call) {
    const std::string digest = call == 1 ? "x" : "moved on";
    kept.note(event(
        {{"kind", "call"}, {"id", call + 1}, {"api", "Model.evaluate"}, {"self", "model:1"}}));
    kept.note(event(
        {{"kind", "step"}, {"call", call}, {"weights", {{"variable:1", {{"$tensor", digest}}}}}}));
    kept.note(event({{"kind", "return"}, {"id", call + 1}}));
  }
  kept.note(event(snapshot("model:1", "save", "x")));
  kept.note(event(snapshot("model:1", "saved", "x")));
  const auto* evaluation = kept.evaluation_of(kept.latest().at(0), "Model.evaluate");
  ASSERT_NE(evaluation, nullptr);
  EXPECT_EQ(evaluation->events.front().body["id"], 2);
  EXPECT_EQ(kept.story(kept.latest().at(0)).size(), 5u);
}

}  // namespace
}  // namespace kerasan::checks

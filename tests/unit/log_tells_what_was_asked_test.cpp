#include <gtest/gtest.h>

#include "../rule_run.h"

namespace kerasan {
namespace {

using model::Json;

constexpr const char* kDumped =
    "2020-05-01 10:00:00.123456: I tensorflow/core/profiler/save.cc:174] Dumped data to "
    "/tmp/logs/train/plugins/profile/2020/trace.json.gz";

testing::Outcome judge(const Json& given, const std::string& line) {
  Json call = Json::parse(R"({"kind": "call", "id": 3, "parent": null, "api": "Model.fit",
    "self": "model:1", "args": {"callbacks": {"given": true, "v": [
      {"$object": "keras.callbacks.TensorBoard", "builtin": true, "given": ["log_dir"],
       "config": {"log_dir": "/tmp/logs", "model": null}}]}},
    "where": {"file": "train.py", "line": 20, "function": "<module>"}})");
  Json& callback = call["args"]["callbacks"]["v"][0];
  if (given.is_null())
    callback.erase("given");
  else
    callback["given"] = given;
  const Json text = {{"kind", "text"}, {"stream", "native"}, {"call", 3}, {"text", line}};
  const Json end = Json::parse(R"({"kind": "return", "id": 3, "result": null, "error": null})");
  return testing::run_rule("log-tells-what-was-asked", {call, text, text, end});
}

TEST(LogTellsWhatWasAsked, FilesThatNobodyAskedFor) {
  const auto outcome = judge({"log_dir"}, kDumped);
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings[0].scenario, "wrong-displayed-message");
  EXPECT_EQ(outcome.findings[0].where["line"], 20);
  EXPECT_NE(outcome.findings[0].message.find("2 lines"), std::string::npos);
  EXPECT_EQ(judge({"log_dir", "write_graph"}, kDumped).findings.size(), 1U);
}

TEST(LogTellsWhatWasAsked, FilesThatAnArgumentIsAbout) {
  const auto outcome = judge({"log_dir", "profile_batch"}, kDumped);
  EXPECT_TRUE(outcome.findings.empty());
  EXPECT_EQ(outcome.agreed, 2U);
}

TEST(LogTellsWhatWasAsked, OtherLinesAreNotLookedAt) {
  for (const std::string line :
       {"2020-05-01 10:00:00.123456: I tensorflow/a.cc:1] Opened /usr/lib/libcudart.so",
        "2020-05-01 10:00:00.123456: W tensorflow/a.cc:1] cannot write /tmp/logs/train/x"}) {
    const auto outcome = judge({"log_dir"}, line);
    EXPECT_TRUE(outcome.findings.empty()) << line;
    EXPECT_EQ(outcome.agreed + outcome.skipped, 0U) << line;
  }
}

TEST(LogTellsWhatWasAsked, UnknownArgumentsAreNotChecked) {
  const auto outcome = judge(nullptr, kDumped);
  EXPECT_TRUE(outcome.findings.empty());
  EXPECT_EQ(outcome.skipped, 2U);
}

}  // namespace
}  // namespace kerasan

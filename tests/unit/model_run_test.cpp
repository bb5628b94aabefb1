#include <gtest/gtest.h>

#include "base/error.h"
#include "model/convert.h"
#include "model/run.h"

namespace kerasan::model {
namespace {

model::Run plain_run() {
  return model::Run([](const std::string& digest) -> std::optional<Tensor> {
    if (digest == "lost") return std::nullopt;
    const double value = digest.back();
    return Tensor::from_doubles(DType::kFloat64, {1}, std::span(&value, 1));
  });
}

Event event(Json body) { return to_event(std::move(body)); }

TEST(Run, FollowsACallFromBeginningToReturn) {
  model::Run run = plain_run();
  run.apply(event({{"kind", "call"},
                   {"t", 1.5},
                   {"pid", 3},
                   {"id", 1},
                   {"parent", nullptr},
                   {"api", "Model.fit"},
                   {"self", "model:1"},
                   {"args", {{"epochs", {{"v", 2}, {"given", true}}}}},
                   {"where", {{"file", "a.py"}, {"line", 4}, {"function", "main"}}}}));
  const Call* call = run.call(3, 1);
  ASSERT_NE(call, nullptr);
  EXPECT_EQ(call->api, "Model.fit");
  EXPECT_EQ(call->where.line, 4);
  EXPECT_EQ(call->args["epochs"]["v"], 2);
  EXPECT_FALSE(call->ended);
  EXPECT_EQ(run.call(4, 1), nullptr);
  run.apply(event({{"kind", "return"},
                   {"pid", 3},
                   {"id", 1},
                   {"result", 7},
                   {"error", nullptr},
                   {"seconds", 0.5},
                   {"rss", 100}}));
  EXPECT_TRUE(call->ended);
  EXPECT_EQ(call->result, 7);
  EXPECT_EQ(call->error, "");
  EXPECT_EQ(call->resources["rss"], 100);
}

TEST(Run, RefusesFieldsOfTheWrongType) {
  model::Run run = plain_run();
  for (const char* text :
       {R"({"kind":"call","id":"1","api":"x"})", R"({"kind":"call","id":1})",
        R"({"kind":"call","id":1,"api":[]})", R"({"kind":"call","id":1,"api":"x","where":3})",
        R"({"kind":"call","id":1,"api":"x","args":[]})", R"({"kind":"return","id":99})",
        R"({"kind":"model"})", R"({"kind":"model","id":{}})", R"({"kind":1})", R"({})", R"([])",
        R"({"kind":"x","t":"now"})", R"({"kind":"x","pid":0.5})"})
    EXPECT_THROW(run.apply(event(Json::parse(text))), InputError) << text;
  EXPECT_NO_THROW(run.apply(event({{"kind", "of the future"}})));
}

TEST(Run, KeepsModelsOfTwoProcessesApart) {
  model::Run run = plain_run();
  run.apply(event(
      {{"kind", "model"}, {"pid", 1}, {"id", "model:1"}, {"class", "Sequential"}, {"name", "a"}}));
  run.apply(event(
      {{"kind", "model"}, {"pid", 2}, {"id", "model:1"}, {"class", "Sequential"}, {"name", "b"}}));
  EXPECT_EQ(run.model("model:1")->name, "b");
  EXPECT_EQ(run.model(1, "model:1")->name, "a");
  EXPECT_EQ(run.model("model:2"), nullptr);
}

TEST(Run, ForgetsOldFinishedCallsButNoAncestorOfOneInProgress) {
  model::Run run = plain_run();
  const auto begin = [&](int id, Json parent) {
    run.apply(event({{"kind", "call"}, {"pid", 1}, {"id", id}, {"parent", parent}, {"api", "x"}}));
  };
  const auto end = [&](int id) { run.apply(event({{"kind", "return"}, {"pid", 1}, {"id", id}})); };
  begin(1, nullptr);
  begin(2, 1);
  begin(3, 2);  // stays open while 1 and 2 have ended
  end(2);
  end(1);
  for (int id = 10; id < 30000; ++id) {
    begin(id, nullptr);
    end(id);
  }
  int kept = 0;
  for (int id = 0; id < 30000; ++id) kept += run.call(1, id) != nullptr;
  EXPECT_LE(kept, 11000);
  EXPECT_GE(kept, 10000);
  for (int id : {1, 2, 3, 29999}) EXPECT_NE(run.call(1, id), nullptr) << id;
}

TEST(Run, ForgetsOldModels) {
  model::Run run = plain_run();
  for (int i = 0; i < 5000; ++i)
    run.apply(event({{"kind", "model"}, {"id", "model:" + std::to_string(i)}}));
  EXPECT_EQ(run.model("model:0"), nullptr);
  EXPECT_NE(run.model("model:4999"), nullptr);
  EXPECT_NE(run.model("model:4100"), nullptr);
}

TEST(Run, ResolvesTensorsDepthFirst) {
  const model::Run run = plain_run();
  const Json value = Json::parse(
      R"({"b":{"$tensor":"2"},"a":[{"$tuple":[{"$tensor":"1"}]},{"$array":{"shape":[1]}},{"$tensor":"lost"}]})");
  const auto found = run.tensors(value);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].to_doubles()[0], '1');
  EXPECT_EQ(found[1].to_doubles()[0], '2');
  EXPECT_FALSE(run.tensor(Json(3)));
  EXPECT_FALSE(run.tensor(Json::parse(R"({"$tensor":3})")));
}

}  // namespace
}  // namespace kerasan::model

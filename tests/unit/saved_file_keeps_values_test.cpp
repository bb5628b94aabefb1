// Rules saved-file-keeps-values and saved-file-keeps-config, and the digests that the first
// compares by.
#include <gtest/gtest.h>

#include <functional>

#include "../rule_run.h"
#include "../saved_files.h"
#include "base/digest.h"

namespace kerasan::checks {
namespace {

using model::Json;

std::string digest(const Shape& shape, const std::vector<float>& values) {
  return digest_of(DType::kFloat32, shape, std::as_bytes(std::span(values)));
}

TEST(DigestTest, IsThatOfTheProbe) {
  EXPECT_EQ(digest({2}, {1, 2}), "36236176badeecb8407dbe06695bb6ce");  // hashlib.blake2b
  const std::int64_t three = 3;
  EXPECT_EQ(digest_of(DType::kInt64, {}, std::as_bytes(std::span(&three, 1))),
            "1a335c4168949cb1daf64d5b00a5ec33");
}

Json value(const std::string& name, const Shape& shape, const std::vector<float>& values) {
  return {{"id", name},
          {"name", name},
          {"shape", shape},
          {"dtype", "float32"},
          {"digest", digest(shape, values)}};
}

// What a rule says of a file of write_dense, or of another, that such a model saved.
testing::Outcome judged(const std::string& rule_name, const Json& live,
                        const std::function<void(testing::H5Writer&)>& write = testing::write_dense,
                        const std::string& name = "m.h5") {
  const testing::Folder folder;
  {
    testing::H5Writer file(folder / "m.h5");
    write(file);
  }
  const std::string bytes = testing::slurp(folder / "m.h5");
  std::vector<std::byte> raw(bytes.size());
  std::memcpy(raw.data(), bytes.data(), bytes.size());
  const Shape shape{static_cast<std::int64_t>(raw.size())};
  const Tensor tensor(DType::kUInt8, shape,
                      std::make_shared<const std::vector<std::byte>>(std::move(raw)));
  Json save{{"kind", "model"},
            {"when", "save"},
            {"id", "model:1"},
            {"class", "Sequential"},
            {"name", "m"}};
  save.update(live);
  const Json saved{
      {"kind", "saved_file"}, {"model", "model:1"},
      {"path", "m.h5"},       {"saves", "model"},
      {"call", nullptr},      {"files", {{{"name", name}, {"bytes", {{"$tensor", "file"}}}}}}};
  testing::Outcome outcome;
  model::Run run([&](const std::string&) { return std::optional(tensor); });
  for (auto& rule : make_rules()) {
    if (rule->info().name != rule_name) continue;
    for (const Json& body : {save, saved}) {
      const model::Event event{body["kind"], 0, 1, body};
      run.apply(event);
      rule->on_event(event, run, outcome);
    }
  }
  return outcome;
}

testing::Outcome outcome_of(const std::vector<float>& bias, const std::string& name = "m.h5") {
  const Json values{value("kernel", {3, 2}, {1, 2, 3, 4, 5, 6}), value("bias", {2}, bias)};
  return judged("saved-file-keeps-values", {{"values", values}}, testing::write_dense, name);
}

TEST(SavedFileKeepsValues, AgreesWhereEveryWeightIsThere) {
  const auto outcome = outcome_of({0.5F, -0.5F});
  EXPECT_EQ(outcome.agreed, 2U);
  EXPECT_TRUE(outcome.findings.empty());
}

TEST(SavedFileKeepsValues, NamesTheWeightThatIsAnother) {
  const auto outcome = outcome_of({0.5F, -0.25F});
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings[0].recomputed, Json::parse(R"(["bias"])"));
}

TEST(SavedFileKeepsValues, LowRankMatricesMayHaveBeenMerged) {
  const Json values{value("kernel", {3, 2}, {9, 2, 3, 4, 5, 6}), value("bias", {2}, {0.5F, -0.5F})};
  const Json layers{{{"id", "layer:1"}, {"name", "dense"}, {"config", {{"lora_rank", 2}}}}};
  const auto outcome = judged("saved-file-keeps-values", {{"values", values}, {"layers", layers}});
  EXPECT_TRUE(outcome.findings.empty());
  EXPECT_EQ(outcome.skipped, 1U);
}

TEST(SavedFileKeepsValues, WritesNothingOutsideItsFolder) {
  const auto outcome = outcome_of({0.5F, -0.5F}, "../m.h5");
  EXPECT_EQ(outcome.skipped, 1U);
}

// Two weights of one shape, of one layer or of two, whose values changed places on the way.
TEST(SavedFileKeepsValues, NamesWeightsThatChangedPlaces) {
  const auto two = [](std::vector<float> first, std::vector<float> second, bool one_layer) {
    return [=](testing::H5Writer& file) {
      const std::string other = one_layer ? "a" : "b";
      file.data("a/a/beta:0", {2}, first);
      file.data(other + "/" + other + "/gamma:0", {2}, second);
      std::vector<std::string> layers{"a"};
      if (!one_layer) layers.push_back("b");
      file.texts("/", "layer_names", layers);
      if (one_layer) {
        file.texts("a", "weight_names", {"a/beta:0", "a/gamma:0"});
      } else {
        file.texts("a", "weight_names", {"a/beta:0"});
        file.texts("b", "weight_names", {"b/gamma:0"});
      }
    };
  };
  for (const bool one_layer : {true, false}) {
    const std::string gamma = one_layer ? "a/gamma:0" : "b/gamma:0";
    const Json one{{"id", "a/beta:0"}, {"name", "a/beta:0"}}, other{{"id", gamma}, {"name", gamma}};
    const Json layers = one_layer ? Json{{{"name", "a"}, {"weights", {one, other}}}}
                                  : Json{{{"name", "a"}, {"weights", Json::array({one})}},
                                         {{"name", "b"}, {"weights", Json::array({other})}}};
    const Json live{{"values", {value("a/beta:0", {2}, {1, 2}), value(gamma, {2}, {3, 4})}},
                    {"layers", layers}};
    const std::string rule = "saved-file-keeps-values";
    EXPECT_TRUE(judged(rule, live, two({1, 2}, {3, 4}, one_layer)).findings.empty());
    const auto outcome = judged(rule, live, two({3, 4}, {1, 2}, one_layer));
    ASSERT_EQ(outcome.findings.size(), 1U);
    EXPECT_EQ(outcome.findings[0].recomputed, Json({"a/beta:0", gamma}));
  }
}

TEST(SavedFileKeepsValues, NamesStatesThatChangedPlaces) {
  const auto write = [](testing::H5Writer& file) {
    testing::write_dense(file);
    file.data("optimizer_weights/adam/b_m:0", {2}, {1, 2});
    file.data("optimizer_weights/adam/b_v:0", {2}, {3, 4});
    file.texts("optimizer_weights", "weight_names", {"adam/b_m:0", "adam/b_v:0"});
  };
  const auto live = [](std::vector<float> m, std::vector<float> v) -> Json {
    const Json values{value("kernel", {3, 2}, {1, 2, 3, 4, 5, 6}), value("bias", {2}, {0.5, -0.5})};
    return {{"values", values},
            {"optimizer_state", {{"variables", {value("m", {2}, m), value("v", {2}, v)}}}}};
  };
  const std::string rule = "saved-file-keeps-values";
  const auto same = judged(rule, live({1, 2}, {3, 4}), write);
  EXPECT_EQ(same.agreed, 4U);
  EXPECT_TRUE(same.findings.empty());
  const auto other = judged(rule, live({3, 4}, {1, 2}), write);
  ASSERT_EQ(other.findings.size(), 1U);
  EXPECT_EQ(other.findings[0].recomputed, Json({"m", "v"}));
}

TEST(SavedFileKeepsConfig, ComparesWithTheConfigThatTheModelTold) {
  Json config = Json::parse(testing::dense_config())["config"];
  Json& dense = config["layers"][0]["config"];
  dense["batch_input_shape"] = {{"$tuple", {nullptr, 3}}};
  dense["dtype"] = {{"$dtype", "float32"}};
  const std::string rule = "saved-file-keeps-config";
  const auto same = judged(rule, {{"config", config}});
  EXPECT_EQ(same.agreed, 1U);
  EXPECT_TRUE(same.findings.empty());

  dense["activation"] = "relu";
  const auto other = judged(rule, {{"config", config}});
  ASSERT_EQ(other.findings.size(), 1U);
  EXPECT_EQ(other.findings[0].claimed, "linear");
  EXPECT_EQ(other.findings[0].recomputed, "relu");

  dense["activation"] = {{"$function", "f"}};  // what it is, an event cannot tell
  EXPECT_TRUE(judged(rule, {{"config", config}}).findings.empty());
}

}  // namespace
}  // namespace kerasan::checks

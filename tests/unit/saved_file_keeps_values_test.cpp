// Rule saved-file-keeps-values, and the digests that it compares by.
#include <gtest/gtest.h>

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

// A file of write_dense, saved by a model with this bias.
testing::Outcome outcome_of(const std::vector<float>& bias, const std::string& name = "m.h5") {
  const testing::Folder folder;
  {
    testing::H5Writer file(folder / "m.h5");
    testing::write_dense(file);
  }
  const std::string bytes = testing::slurp(folder / "m.h5");
  std::vector<std::byte> raw(bytes.size());
  std::memcpy(raw.data(), bytes.data(), bytes.size());
  const Shape shape{static_cast<std::int64_t>(raw.size())};
  const Tensor tensor(DType::kUInt8, shape,
                      std::make_shared<const std::vector<std::byte>>(std::move(raw)));
  const Json save{
      {"kind", "model"},
      {"when", "save"},
      {"id", "model:1"},
      {"values", {value("kernel", {3, 2}, {1, 2, 3, 4, 5, 6}), value("bias", {2}, bias)}}};
  const Json saved{
      {"kind", "saved_file"}, {"model", "model:1"},
      {"path", "m.h5"},       {"saves", "model"},
      {"call", nullptr},      {"files", {{{"name", name}, {"bytes", {{"$tensor", "file"}}}}}}};
  testing::Outcome outcome;
  model::Run run([&](const std::string&) { return std::optional(tensor); });
  for (auto& rule : make_rules()) {
    if (rule->info().name != "saved-file-keeps-values") continue;
    for (const Json& body : {save, saved}) rule->on_event({body["kind"], 0, 1, body}, run, outcome);
  }
  return outcome;
}

TEST(SavedFileKeepsValues, AgreesWhereEveryWeightIsThere) {
  const auto outcome = outcome_of({0.5F, -0.5F});
  EXPECT_EQ(outcome.agreed, 1U);
  EXPECT_TRUE(outcome.findings.empty());
}

TEST(SavedFileKeepsValues, NamesTheWeightThatIsAnother) {
  const auto outcome = outcome_of({0.5F, -0.25F});
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings[0].recomputed, Json::parse(R"(["bias"])"));
}

TEST(SavedFileKeepsValues, WritesNothingOutsideItsFolder) {
  const auto outcome = outcome_of({0.5F, -0.5F}, "../m.h5");
  EXPECT_EQ(outcome.skipped, 1U);
}

}  // namespace
}  // namespace kerasan::checks

#include "report/suppress.h"

#include <gtest/gtest.h>

#include <sstream>

#include "base/error.h"

namespace kerasan::report {
namespace {

std::vector<Suppression> parse(const std::string& text) {
  std::istringstream in(text);
  return parse_suppressions(in, "kerasan.supp");
}

std::string error_of(const std::string& text) {
  try {
    parse(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

ReportedFinding found(const std::string& rule, const std::string& layer = "") {
  ReportedFinding f;
  f.finding.rule = rule;
  f.finding.where = {{"file", "/home/me/project/train.py"}, {"line", 3}};
  if (!layer.empty()) f.finding.where["layer"] = layer;
  f.occurrences = 3;
  return f;
}

TEST(Suppress, BothFormatsAndComments) {
  const auto all = parse(
      "# known\n\n  rule=loss-value file=*.py reason=known since May = ok\r\n"
      "{\"layer\": \"dense_*\", \"reason\": \"teacher\"}\n");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].rule, "loss-value");
  EXPECT_EQ(all[0].file, "*.py");
  EXPECT_EQ(all[0].reason, "known since May = ok");
  EXPECT_EQ(all[0].from, "kerasan.supp:3");
  EXPECT_EQ(all[1].layer, "dense_*");
}

TEST(Suppress, ErrorsNameTheLine) {
  EXPECT_EQ(error_of("\nrule=a\n"), "kerasan.supp:2: a suppression needs reason=TEXT");
  EXPECT_EQ(error_of("rule=a reason= \n"), "kerasan.supp:1: a suppression needs reason=TEXT");
  EXPECT_NE(error_of("reason=all of it\n").find("at least one of"), std::string::npos);
  EXPECT_NE(error_of("rule=a line=4 reason=x\n").find("unknown field \"line\""), std::string::npos);
  EXPECT_NE(error_of("loss-value reason\n").find("expected NAME=VALUE"), std::string::npos);
  EXPECT_NE(error_of("{\"rule\": 1}\n").find("not a string"), std::string::npos);
  EXPECT_NE(error_of("{\"rule\"\n").find("not a JSON object"), std::string::npos);
}

TEST(Suppress, HidesMatchesOnlyAndCountsThem) {
  auto entries = parse("rule=loss-* file=train.py reason=x\nrule=other reason=y\n");
  const Split split = apply_suppressions({found("loss-value"), found("shape")}, entries);
  ASSERT_EQ(split.shown.size(), 1U);
  EXPECT_EQ(split.shown[0].finding.rule, "shape");
  EXPECT_EQ(split.suppressed.size(), 1U);
  EXPECT_EQ(entries[0].hits, 3U);
  EXPECT_EQ(entries[1].hits, 0U);
}

TEST(Suppress, ALayerPatternNeedsALayer) {
  auto entries = parse("layer=dense_* reason=x\n");
  const Split split = apply_suppressions({found("a"), found("a", "dense_1")}, entries);
  EXPECT_EQ(split.shown.size(), 1U);
  EXPECT_EQ(split.suppressed.size(), 1U);
}

TEST(Suppress, AMissingFileIsAnInputError) {
  EXPECT_THROW(read_suppressions("/nowhere.supp"), InputError);
}

}  // namespace
}  // namespace kerasan::report

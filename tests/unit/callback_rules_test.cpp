// plateau-as-asked and early-stopping-as-asked.
#include <gtest/gtest.h>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

Json callback(const std::string& cls, Json settings, bool builtin = true) {
  return {{"$object", "keras.callbacks." + cls}, {"builtin", builtin}, {"config", settings}};
}

Collected fit(const Json& callbacks, const Json& history, int epochs,
              const std::vector<std::string>& text = {}) {
  Program p;
  p.emit("call", {{"id", 1},
                  {"api", "Model.fit"},
                  {"args", {{"epochs", {{"v", epochs}}}, {"callbacks", {{"v", callbacks}}}}},
                  {"where", {{"file", "p.py"}, {"line", 4}}}});
  for (const auto& line : text)
    p.emit("text", {{"call", 1}, {"stream", "stdout"}, {"origin", "framework"}, {"text", line}});
  Json ran = Json::array();
  for (std::size_t i = 0; i < history["loss"].size(); ++i) ran.push_back(i);
  p.emit("return", {{"id", 1}, {"result", {{"history", history}, {"epoch", ran}}}});
  return p.verdicts;
}

constexpr char kPlateau[] = "plateau-as-asked";

Json plateau(double floor = 0.001, double cooldown = 0) {
  return Json::array({callback("ReduceLROnPlateau", {{"monitor", "loss"},
                                                     {"monitor_op", {{"$function", "less"}}},
                                                     {"factor", 0.5},
                                                     {"patience", 2},
                                                     {"min_delta", 0.1},
                                                     {"min_lr", floor},
                                                     {"cooldown", cooldown}})});
}

const Json kFlat{1.0, 1.01, 1.02, 1.03, 1.04, 1.05};

TEST(PlateauAsAsked, RatesFromTheLogs) {
  const Json due{0.01, 0.01, 0.01, 0.005f, 0.005f, 0.0025f};
  EXPECT_EQ(fit(plateau(), {{"loss", kFlat}, {"lr", due}}, 6).agreed[kPlateau], 5u);
  EXPECT_TRUE(fit(plateau(0, 1), {{"loss", kFlat}, {"lr", due}}, 6).of(kPlateau).empty());
  const Json kept{0.01, 0.01, 0.01, 0.01, 0.01, 0.01};
  EXPECT_EQ(fit(plateau(), {{"loss", kFlat}, {"lr", kept}}, 6).of(kPlateau).size(), 1u);
}

TEST(PlateauAsAsked, AReductionThatIsNone) {
  const Json floor{0.001f, 0.001f, 0.001f, 0.001f, 0.001f, 0.001f};
  const Json history{{"loss", kFlat}, {"lr", floor}};
  EXPECT_EQ(fit(plateau(), history, 6).agreed[kPlateau], 5u);
  const auto found = fit(plateau(), history, 6,
                         {"\nEpoch 00003: ReduceLROnPlateau reducing learning rate to 0.001.\n"})
                         .of(kPlateau);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].where["line"], 4);
}

TEST(PlateauAsAsked, OtherHandsOnTheRate) {
  Json both = plateau();
  both.push_back(callback("Own", Json::object(), false));
  const Json kept{0.01, 0.01, 0.01, 0.01, 0.01, 0.01};
  EXPECT_TRUE(fit(both, {{"loss", kFlat}, {"lr", kept}}, 6).of(kPlateau).empty());
}

constexpr char kStop[] = "early-stopping-as-asked";

Json stopping(int patience, const Json& more = nullptr) {
  Json out = Json::array({callback(
      "EarlyStopping",
      {{"monitor", "loss"}, {"patience", patience}, {"min_delta", -0.1}, {"baseline", nullptr}})});
  if (!more.is_null()) out.push_back(more);
  return out;
}

TEST(EarlyStoppingAsAsked, TheEpochThatIsDue) {
  EXPECT_EQ(fit(stopping(2), {{"loss", {1.0, 1.01, 1.02}}}, 9).agreed[kStop], 1u);
  EXPECT_EQ(fit(stopping(2), {{"loss", {1.0, 0.8, 0.6}}}, 3).agreed[kStop], 1u);
  EXPECT_EQ(fit(stopping(2), {{"loss", {1.0, 1.01, 1.02, 1.03}}}, 9).of(kStop).size(), 1u);
  EXPECT_EQ(fit(stopping(2), {{"loss", {1.0, 0.8, 0.6}}}, 9).of(kStop).size(), 1u);
}

TEST(EarlyStoppingAsAsked, OtherReasonsAndCloseCalls) {
  const Json own = callback("Own", Json::object(), false);
  EXPECT_TRUE(fit(stopping(2, own), {{"loss", {1.0, 0.8, 0.6}}}, 9).of(kStop).empty());
  EXPECT_TRUE(fit(stopping(1), {{"loss", {1.0, 0.9}}}, 9).of(kStop).empty());
}

}  // namespace
}  // namespace kerasan::testing

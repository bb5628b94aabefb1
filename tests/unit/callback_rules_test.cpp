// plateau-as-asked, early-stopping-as-asked, checkpoint-as-asked, announced-rate,
// schedule-as-asked.
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

TEST(PlateauAsAsked, ACooldownByEitherReading) {
  const Json patient{0.01, 0.01, 0.01, 0.005, 0.005, 0.005};
  EXPECT_EQ(fit(plateau(0, 9), {{"loss", kFlat}, {"lr", patient}}, 6).agreed[kPlateau], 5u);
  const Json early{0.01, 0.01, 0.01, 0.005, 0.005, 0.0025};
  EXPECT_EQ(fit(plateau(0, 3), {{"loss", kFlat}, {"lr", early}}, 6).of(kPlateau).size(), 1u);
  const Json never{0.01, 0.01, 0.01, 0.01, 0.01, 0.01};
  EXPECT_EQ(fit(plateau(0, 1), {{"loss", kFlat}, {"lr", never}}, 6).of(kPlateau).size(), 1u);
  const Json better{1.0, 1.01, 1.02, 0.5, 1.04, 1.05};
  EXPECT_TRUE(fit(plateau(0, 3), {{"loss", better}, {"lr", early}}, 6).of(kPlateau).empty());
}

constexpr char kCheckpoint[] = "checkpoint-as-asked";

Json checkpoint(bool best_only, const char* op = "less") {
  return callback("ModelCheckpoint", {{"monitor", "val_loss"},
                                      {"monitor_op", {{"$function", op}}},
                                      {"save_best_only", best_only},
                                      {"best", {{"$float", *op == 'l' ? "inf" : "-inf"}}},
                                      {"filepath", "w-{epoch:02d}.h5"},
                                      {"save_freq", "epoch"},
                                      {"period", 1}});
}

Collected saving(const Json& callbacks, const Json& values, const std::vector<int>& saves,
                 const std::vector<std::string>& text = {}) {
  Program p;
  p.emit("call", {{"id", 1},
                  {"api", "Model.fit"},
                  {"args", {{"epochs", {{"v", 3}}}, {"callbacks", {{"v", callbacks}}}}},
                  {"where", {{"file", "p.py"}, {"line", 4}}}});
  for (const int epoch : saves)
    p.emit("inner_save", {{"call", 1}, {"epoch", epoch}, {"path", "w-0.h5"}, {"saves", "model"}});
  for (const auto& line : text)
    p.emit("text", {{"call", 1}, {"stream", "stdout"}, {"origin", "framework"}, {"text", line}});
  p.emit("return",
         {{"id", 1}, {"result", {{"history", {{"val_loss", values}}}, {"epoch", {0, 1, 2}}}}});
  return p.verdicts;
}

TEST(CheckpointAsAsked, SavesTheBest) {
  const Json values{0.5, 0.7, 0.3}, one = Json::array({checkpoint(true)});
  EXPECT_EQ(saving(one, values, {0, 2}).agreed[kCheckpoint], 3u);
  EXPECT_EQ(saving(one, values, {0, 1, 2}).of(kCheckpoint).size(), 1u);
  EXPECT_EQ(saving(one, values, {0}).of(kCheckpoint).size(), 1u);
  const Json up = Json::array({checkpoint(true, "greater")});
  EXPECT_EQ(saving(up, values, {0, 1}).agreed[kCheckpoint], 3u);
  EXPECT_EQ(saving(up, values, {0, 2}).of(kCheckpoint).size(), 1u);
}

TEST(CheckpointAsAsked, SavesEveryEpoch) {
  const Json values{0.5, 0.7, 0.3}, one = Json::array({checkpoint(false)});
  EXPECT_EQ(saving(one, values, {0, 1, 2}).agreed[kCheckpoint], 3u);
  EXPECT_EQ(saving(one, values, {0, 2}).of(kCheckpoint).size(), 1u);
  EXPECT_TRUE(saving(one, values, {}).of(kCheckpoint).empty());  // not seen
}

TEST(CheckpointAsAsked, AnnouncesWhatIsSo) {
  const Json values{0.51234567, 0.7, 0.3}, one = Json::array({checkpoint(true)});
  const std::string first = "\nEpoch 1: val_loss improved from inf to 0.51235, saving model to w\n",
                    none =
                        "\nEpoch 00001: val_loss improved from None to 0.51235, saving model to w",
                    second = "\nEpoch 2: val_loss did not improve from 0.51235\n",
                    third =
                        "\nEpoch 3: val_loss improved from 0.51235 to 0.30000, saving model to w";
  EXPECT_EQ(saving(one, values, {}, {first, second, third}).agreed[kCheckpoint], 3u);
  EXPECT_EQ(saving(one, values, {}, {none, second, third}).agreed[kCheckpoint], 3u);
  const std::string lies[] = {
      "\nEpoch 3: val_loss improved from 0.70000 to 0.30000, saving model to w",
      "\nEpoch 3: val_loss improved from 0.51235 to 0.31000, saving model to w",
      "\nEpoch 3: val_loss did not improve from 0.51235\n"};
  for (const std::string& lie : lies)
    EXPECT_EQ(saving(one, values, {}, {first, second, lie}).of(kCheckpoint).size(), 1u) << lie;
}

TEST(CallbackLines, OfACheckpoint) {
  const Json values{0.51234567, 0.7, 0.3}, one = Json::array({checkpoint(true)});
  const std::string first = "\nEpoch 1: val_loss improved from inf to 0.51235, saving model to w";
  EXPECT_TRUE(saving(one, values, {0, 2}, {first}).of("callback-lines").empty());
  const auto lie = saving(one, values, {0, 2},
                          {"\nEpoch 1: val_loss improved from inf to 0.61235, saving model to w"});
  EXPECT_EQ(lie.of("callback-lines").size(), 1u);
  EXPECT_TRUE(lie.of(kCheckpoint).empty());  // it saved as asked
}

Collected lines(const std::vector<std::pair<int, std::string>>& shown) {
  Program p;
  p.emit("call", {{"id", 1},
                  {"api", "Model.fit"},
                  {"args", {{"epochs", {{"v", 9}}}}},
                  {"where", {{"file", "p.py"}, {"line", 4}}}});
  int ended = 0;
  for (const auto& [after, text] : shown) {
    for (; ended < after; ++ended)
      p.emit("phase", {{"call", 1}, {"phase", "train"}, {"epoch", ended}, {"steps", 2}});
    p.emit("text", {{"call", 1}, {"stream", "stdout"}, {"origin", "framework"}, {"text", text}});
  }
  return p.verdicts;
}

TEST(CallbackLines, NameTheEpoch) {
  const std::string rate = ": LearningRateScheduler setting learning rate to 0.1.";
  const auto healthy = lines({{0, "\nEpoch 1" + rate},
                              {1, "\nEpoch 00002" + rate},
                              {2, "\nEpoch 3: ReduceLROnPlateau reducing learning rate to 0.1."},
                              {3, "Epoch 3: early stopping"},
                              {3, "Epoch 7/9"}});
  EXPECT_EQ(healthy.agreed.at("callback-lines"), 4u);
  EXPECT_TRUE(healthy.of("callback-lines").empty());
  EXPECT_EQ(lines({{1, "\nEpoch 1" + rate}}).of("callback-lines").size(), 1u);
  EXPECT_EQ(lines({{3, "Epoch 4: early stopping"}}).of("callback-lines").size(), 1u);
}

TEST(CheckpointAsAsked, OtherHandsOnTheLogs) {
  const Json own = Json::array({checkpoint(true), callback("Own", Json::object(), false)});
  EXPECT_TRUE(saving(own, {0.5, 0.7, 0.3}, {0, 1, 2}).of(kCheckpoint).empty());
  const Json two = Json::array({checkpoint(true), checkpoint(false)});
  EXPECT_TRUE(saving(two, {0.5, 0.7, 0.3}, {0, 1, 2}).of(kCheckpoint).empty());
}

Collected announced(const std::string& text, double rate, bool builtin = true) {
  Program p;
  const Json callbacks = Json::array({callback("LearningRateScheduler", Json::object(), builtin)});
  p.emit("call", {{"id", 1},
                  {"api", "Model.fit"},
                  {"args", {{"callbacks", {{"v", callbacks}}}}},
                  {"where", {{"file", "p.py"}, {"line", 4}}}});
  p.emit("text", {{"call", 1}, {"stream", "stdout"}, {"origin", "framework"}, {"text", text}});
  p.emit("update", {{"call", 1}, {"class", "SGD"}, {"hyper", {{"learning_rate", rate}}}});
  return p.verdicts;
}

TEST(AnnouncedRate, IsTheOneInEffect) {
  constexpr char kRule[] = "announced-rate";
  const std::string line = "\nEpoch 3: LearningRateScheduler setting learning rate to 0.001.\n";
  EXPECT_EQ(announced(line, 0.001F).agreed[kRule], 1u);
  const auto found = announced(line, 0.01).of(kRule);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].claimed, 0.001);
  EXPECT_TRUE(announced(line, 0.01, false).of(kRule).empty());
  EXPECT_TRUE(announced("a learning rate to 0.001", 0.01).of(kRule).empty());
}

TEST(AnnouncedRate, IsTheOneThatTheHistoryTells) {
  const auto scheduled = [](const Json& told, const Json& rates, Json others = Json::array()) {
    others.push_back(callback("LearningRateScheduler", Json::object()));
    std::vector<std::string> lines;
    for (const Json& rate : told)
      lines.push_back("\nEpoch 1: LearningRateScheduler setting learning rate to " + rate.dump() +
                      ".\n");
    return fit(others, {{"loss", rates}, {"learning_rate", rates}}, 2, lines);
  };
  EXPECT_EQ(scheduled({0.1, 0.05}, {0.1F, 0.05F}).agreed["announced-rate"], 2U);
  EXPECT_EQ(scheduled({0.1, 0.5}, {0.1F, 0.05F}).of("announced-rate").size(), 1U);
  const Json plateaus = Json::array({callback("ReduceLROnPlateau", Json::object())});
  EXPECT_TRUE(scheduled({0.1, 0.5}, {0.1, 0.05}, plateaus).of("announced-rate").empty());
  EXPECT_TRUE(scheduled({0.1}, {0.1, 0.05}).of("announced-rate").empty());
}

TEST(AnnouncedRate, IsCountedWhereNoUpdateFollows) {
  const std::string line = "Epoch 2: ReduceLROnPlateau reducing learning rate to 0.001.";
  const auto told = fit(Json::array({callback("ReduceLROnPlateau", Json::object())}),
                        {{"loss", {1.0, 0.9}}}, 2, {line, line, "no announcement"});
  const std::string reason = "no update with the announced rate was recorded";
  EXPECT_EQ(told.reasons.at("announced-rate"), (std::vector<std::string>{reason, reason}));
}

constexpr char kStop[] = "early-stopping-as-asked";

Json stopping(int patience, const Json& more = nullptr) {
  Json out = Json::array({callback(
      "EarlyStopping",
      {{"monitor", "loss"}, {"patience", patience}, {"min_delta", -0.1}, {"baseline", nullptr}})});
  if (!more.is_null()) out.push_back(more);
  return out;
}

struct Asked {
  Json epoch;
  double rate;
};

Collected scheduled(const std::vector<std::vector<Asked>>& epochs, const Json& rates,
                    Json callbacks = Json::array({callback("LearningRateScheduler", {})})) {
  Program p;
  p.emit("call", {{"id", 1},
                  {"api", "Model.fit"},
                  {"args", {{"callbacks", {{"v", std::move(callbacks)}}}}},
                  {"where", {{"file", "p.py"}, {"line", 4}}}});
  Json ran = Json::array(), loss = Json::array();
  for (std::size_t k = 0; k < epochs.size(); ++k) {
    Json asked = Json::array();
    for (const Asked& one : epochs[k]) asked.push_back({{"epoch", one.epoch}, {"rate", one.rate}});
    p.emit("scheduled", {{"call", 1}, {"epoch", k}, {"asked", asked}});
    ran.push_back(k);
    loss.push_back(1.0);
  }
  p.emit("return",
         {{"id", 1}, {"result", {{"history", {{"loss", loss}, {"lr", rates}}}, {"epoch", ran}}}});
  return p.verdicts;
}

TEST(ScheduleAsAsked, SetsWhatTheScheduleGives) {
  const std::string rule = "schedule-as-asked";
  EXPECT_EQ(scheduled({{{0, 0.1}}, {{1, 0.05}}}, {0.1f, 0.05f}).agreed[rule], 2u);
  const auto found = scheduled({{{0, 0.1}}, {{1, 0.05}}}, {0.1f, 0.1f}).of(rule);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].where["epoch"], 1);
  EXPECT_EQ(scheduled({{{0, 0.1}}, {{2, 0.05}}}, {0.1, 0.05}).of(rule).size(), 1u);
  EXPECT_EQ(scheduled({{{0, 0.1}}, {}}, {0.1, 0.1}).of(rule).size(), 1u);
  EXPECT_EQ(scheduled({{{nullptr, 0.1}}}, {0.1}).agreed[rule], 1u);
}

TEST(ScheduleAsAsked, OtherHandsOnTheRate) {
  const Json both =
      Json::array({callback("LearningRateScheduler", {}), callback("Own", Json::object(), false)});
  const auto told = scheduled({{{0, 0.1}}}, {0.2}, both);
  EXPECT_TRUE(told.of("schedule-as-asked").empty());
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

Collected restoring(const std::string& end, int epochs = 9, bool restore = true) {
  Program p;
  Json one = callback("EarlyStopping", {{"monitor", "val_loss"},
                                        {"monitor_op", {{"$function", "less"}}},
                                        {"patience", 2},
                                        {"min_delta", 0},
                                        {"baseline", nullptr},
                                        {"restore_best_weights", restore}});
  p.emit("call",
         {{"id", 1},
          {"api", "Model.fit"},
          {"args", {{"epochs", {{"v", epochs}}}, {"callbacks", {{"v", Json::array({one})}}}}},
          {"where", {{"file", "p.py"}, {"line", 4}}}});
  for (int epoch = 0; epoch < 4; ++epoch)
    p.emit("step", {{"call", 1},
                    {"phase", "test"},
                    {"validation", true},
                    {"epoch", epoch},
                    {"weights", {{"variable:1", {{"$tensor", "w" + std::to_string(epoch)}}}}}});
  p.emit("weights_at_end",
         {{"call", 1}, {"values", Json::array({{{"id", "variable:1"}, {"digest", end}}})}});
  p.emit(
      "return",
      {{"id", 1},
       {"result", {{"history", {{"val_loss", {0.9, 0.5, 0.6, 0.7}}}}, {"epoch", {0, 1, 2, 3}}}}});
  return p.verdicts;
}

TEST(BestWeightsRestored, ThoseOfTheBestEpoch) {
  constexpr char kRule[] = "best-weights-restored";
  EXPECT_EQ(restoring("w1").agreed[kRule], 1u);
  const auto found = restoring("w3").of(kRule);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NE(found[0].message.find("those of epoch 4"), std::string::npos) << found[0].message;
  EXPECT_TRUE(restoring("w3", 4).of(kRule).empty());         // ran to its end
  EXPECT_TRUE(restoring("w3", 9, false).of(kRule).empty());  // not asked
}

}  // namespace
}  // namespace kerasan::testing

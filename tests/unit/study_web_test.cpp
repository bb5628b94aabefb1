// Who may ask the workbench, and what it is asked.
#include <gtest/gtest.h>

#include <filesystem>

#include "study/store/import.h"
#include "study/web/api.h"
#include "study/web/assets.h"
#include "study/web/guard.h"

namespace kerasan::study {
namespace {

TEST(StudyWebGuard, KnowsOnlyTheWholeToken) {
  const Guard guard(8000, "00ff");
  EXPECT_TRUE(guard.knows_token("Bearer 00ff"));
  for (const char* wrong : {"", "Bearer ", "Bearer 00f", "Bearer 00ff0", "Bearer 00fe", "00ff",
                            "bearer 00ff", "Basic 00ff"}) {
    EXPECT_FALSE(guard.knows_token(wrong)) << wrong;
  }
  EXPECT_EQ(guard.address(), "http://127.0.0.1:8000/#token=00ff");
}

TEST(StudyWebGuard, MakesATokenAnew) {
  const std::string token = new_token();
  EXPECT_EQ(token.size(), 40U);
  EXPECT_EQ(token.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(token, new_token());
}

TEST(StudyWebGuard, IsAskedByItsOwnNameAndPageOnly) {
  const Guard guard(8000, "t");
  EXPECT_TRUE(guard.from_here("127.0.0.1:8000", std::nullopt));
  EXPECT_TRUE(guard.from_here("127.0.0.1:8000", "http://127.0.0.1:8000"));
  EXPECT_TRUE(guard.from_here("localhost:8000", "http://localhost:8000"));
  for (const char* host : {"", "127.0.0.1", "127.0.0.1:8001", "localhost", "evil.example:8000",
                           "127.0.0.1:8000.evil.example", "localhost:80001"}) {
    EXPECT_FALSE(guard.from_here(host, std::nullopt)) << host;
  }
  for (const char* origin : {"", "null", "http://evil.example", "https://127.0.0.1:8000",
                             "http://127.0.0.1:8001", "http://localhost:8000", "file://"}) {
    EXPECT_FALSE(guard.from_here("127.0.0.1:8000", origin)) << origin;
  }
}

TEST(StudyWebAssets, AreBundledAndLoadNothingFromElsewhere) {
  EXPECT_TRUE(asset("nothing.js").empty());
  const std::string page(asset("index.html"));
  EXPECT_NE(page.find("src=\"/main.js\""), std::string::npos);
  for (const char* name : {"index.html", "page.css", "main.js", "dom.js"}) {
    const std::string text(asset(name));
    ASSERT_FALSE(text.empty()) << name;
    EXPECT_EQ(text.find("src=\"http"), std::string::npos) << name;
    EXPECT_EQ(text.find("@import"), std::string::npos) << name;
    EXPECT_EQ(text.find("innerHTML"), std::string::npos) << name;
  }
}

class StudyWebApi : public testing::Test {
 protected:
  StudyWebApi() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    project_.emplace(
        Project::create((folder_ / "p.db").string(), default_settings({"a", "b"}), "a"));
    Transaction transaction(project_->database());
    ItemWriter writer(*project_, project_->append({0, "", "a", "import", "", "", "", ""}, 0));
    DataFindings findings;
    for (const char* key : {"k1", "k2", "k3"}) {
      std::int64_t id = 0;
      const Item item{0, key, std::string("title ") + key, "", "", "", "", ""};
      writer.add(item, GivenRatings(), id, findings, "", 0);
    }
    transaction.commit();
  }
  ~StudyWebApi() override {
    project_.reset();
    std::filesystem::remove_all(folder_);
  }

  nlohmann::json get(const std::string& path, const Query& query = {}) {
    return api_get(*project_, path, query);
  }
  nlohmann::json rate(const std::string& key, const std::string& who, const std::string& value,
                      const std::string& stage = "inclusion") {
    return api_post(*project_, "rate",
                    {{"key", key}, {"who", who}, {"stage", stage}, {"value", value}});
  }

  std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / "kerasan_study_web";
  std::optional<Project> project_;
};

TEST_F(StudyWebApi, TellsAQueueWithoutWhatOthersSaid) {
  rate("k1", "a", "1");
  rate("k2", "b", "0");
  const auto queue = get("queue", {{"rater", "a"}});
  EXPECT_EQ(queue["done"], 1);
  EXPECT_EQ(queue["of"], 3);
  ASSERT_EQ(queue["items"].size(), 2U);
  EXPECT_EQ(queue["items"][0]["key"], "k2");
  EXPECT_FALSE(queue["items"][0].contains("stages"));
  rate("k1", "a", "");  // taken back: to be rated again
  EXPECT_EQ(get("queue", {{"rater", "a"}})["items"].size(), 3U);
  EXPECT_EQ(get("queue", {{"rater", "a"}, {"after", "1"}})["items"][0]["key"], "k2");
  EXPECT_EQ(get("queue", {{"rater", "a"}})["done"], 0);
}

TEST_F(StudyWebApi, ReadsWithoutWriting) {
  const auto rows = [&] { return project_->database().changes(); };
  const auto before = rows();
  for (const char* stage : {"inclusion", "scenario", "component"}) {
    for (const char* path : {"queue", "conflicts", "agreement", "values"}) {
      get(path, {{"stage", stage}, {"rater", "b"}});
    }
  }
  for (const char* path : {"study", "last", "bugs", "charts", "history"}) get(path);
  EXPECT_THROW(get("queue", {{"rater", "nobody"}}), InputError);
  EXPECT_THROW(get("queue", {{"stage", "nothing"}, {"rater", "a"}}), InputError);
  EXPECT_THROW(get("queue", {{"rater", "a"}, {"after", "-1"}}), InputError);
  EXPECT_THROW(get("nothing"), InputError);
  EXPECT_THROW(get("item", {{"key", "k9"}}), InputError);
  EXPECT_EQ(rows(), before);
}

TEST_F(StudyWebApi, ShowsAConflictOnlyToWhoHasRated) {
  for (const char* who : {"a", "b"}) rate("k1", who, "1");
  rate("k1", "a", "Wrong shape", "scenario");
  rate("k1", "b", "Wrong structure", "scenario");
  const Query query = {{"stage", "scenario"}, {"rater", "a"}};
  ASSERT_EQ(get("conflicts", query).size(), 1U);
  EXPECT_EQ(get("conflicts", query)[0]["stages"]["scenario"]["ratings"]["b"], "Wrong structure");
  rate("k1", "a", "", "scenario");
  EXPECT_EQ(get("conflicts", query).size(), 0U);
}

TEST_F(StudyWebApi, DecidesOnlyOnWhatWasSeen) {
  nlohmann::json body = {{"key", "k1"},  {"who", "a"},  {"stage", "inclusion"},
                         {"value", "1"}, {"note", "n"}, {"seen", 0}};
  const EventId first = api_post(*project_, "decide", body)["event"];
  EXPECT_THROW(api_post(*project_, "decide", body), DecidedMeanwhile);
  body["seen"] = first;
  EXPECT_GT(api_post(*project_, "decide", body)["event"], first);
  body.erase("seen");
  EXPECT_THROW(api_post(*project_, "decide", body), InputError);
  for (const auto& wrong : {nlohmann::json(1), nlohmann::json::array(), nlohmann::json::object()}) {
    EXPECT_THROW(api_post(*project_, "rate", wrong), InputError);
  }
}

TEST_F(StudyWebApi, FiltersBugsByLabelAndWords) {
  for (const char* key : {"k1", "k2"}) {
    for (const char* who : {"a", "b"}) rate(key, who, "1");
  }
  for (const char* who : {"a", "b"}) rate("k1", who, "Engine + Metrics", "component");
  EXPECT_EQ(get("bugs")["total"], 2);
  const auto engine = get("bugs", {{"stage:component", "engine"}});
  EXPECT_EQ(engine["matching"], 1);
  EXPECT_EQ(engine["bugs"][0]["key"], "k1");
  EXPECT_EQ(engine["values"]["component"].size(), 3U);  // Engine, Metrics, none
  EXPECT_EQ(get("bugs", {{"words", "titl k2"}})["bugs"][0]["key"], "k2");
  EXPECT_EQ(get("bugs", {{"words", "absent"}})["matching"], 0);
  EXPECT_EQ(get("charts")[0]["name"], "votes");
}

}  // namespace
}  // namespace kerasan::study

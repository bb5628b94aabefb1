// Ratings as a project keeps them: those that came with an item, and those made later.
#include <gtest/gtest.h>

#include "../saved_files.h"
#include "base/error.h"
#include "study/store/database.h"
#include "study/store/given_ratings.h"
#include "study/store/import.h"
#include "study/store/project.h"
#include "study/store/rating_scan.h"

namespace kerasan::study {
namespace {

using Found = std::vector<std::tuple<std::int64_t, std::int64_t, std::string>>;

Found read(std::string_view json) {
  Found found;
  read_given(json, [&](std::int64_t stage, std::int64_t rater, std::string_view value) {
    found.emplace_back(stage, rater, value);
  });
  return found;
}

TEST(StudyGivenRatings, GiveBackWhatTheyTook) {
  GivenRatings given;
  EXPECT_EQ(given.json(), "[]");
  EXPECT_TRUE(read(given.json()).empty());
  const Found plain = {{1, 2, "0"}, {1, 13, ""}, {4, 1, "axis, é"}};
  for (const auto& [stage, rater, value] : plain) given.add(stage, rater, value);
  EXPECT_EQ(given.json(), R"([[1,2,"0"],[1,13,""],[4,1,"axis, é"]])");
  EXPECT_EQ(read(given.json()), plain);
  given.add(5, 1, "a \"quoted\\\" ]\n");
  ASSERT_EQ(read(given.json()).size(), 4U);
  EXPECT_EQ(std::get<2>(read(given.json()).back()), "a \"quoted\\\" ]\n");
  given.clear();
  EXPECT_EQ(given.json(), "[]");
}

TEST(StudyGivenRatings, RefuseWhatIsNoList) {
  for (const char* text : {"", "[", "[1]", "[[1,2]]", "[[1,2,3]]", R"([[1,2,"0"])", R"([[1,2,"0])",
                           R"([[1,2,"\q"]])", R"([[1,2,"0"]x)", R"(["\u0041"])"}) {
    EXPECT_THROW(read(text), InputError) << text;
  }
}

class StudyProject : public ::testing::Test {
 protected:
  void import(const std::string& text) {
    std::ofstream(folder_ / "t.csv") << text;
    import_into(project_, folder_ / "t.csv", "ana");
  }
  static std::vector<std::string> keys(const std::vector<Item>& items) {
    std::vector<std::string> out;
    for (const Item& item : items) out.push_back(item.key);
    return out;
  }

  testing::Folder folder_;
  Project project_ = Project::create(folder_ / "s.db", default_settings({"ana", "ben"}), "ana");
};

TEST_F(StudyProject, OpensBesideAnotherThatWritesWithAnotherJournal) {
  const std::string path = folder_ / "s.db";
  import("key,title\na,t\n");
  project_ = Project::create(folder_ / "other.db", default_settings({"ana"}), "ana");
  const Database other(path, Database::Mode::open);
  const RollbackJournal journal(other);
  Transaction writing(other);
  const Project opened(path);
  EXPECT_TRUE(opened.find("a"));
  writing.commit();
}

TEST_F(StudyProject, CountsTheLatestOfEachRater) {
  import("key,title,ana,ben\na,t,1,0\nb,t,0,0\nc,t,,1\nd,t,,\n");
  project_.rate("a", kInclusion, "ben", "1");
  project_.rate("c", kInclusion, "ana", "1");
  project_.rate("b", kInclusion, "ben", "");
  const StageRatings now = project_.stage_ratings(kInclusion);
  EXPECT_EQ(now.ratings.items(), 3);
  EXPECT_TRUE(now.conflicts.empty());
  EXPECT_EQ(keys(project_.queue(kInclusion, "ben", 9)), (std::vector<std::string>{"b", "d"}));
  EXPECT_EQ(keys(project_.included()), (std::vector<std::string>{"a", "c"}));
  const StageRatings then = project_.stage_ratings(kInclusion, 2);  // after the import
  ASSERT_EQ(then.conflicts.size(), 1U);
  EXPECT_EQ(then.conflicts[0].given, (std::vector<std::string>{"1", "0"}));
  EXPECT_EQ(project_.stage_ratings(kInclusion, 1).ratings.items(), 0);  // before it
}

TEST_F(StudyProject, TheViewAndTheScanTellTheSame) {
  import("key,title,ana,impact:ben,component:ana\na,t,1,2,\"a \"\"b\"\"\"\nb,t,,,\n");
  project_.rate("a", "impact", "ben", "3");
  Statement rows = project_.database().prepare(
      "SELECT group_concat(value, '|') FROM (SELECT value FROM rating WHERE item = 1 ORDER BY "
      "event, stage)");
  ASSERT_TRUE(rows.step());
  EXPECT_EQ(rows.text(0), "1|2|a \"b\"|3");
  const auto impacts = project_.state(*project_.find("a")).stages["impact"].ratings;
  EXPECT_EQ(impacts, (std::map<std::string, std::string>{{"ben", "3"}}));
  RatingScan scan(project_.database(), project_.stage_id("impact"), kNow);
  ASSERT_TRUE(scan.next());
  EXPECT_EQ(scan.of(project_.rater_id("ben")), "3");
  EXPECT_EQ(scan.of(project_.rater_id("ana")), "");
  ASSERT_TRUE(scan.next());
  EXPECT_TRUE(scan.ratings().empty());
  EXPECT_FALSE(scan.next());
}

TEST_F(StudyProject, IsOnlyAddedTo) {
  import("key,title,ana\na,t,1\n");
  project_.rate("a", kInclusion, "ana", "0");
  for (const char* table : {"item", "later"}) {
    EXPECT_THROW(project_.database().execute("UPDATE " + std::string(table) + " SET event = 9"),
                 InputError);
  }
  EXPECT_THROW(project_.database().execute("DELETE FROM item"), InputError);
  EXPECT_THROW(project_.database().execute("UPDATE item SET given = '[]'"), InputError);
  EXPECT_EQ(project_.state(*project_.find("a")).stages[kInclusion].ratings.at("ana"), "0");
}

}  // namespace
}  // namespace kerasan::study

// Agreement worked out by hand; tests/study_statistics_test.py compares with libraries.
#include <gtest/gtest.h>

#include "base/error.h"
#include "study/statistics/agreement.h"
#include "study/statistics/bootstrap.h"

namespace kerasan::study {
namespace {

void add(Ratings& ratings, std::vector<int> codes, int count = 1) { ratings.add(codes, count); }

TEST(StudyAgreement, CohenOfTheTextbook) {
  Ratings ratings(2, {"yes", "no"});
  add(ratings, {0, 0}, 20);
  add(ratings, {0, 1}, 5);
  add(ratings, {1, 0}, 10);
  add(ratings, {1, 1}, 15);
  // Observed 35/50; expected 0.5·0.6 + 0.5·0.4 = 0.5.
  EXPECT_NEAR(*cohen_kappa(ratings, 0, 1), 0.4, 1e-12);
  EXPECT_NEAR(*percent_agreement(ratings), 0.7, 1e-12);
  // Two categories: every weighting is the same.
  EXPECT_NEAR(*cohen_kappa(ratings, 0, 1, Weighting::quadratic), 0.4, 1e-12);
  EXPECT_EQ(confusion_matrix(ratings, 0, 1), (std::vector<std::vector<double>>{{20, 5}, {10, 15}}));
}

TEST(StudyAgreement, WeightsFollowTheOrder) {
  Ratings ratings(2, {"1", "2", "3"});
  for (int i = 0; i < 3; ++i) add(ratings, {i, i});
  add(ratings, {0, 2});
  // Marginals (2,1,1) and (1,1,2): linear observed 2, expected (0·2+1·2+2·4 + 1+0+2 + 2+1+0)/4 = 4.
  EXPECT_NEAR(*cohen_kappa(ratings, 0, 1, Weighting::linear), 1.0 - 2.0 / 4.0, 1e-12);
  // Quadratic: observed 4, expected (0+2+16 + 1+0+2 + 4+1+0)/4 = 6.5.
  EXPECT_NEAR(*cohen_kappa(ratings, 0, 1, Weighting::quadratic), 1.0 - 4.0 / 6.5, 1e-12);
}

TEST(StudyAgreement, FleissLeavesOutIncompleteItems) {
  Ratings ratings(3, {"a", "b"});
  add(ratings, {0, 0, 0}, 2);
  add(ratings, {0, 1, 1}, 2);
  // Mean agreement (1 + 1/3)/2; shares 8/12 and 4/12, chance 5/9.
  EXPECT_NEAR(*fleiss_kappa(ratings), (2.0 / 3 - 5.0 / 9) / (4.0 / 9), 1e-12);
  add(ratings, {0, kMissing, 1}, 100);
  EXPECT_NEAR(*fleiss_kappa(ratings), (2.0 / 3 - 5.0 / 9) / (4.0 / 9), 1e-12);
}

// The example of Krippendorff (2011), section C and following: four observers, twelve units.
TEST(StudyAgreement, KrippendorffOfThePaper) {
  const int m = kMissing;
  const std::vector<std::vector<int>> observers = {{0, 1, 2, 2, 1, 0, 3, 0, 1, m, m, m},
                                                   {0, 1, 2, 2, 1, 1, 3, 0, 1, 4, m, 2},
                                                   {m, 2, 2, 2, 1, 2, 3, 1, 1, 4, 0, m},
                                                   {0, 1, 2, 2, 1, 3, 3, 0, 1, 4, 0, m}};
  Ratings ratings(4, {"1", "2", "3", "4", "5"});
  for (std::size_t unit = 0; unit < 12; ++unit) {
    add(ratings, {observers[0][unit], observers[1][unit], observers[2][unit], observers[3][unit]});
  }
  EXPECT_NEAR(*krippendorff_alpha(ratings, Level::nominal), 0.743, 0.0005);
  EXPECT_NEAR(*krippendorff_alpha(ratings, Level::ordinal), 0.815, 0.0005);
  EXPECT_NEAR(*krippendorff_alpha(ratings, Level::interval), 0.849, 0.0005);
}

TEST(StudyAgreement, HasNoValueWhereNothingCouldDisagree) {
  Ratings ratings(2, {"a", "b"});
  EXPECT_FALSE(cohen_kappa(ratings, 0, 1));
  EXPECT_FALSE(percent_agreement(ratings));
  add(ratings, {0, 0}, 9);
  EXPECT_FALSE(cohen_kappa(ratings, 0, 1));
  EXPECT_FALSE(fleiss_kappa(ratings));
  EXPECT_FALSE(krippendorff_alpha(ratings, Level::nominal));
  EXPECT_EQ(*percent_agreement(ratings), 1.0);
  EXPECT_THROW(add(ratings, {0, 2}), InputError);
  EXPECT_THROW(add(ratings, {0}), InputError);
}

TEST(StudyAgreement, PatternsAreCountedOnce) {
  Ratings ratings(3, {"1", "2", "3", "4", "5", "6", "7", "8", "9"});
  for (int i = 0; i < 5000; ++i) add(ratings, {i % 9, i / 9 % 9, i / 81 % 9});
  EXPECT_EQ(ratings.patterns().size(), 729U);
  EXPECT_EQ(ratings.items(), 5000.0);
  EXPECT_EQ(ratings.pair(0, 2).items(), 5000.0);
}

TEST(StudyBootstrap, IsSeededAndCoversTheBinomial) {
  Ratings ratings(2, {"a", "b"});
  add(ratings, {0, 0}, 70);
  add(ratings, {0, 1}, 30);
  const auto first = bootstrap_interval(ratings, percent_agreement, 0.95, 4000, 7);
  const auto again = bootstrap_interval(ratings, percent_agreement, 0.95, 4000, 7);
  ASSERT_TRUE(first && again);
  EXPECT_EQ(first->low, again->low);
  EXPECT_EQ(first->high, again->high);
  // Share of 100 draws at 0.7: standard error 0.0458.
  EXPECT_NEAR(first->low, 0.61, 0.015);
  EXPECT_NEAR(first->high, 0.79, 0.015);
}

}  // namespace
}  // namespace kerasan::study

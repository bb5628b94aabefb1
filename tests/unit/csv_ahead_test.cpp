#include "study/import/csv_ahead.h"

#include <gtest/gtest.h>

#include <sstream>

#include "base/error.h"

namespace kerasan::study {
namespace {

std::string table(int rows) {
  std::string out = "a,b\n";
  for (int i = 0; i < rows; ++i) out += std::to_string(i) + ",\"two\nlines\"\n";
  return out;
}

TEST(CsvAhead, GivesTheRecordsOfTheReader) {
  for (int rows : {0, 1, 511, 512, 513, 5000}) {
    std::istringstream one(table(rows)), other(table(rows));
    CsvReader reader(one, "t.csv");
    CsvAhead ahead(other, "t.csv");
    std::vector<std::string> fields;
    int count = 0;
    while (reader.next(fields)) {
      ASSERT_TRUE(ahead.next());
      EXPECT_EQ(ahead.fields(), fields);
      EXPECT_EQ(ahead.row(), reader.row());
      ++count;
    }
    EXPECT_EQ(count, rows + 1);
    EXPECT_FALSE(ahead.next());
    EXPECT_FALSE(ahead.next());
  }
}

TEST(CsvAhead, TellsAnErrorAfterTheRecordsBeforeIt) {
  std::istringstream in(table(700) + "\"never closed\n");
  CsvAhead ahead(in, "t.csv");
  for (int i = 0; i < 701; ++i) ASSERT_TRUE(ahead.next());
  EXPECT_THROW(ahead.next(), InputError);
  EXPECT_FALSE(ahead.next());
}

TEST(CsvAhead, MayBeLeftBeforeTheEnd) {
  std::istringstream in(table(20000));
  CsvAhead ahead(in, "t.csv");
  EXPECT_TRUE(ahead.next());
}

}  // namespace
}  // namespace kerasan::study

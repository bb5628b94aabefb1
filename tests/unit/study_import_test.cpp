// The readers of a study's files: CSV, workbooks, issues, and what they refuse.
#include <gtest/gtest.h>

#include <functional>
#include <sstream>

#include "../workbook_parts.h"
#include "base/error.h"
#include "study/import/csv.h"
#include "study/import/issue_json.h"
#include "study/import/text.h"
#include "study/import/xlsx.h"

namespace kerasan::study {
namespace {

using testing::book_of;
using testing::Parts;
using testing::zipped;

Table table(const std::string& text, char separator = 0) {
  std::istringstream in(text);
  return read_table(in, "t.csv", separator);
}

std::string error_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(StudyCsv, ReadsQuotesLineBreaksAndTheByteOrderMark) {
  const Table read = table("\xEF\xBB\xBFid;text\r\n1;\"a;\"\"b\"\"\nc\"\r\n2;plain\r\n");
  EXPECT_TRUE(read.bom);
  EXPECT_EQ(read.header, (std::vector<std::string>{"id", "text"}));
  ASSERT_EQ(read.rows.size(), 2U);
  EXPECT_EQ(read.rows[0].fields[1], "a;\"b\"\nc");
  EXPECT_EQ(read.rows[0].number, 2);
  EXPECT_EQ(read.rows[1].number, 4);  // as an editor counts lines
  EXPECT_EQ(read.rows[1].fields[1], "plain");
}

TEST(StudyCsv, KeepsFieldsThatCrossTheBuffer) {
  const std::string longer(700000, 'x');
  const Table read = table("a,b\n" + longer + ",\"" + longer + "\"\n");
  EXPECT_EQ(read.rows.at(0).fields.at(0), longer);
  EXPECT_EQ(read.rows.at(0).fields.at(1), longer);
}

TEST(StudyCsv, NamesThePlaceOfWhatItRefuses) {
  EXPECT_EQ(error_of([] { table("a,b\n1,2\n3\n"); }), "t.csv:3: 1 fields where the header has 2");
  EXPECT_NE(error_of([] { table("a,b\n1,\xE9t\xE9\n"); }).find("t.csv:2, column 2: not UTF-8"),
            std::string::npos);
  EXPECT_NE(error_of([] { table("a,b\n1,\"open\n"); }).find("opened in line 2 never closes"),
            std::string::npos);
  EXPECT_NE(error_of([] { table("a,b\n\"x\"y,2\n"); }).find("after a closing quote"),
            std::string::npos);
  EXPECT_NE(error_of([] { table(std::string("a,b\n1,\0\n", 8)); }).find("NUL"), std::string::npos);
  EXPECT_NE(error_of([] {
              table(
                  "\xFF\xFE"
                  "a");
            }).find("UTF-16"),
            std::string::npos);
  EXPECT_EQ(error_of([] { table(""); }), "t.csv: is empty");
}

// A stream that would give a line of 2 GB: the reader gives up after its limit.
class EndlessLine : public std::streambuf {
 public:
  std::size_t given = 0;

 private:
  std::streamsize xsgetn(char* to, std::streamsize count) override {
    const std::size_t left = (std::size_t{2} << 30) - given;
    const std::size_t now = std::min(left, static_cast<std::size_t>(count));
    std::fill_n(to, now, 'x');
    given += now;
    return static_cast<std::streamsize>(now);
  }
};

TEST(StudyCsv, GivesUpOnALineWithoutEnd) {
  EndlessLine source;
  std::istream in(&source);
  EXPECT_NE(error_of([&] { read_table(in, "t.csv"); }).find("more than 1048576 bytes"),
            std::string::npos);
  EXPECT_LT(source.given, std::size_t{4} << 20);
}

TEST(StudyWorkbook, ShowsWhatASpreadsheetShows) {
  const Workbook book = parse_workbook(
      zipped(book_of("<row r='1'><c r='A1' t='s'><v>1</v></c><c r='C1' t='inlineStr'><is><t>in"
                     "</t></is></c></row><row r='3'><c r='A3'><v>1.1399999999999999</v></c>"
                     "<c r='B3' t='b'><v>1</v></c><c r='AA3'><f>A3+1</f><v>2.14</v></c>"
                     "<c r='AB3'><f>1/0</f></c></row>")),
      "b.xlsx");
  ASSERT_EQ(book.sheets.size(), 1U);
  const Sheet& sheet = book.sheets[0];
  EXPECT_EQ(sheet.name, "Votes");
  EXPECT_EQ(sheet.rows.at(0).text(0), "two parts");
  EXPECT_EQ(sheet.rows[0].text(1), "");
  EXPECT_EQ(sheet.rows[0].text(2), "in");
  EXPECT_EQ(sheet.rows.at(1).number, 3);
  EXPECT_EQ(sheet.rows[1].text(0), "1.14");
  EXPECT_EQ(sheet.rows[1].cell(0)->stored, "1.1399999999999999");
  EXPECT_EQ(sheet.rows[1].cell(1)->kind, CellKind::boolean);
  EXPECT_EQ(sheet.rows[1].cell(26)->formula, "A3+1");
  EXPECT_EQ(sheet.comments.at(0).text, "why?");
  EXPECT_EQ(sheet.comments[0].row, 2);
  ASSERT_EQ(book.findings.size(), 1U);  // the formula without a value
  EXPECT_EQ(book.findings[0].kind, "formula-without-value");
  EXPECT_EQ(book.findings[0].column, "AB");
}

TEST(StudyWorkbook, RefusesDamage) {
  const std::string whole = zipped(book_of("<row r='1'><c r='A1' t='s'><v>0</v></c></row>"));
  const auto refused = [](const std::string& bytes) {
    return error_of([&] { parse_workbook(bytes, "b.xlsx"); });
  };
  EXPECT_EQ(refused(whole), "no error");
  for (std::size_t length = 0; length < whole.size(); length += 7) {
    EXPECT_NE(refused(whole.substr(0, length)), "no error") << length;
  }
  const auto with = [&](const char* cells) { return refused(zipped(book_of(cells))); };
  EXPECT_NE(with("<row><c r='A1' t='s'><v>9</v></c></row>").find("shared text"), std::string::npos);
  EXPECT_NE(with("<row><c r='A1'><v>many</v></c></row>").find("no number"), std::string::npos);
  EXPECT_NE(with("<row><c r='1A'><v>1</v></c></row>").find("a cell at \"1A\""), std::string::npos);
  EXPECT_NE(with("<row><c r='ZZZZ1'><v>1</v></c></row>").find("a cell at"), std::string::npos);
  EXPECT_NE(with("<row>").find("is not XML"), std::string::npos);
}

TEST(StudyWorkbook, RefusesAZipBomb) {
  Parts parts = book_of("");
  parts[2].second = std::string(std::size_t{65} << 20, ' ');
  const std::string bytes = zipped(parts);
  EXPECT_LT(bytes.size(), std::size_t{1} << 20);
  EXPECT_NE(error_of([&] { parse_workbook(bytes, "b.xlsx"); }).find("would unpack to"),
            std::string::npos);
}

TEST(StudyIssue, ReadsWhatGithubGives) {
  const GithubIssue issue = parse_issue(
      R"({"number":5,"html_url":"u","title":"t","body":null,"state":"open","created_at":
      "2019-04-12T07:52:36Z","closed_at":null,"labels":[{"name":"type:bug"}]})",
      "i.json");
  EXPECT_EQ(issue.number, 5);
  EXPECT_EQ(issue.labels, std::vector<std::string>{"type:bug"});
  EXPECT_EQ(issue.closed, "");
  EXPECT_EQ(error_of([] { parse_issue(R"({"number":5})", "i.json"); }),
            "i.json: no field \"html_url\"");
  EXPECT_NE(error_of([] { parse_issue("[1", "i.json"); }).find("is not JSON"), std::string::npos);
}

TEST(StudyIssue, CountsDays) {
  EXPECT_EQ(day_number("1970-01-02T00:00:00Z", "n"), 1);
  EXPECT_EQ(day_number("2020-03-01", "n") - day_number("2020-02-28", "n"), 2);
  EXPECT_NE(error_of([] { day_number("2021-02-29", "n"); }), "no error");
  EXPECT_NE(error_of([] { day_number("yesterday", "n"); }), "no error");
}

TEST(StudyText, KnowsUtf8) {
  EXPECT_EQ(invalid_utf8("é€😀"), std::string_view::npos);
  EXPECT_EQ(invalid_utf8("a\xC0\xAF"), 1U);     // overlong
  EXPECT_EQ(invalid_utf8("\xED\xA0\x80"), 0U);  // surrogate
  EXPECT_EQ(invalid_utf8("ab\xE2\x82"), 2U);    // cut
  EXPECT_EQ(shortened("aé", 2), "a…");
}

}  // namespace
}  // namespace kerasan::study

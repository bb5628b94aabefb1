// The workbook: votes, discussion and labels, each on its sheet, found by their headers.
#include <algorithm>
#include <functional>
#include <utility>

#include "base/error.h"
#include "study/import/package.h"
#include "study/import/text.h"
#include "study/import/xlsx.h"

namespace kerasan::study {
namespace {

class SheetReader {
 public:
  SheetReader(const Sheet& sheet, const std::string& file, DataFindings& findings)
      : sheet_(sheet), file_(file), findings_(findings) {}

  const SheetRow* row(long number) const {
    for (const SheetRow& one : sheet_.rows) {
      if (one.number == number) return &one;
    }
    return nullptr;
  }

  std::string header(long number, std::size_t column) const {
    const SheetRow* found = row(number);
    return found ? trimmed(found->text(column)) : "";
  }

  // Columns whose header, in row `number`, satisfies the condition.
  std::vector<std::size_t> columns(long number,
                                   const std::function<bool(const std::string&)>& fits) const {
    std::vector<std::size_t> out;
    for (std::size_t column = 0; column < sheet_.width(); ++column) {
      if (fits(header(number, column))) out.push_back(column);
    }
    return out;
  }

  std::size_t column(long number, const std::string& name) const {
    const auto found = columns(number, [&](const std::string& text) { return text == name; });
    if (found.empty()) {
      throw InputError(file_ + " [" + sheet_.name + "]: there is no column \"" + name + "\"");
    }
    return found.front();
  }

  void note(const char* kind, long row, std::size_t column, const std::string& text) {
    findings_.push_back({kind, file_, sheet_.name, row, column_letters(column), text});
  }

  void note_row(const char* kind, long row, const std::string& text) {
    findings_.push_back({kind, file_, sheet_.name, row, "", text});
  }

  void duplicate_headers(long number, std::size_t from = 0) {
    for (std::size_t column = from; column < sheet_.width(); ++column) {
      const std::string name = header(number, column);
      if (name.empty()) continue;
      for (std::size_t before = from; before < column; ++before) {
        if (header(number, before) != name) continue;
        note("duplicate-header", number, column,
             "\"" + shortened(name) + "\" is also the header of column " + column_letters(before));
        break;
      }
    }
  }

  void unnamed_columns(long header_row) {
    for (std::size_t column = 0; column < sheet_.width(); ++column) {
      if (!header(header_row, column).empty()) continue;
      long first = 0;
      long count = 0;
      for (const SheetRow& one : sheet_.rows) {
        if (one.number <= header_row || blank(one.text(column))) continue;
        first = first == 0 ? one.number : first;
        ++count;
      }
      if (count == 0) continue;
      note("unnamed-column", first, column,
           std::to_string(count) +
               " cells under no header, the first: " + shortened(row(first)->text(column)));
    }
  }

  void comments() {
    for (const Comment& comment : sheet_.comments) {
      note("cell-comment", comment.row, comment.column, shortened(comment.text, 120));
    }
  }

  std::string joined(const SheetRow& one) const {
    std::string out;
    for (const Cell& cell : one.cells) out += (out.empty() ? "" : " | ") + trimmed(cell.text);
    return out;
  }

  const Sheet& sheet() const { return sheet_; }
  const std::string& file() const { return file_; }

 private:
  const Sheet& sheet_;
  const std::string& file_;
  DataFindings& findings_;
};

bool is_reviewer(const std::string& header) {
  return header.starts_with("Reviewer ") && header.ends_with(" Proposition");
}

bool is_url(const std::string& text) { return text.starts_with("http"); }

std::optional<int> vote(SheetReader& reader, const SheetRow& row, std::size_t column) {
  const std::string text = trimmed(row.text(column));
  if (text == "0" || text == "1") return text == "1" ? 1 : 0;
  reader.note(text.empty() ? "missing-vote" : "odd-vote", row.number, column,
              text.empty() ? "no vote" : "\"" + shortened(text) + "\" is neither 0 nor 1");
  return std::nullopt;
}

void check_total(SheetReader& reader, const SheetRow& row, std::size_t column,
                 const ScreenedIssue& issue) {
  int sum = 0;
  for (const auto& one : issue.votes) sum += one.value_or(0);
  if (trimmed(row.text(column)) != std::to_string(sum)) {
    reader.note(
        "total-differs", row.number, column,
        "says " + shortened(row.text(column)) + ", the votes sum to " + std::to_string(sum));
  }
}

// Votes are to be independent, so a rejected issue should now and then have the vote of another.
void check_independence(SheetReader& reader, const std::vector<std::size_t>& voters,
                        const Package& package) {
  constexpr double kUnlikely = 5;  // votes that should have met, were they independent
  for (std::size_t first = 0; first < voters.size(); ++first) {
    double rejected = 0;
    double votes = 0;
    double met = 0;
    for (const ScreenedIssue& issue : package.screened) {
      const bool no = issue.votes[first] == 0;
      rejected += no ? 1 : 0;
      for (std::size_t other = 0; other < voters.size(); ++other) {
        if (other == first || issue.votes[other] != 1) continue;
        ++votes;
        met += no ? 1 : 0;
      }
    }
    const double expected = votes * rejected / static_cast<double>(package.screened.size());
    if (package.screened.empty() || met > 0 || expected < kUnlikely) continue;
    reader.note("votes-not-independent", 1, voters[first],
                "no other reviewer voted for any of the " +
                    std::to_string(static_cast<long>(rejected)) +
                    " issues rejected here, though the others voted " +
                    std::to_string(static_cast<long>(votes)) + " times");
  }
}

void read_votes(SheetReader reader, Package& package) {
  const std::size_t title = reader.column(1, "Title");
  const std::size_t url = reader.column(1, "URL");
  const std::size_t labels = reader.column(1, "Labels");
  const std::size_t total = reader.column(1, "Number of Votes");
  const auto voters = reader.columns(1, is_reviewer);
  if (voters.empty()) {
    throw InputError(reader.file() + " [" + reader.sheet().name +
                     "]: there is no column \"Reviewer … Proposition\"");
  }
  package.reviewers = voters.size();
  reader.duplicate_headers(1);
  for (const SheetRow& row : reader.sheet().rows) {
    if (row.number == 1) continue;
    if (!is_url(row.text(url))) {
      reader.note_row("row-without-issue", row.number, shortened(reader.joined(row), 100));
      continue;
    }
    ScreenedIssue issue;
    issue.row = row.number;
    issue.title = row.text(title);
    issue.url = trimmed(row.text(url));
    if (!blank(row.text(labels))) issue.labels = split(row.text(labels), '^');
    for (const std::size_t column : voters) {
      issue.votes.push_back(vote(reader, row, column));
      // The column to the right of a vote is its comment.
      const bool comment = reader.header(1, column + 1) == "Comment";
      issue.comments.push_back(comment ? row.text(column + 1) : "");
    }
    check_total(reader, row, total, issue);
    package.screened.push_back(std::move(issue));
  }
  check_independence(reader, voters, package);
}

void read_discussion(SheetReader reader, Package& package) {
  const std::size_t url = reader.column(1, "URL");
  const std::size_t accepted = reader.column(1, "Accepted?");
  // Remarks stand under "Comment …" and, further right, under no header.
  const auto comments = reader.columns(
      1, [](const std::string& header) { return header.empty() || header.starts_with("Comment"); });
  reader.duplicate_headers(1);
  reader.unnamed_columns(1);
  for (const SheetRow& row : reader.sheet().rows) {
    if (row.number == 1) continue;
    if (!is_url(row.text(url))) {
      reader.note_row("row-without-issue", row.number, shortened(reader.joined(row), 100));
      continue;
    }
    DiscussedIssue issue;
    issue.row = row.number;
    issue.url = trimmed(row.text(url));
    if (const auto decided = vote(reader, row, accepted)) issue.accepted = *decided == 1;
    for (const std::size_t column : comments) issue.comments.push_back(row.text(column));
    package.discussed.push_back(std::move(issue));
  }
}

// Two rows of headers: a group, such as "Impact", and below it the columns of that group.
class LabelColumns {
 public:
  explicit LabelColumns(const SheetReader& reader) : reader_(reader) {
    std::string group;
    for (std::size_t column = 0; column < reader.sheet().width(); ++column) {
      const std::string above = reader.header(1, column);
      const std::string name = reader.header(2, column);
      if (!above.empty()) group = above;
      if (name.starts_with("Final ") || is_fact(name)) group.clear();
      if (!name.empty()) columns_.push_back({group, name, column});
    }
  }

  static bool is_fact(const std::string& name) {
    return name == "Gist OK?" || name == "Buggy Version" || name == "Fixed Version" ||
           name == "Fixing commit";
  }

  std::vector<std::size_t> of(const std::function<bool(const std::string&)>& group,
                              const std::function<bool(const std::string&)>& name) const {
    std::vector<std::size_t> out;
    for (const Column& one : columns_) {
      if (group(one.group) && name(one.name)) out.push_back(one.at);
    }
    if (out.empty()) {
      throw InputError(reader_.file() + " [" + reader_.sheet().name +
                       "]: columns of the labelling are missing");
    }
    return out;
  }

 private:
  struct Column {
    std::string group;
    std::string name;
    std::size_t at;
  };
  const SheetReader& reader_;
  std::vector<Column> columns_;
};

auto equals(std::string wanted) {
  return [wanted = std::move(wanted)](const std::string& text) { return text == wanted; };
}

bool is_rater(const std::string& name) { return name.starts_with("Reviewer "); }

std::vector<std::string> texts(const SheetRow& row, const std::vector<std::size_t>& columns) {
  std::vector<std::string> out;
  for (const std::size_t column : columns) out.push_back(trimmed(row.text(column)));
  return out;
}

void read_labels(SheetReader reader, Package& package) {
  package.labels_file = reader.file();
  package.labels_sheet = reader.sheet().name;
  const LabelColumns columns(reader);
  const auto any = [](const std::string&) { return true; };
  const std::size_t url = reader.column(2, "URL");
  const std::size_t scenario = reader.column(2, "Final Scenario");
  const std::size_t component = reader.column(2, "Final Component");
  const auto scenarios = columns.of(is_reviewer, equals("Scenario"));
  const auto components = columns.of(is_reviewer, equals("Component"));
  const auto impacts = columns.of(equals("Impact"), is_rater);
  const std::size_t impact = columns.of(equals("Impact"), equals("Final")).front();
  const std::size_t conflict = columns.of(equals("Impact"), equals("Conflict")).front();
  const auto causes = columns.of(equals("Root cause"), is_rater);
  const std::size_t cause = columns.of(equals("Root cause"), equals("Final")).front();
  const auto facts = columns.of(any, LabelColumns::is_fact);
  reader.duplicate_headers(2);
  for (const SheetRow& row : reader.sheet().rows) {
    if (row.number <= 2) continue;
    if (!is_url(row.text(url))) {
      reader.note_row("row-without-issue", row.number, shortened(reader.joined(row), 100));
      continue;
    }
    LabelledIssue issue;
    issue.row = row.number;
    issue.url = trimmed(row.text(url));
    issue.scenarios = texts(row, scenarios);
    issue.components = texts(row, components);
    issue.scenario = trimmed(row.text(scenario));
    issue.component = trimmed(row.text(component));
    issue.impacts = texts(row, impacts);
    issue.impact = trimmed(row.text(impact));
    issue.conflict = trimmed(row.text(conflict));
    issue.root_causes = texts(row, causes);
    issue.root_cause = trimmed(row.text(cause));
    for (const std::size_t column : facts) {
      issue.facts[reader.header(2, column)] = trimmed(row.text(column));
      const Cell* cell = row.cell(column);
      if (cell && cell->kind == CellKind::number) {
        reader.note("version-as-number", row.number, column,
                    "a version stored as the number " + cell->stored + ", shown as " + cell->text +
                        "; a trailing zero would be lost");
      }
    }
    package.labelled.push_back(std::move(issue));
  }
}

bool has_header(const SheetReader& reader, long row, const std::string& name) {
  return !reader.columns(row, equals(name)).empty();
}

}  // namespace

void read_sheets(const std::string& path, const std::string& name, Package& package) {
  Workbook book = read_workbook(path, name);
  package.findings.insert(package.findings.end(), book.findings.begin(), book.findings.end());
  bool votes = false;
  bool discussion = false;
  bool labels = false;
  for (const Sheet& sheet : book.sheets) {
    SheetReader reader(sheet, book.name, package.findings);
    reader.comments();
    if (has_header(reader, 1, "Number of Votes") && !std::exchange(votes, true)) {
      read_votes(reader, package);
    } else if (has_header(reader, 1, "Accepted?") && !std::exchange(discussion, true)) {
      read_discussion(reader, package);
    } else if (has_header(reader, 2, "Final Scenario") && !std::exchange(labels, true)) {
      read_labels(reader, package);
    } else {
      reader.note_row("sheet-not-read", 0, "is not one of the sheets of a study");
    }
  }
  const std::pair<bool, const char*> wanted[] = {
      {votes, "Number of Votes"}, {discussion, "Accepted?"}, {labels, "Final Scenario"}};
  for (const auto& [found, column] : wanted) {
    if (!found) throw InputError(name + ": no sheet has a column \"" + column + "\"");
  }
}

}  // namespace kerasan::study

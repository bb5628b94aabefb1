#include "study/analysis/survey.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "study/import/text.h"

namespace kerasan::study {
namespace {

constexpr std::size_t kMostChoices = 8;

Form form_of(const Table& survey, std::size_t column) {
  std::set<std::string> distinct;
  bool all_likert = true;
  for (const Table::Row& row : survey.rows) {
    const std::string& answer = row.fields[column];
    if (blank(answer)) continue;
    distinct.insert(label_key(answer));
    all_likert = all_likert && likert(answer) > 0;
  }
  if (all_likert && !distinct.empty()) return Form::likert;
  const bool comments = label_key(survey.header[column]).find("comment") != std::string::npos;
  const bool few = distinct.size() <= kMostChoices && survey.rows.size() > 2 * kMostChoices;
  return few && !distinct.empty() && !comments ? Form::choice : Form::text;
}

double mean_of(const Table& survey, std::size_t column, const std::vector<bool>& rows) {
  double sum = 0;
  double count = 0;
  for (std::size_t i = 0; i < survey.rows.size(); ++i) {
    const int answer = likert(survey.rows[i].fields[column]);
    if (!rows[i] || answer == 0) continue;
    sum += answer;
    ++count;
  }
  return count > 0 ? sum / count : std::nan("");
}

Value rounded(double value) {
  return std::isnan(value) ? Value("") : Value(std::round(10000.0 * value) / 10000.0);
}

std::string name_of(const Question& question) {
  return question.aspect.empty() ? question.text : question.topic + ", " + question.aspect;
}

ResultTable likert_table(const Table& survey, const std::vector<Question>& all) {
  ResultTable out{"survey-likert",
                  "Answers on scales from 1 to 5",
                  {"question", "1", "2", "3", "4", "5", "answers", "mean", "4 or 5", "4 or 5 %"},
                  {},
                  ""};
  const std::vector<bool> everyone(survey.rows.size(), true);
  for (const Question& question : all) {
    if (question.form != Form::likert) continue;
    std::vector<double> counts(5, 0.0);
    for (const Table::Row& row : survey.rows) {
      const int answer = likert(row.fields[question.column]);
      if (answer > 0) ++counts[static_cast<std::size_t>(answer - 1)];
    }
    double answers = 0;
    for (const double count : counts) answers += count;
    const double high = counts[3] + counts[4];
    std::vector<Value> line = {name_of(question)};
    line.insert(line.end(), counts.begin(), counts.end());
    line.insert(line.end(), {answers, rounded(mean_of(survey, question.column, everyone)), high,
                             rounded(std::round(1000.0 * high / answers) / 10.0)});
    out.rows.push_back(std::move(line));
  }
  return out;
}

ResultTable choice_table(const Table& survey, const std::vector<Question>& all) {
  ResultTable out{"survey-choices",
                  "Answers to choose from",
                  {"question", "topic", "answer", "count", "share %"},
                  {},
                  ""};
  for (const Question& question : all) {
    if (question.form != Form::choice) continue;
    Tally tally;
    for (const Table::Row& row : survey.rows) {
      if (!blank(row.fields[question.column])) tally.add(trimmed(row.fields[question.column]));
    }
    tally.by_count();
    for (const auto& [answer, count] : tally.entries()) {
      out.rows.push_back({question.text, question.topic, answer, count,
                          std::round(1000.0 * count / tally.total()) / 10.0});
    }
  }
  return out;
}

ResultTable comment_table(const Table& survey, const std::vector<Question>& all) {
  ResultTable out{
      "survey-comments", "Answers in words", {"participant", "question", "answer"}, {}, ""};
  std::string before;
  for (const Question& question : all) {
    const bool about = label_key(question.text).find("comment") != std::string::npos;
    if (!about) before = name_of(question);
    if (question.form != Form::text || question.column == 0) continue;
    for (const Table::Row& row : survey.rows) {
      const std::string& answer = row.fields[question.column];
      if (blank(answer)) continue;
      out.rows.push_back(
          {"row " + std::to_string(row.number), about ? "on: " + before : question.text, answer});
    }
  }
  return out;
}

// A rough grouping of titles that people typed, by the words in them.
std::string job_group(const std::string& title) {
  const std::string key = label_key(title);
  const auto any = [&](std::initializer_list<const char*> words) {
    return std::any_of(words.begin(), words.end(),
                       [&](const char* word) { return key.find(word) != std::string::npos; });
  };
  if (any({"student", "phd", "master", "bachelor", "degree", "undergrad", "msc", "intern"})) {
    return "student";
  }
  if (any({"engineer", "develop", "programmer", "software", "architect", "devops"})) {
    return "developer or engineer";
  }
  if (any({"research", "scien", "professor", "postdoc", "post-doc", "lecturer", "academ"})) {
    return "researcher or scientist";
  }
  return "other";
}

// Means of each scale within groups of the participants.
ResultTable grouped(const Table& survey, const std::vector<Question>& all, std::string name,
                    std::string title, const std::vector<std::string>& groups) {
  ResultTable out{std::move(name), std::move(title), {"question"}, {}, ""};
  std::vector<std::string> names(groups);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::vector<std::vector<bool>> members;
  for (const std::string& one : names) {
    std::vector<bool> in;
    for (const std::string& group : groups) in.push_back(group == one);
    out.header.push_back(one + " (" + std::to_string(std::count(in.begin(), in.end(), true)) + ")");
    members.push_back(std::move(in));
  }
  for (const Question& question : all) {
    if (question.form != Form::likert) continue;
    std::vector<Value> line = {name_of(question)};
    for (const auto& in : members) line.push_back(rounded(mean_of(survey, question.column, in)));
    out.rows.push_back(std::move(line));
  }
  return out;
}

void add_groups(const Table& survey, const std::vector<Question>& all, SurveyResults& results) {
  std::vector<std::string> jobs;
  for (const Table::Row& row : survey.rows) jobs.push_back(job_group(row.fields[0]));
  results.tables.push_back(grouped(survey, all, "survey-by-job", "Mean answers by job", jobs));
  results.tables.back().note = "Titles were typed freely; they are grouped by the words in them.";
  for (const Question& question : all) {
    if (label_key(question.text).find("year") == std::string::npos ||
        question.form != Form::choice) {
      continue;
    }
    std::vector<std::string> years;
    for (const Table::Row& row : survey.rows) years.push_back(trimmed(row.fields[question.column]));
    results.tables.push_back(
        grouped(survey, all, "survey-by-experience", "Mean answers by experience", years));
    break;
  }
}

void add_figures(const ResultTable& likert, SurveyResults& results) {
  std::vector<StackedRow> rows;
  for (const auto& line : likert.rows) {
    StackedRow row{shown(line[0]), {}};
    for (std::size_t i = 1; i <= 5; ++i) row.parts.push_back(std::get<double>(line[i]));
    rows.push_back(std::move(row));
  }
  if (rows.empty()) return;
  results.figures.push_back(stacked_bars("survey-likert", "Answers on scales from 1 to 5",
                                         {"1", "2", "3", "4", "5"}, rows));
}

}  // namespace

int likert(const std::string& answer) {
  const std::string text = trimmed(answer);
  if (text.empty() || text[0] < '1' || text[0] > '5') return 0;
  const bool alone = text.size() == 1;
  const bool anchored = text.size() > 3 && text[1] == ' ' && text[2] == '(' && text.back() == ')';
  return alone || anchored ? text[0] - '0' : 0;
}

std::vector<Question> questions(const Table& survey) {
  std::vector<Question> out;
  std::string topic;
  for (std::size_t column = 0; column < survey.header.size(); ++column) {
    const std::string header = trimmed(survey.header[column]);
    Question question{column, form_of(survey, column), shortened(header, 70), "", ""};
    const std::size_t open = header.rfind('[');
    const std::size_t colon = header.find(':');
    if (header.ends_with("]") && open != std::string::npos && colon < open) {
      question.aspect = header.substr(open + 1, header.size() - open - 2);
      const std::size_t dot = header.find(". ");
      const std::size_t from = dot < colon && dot < 4 ? dot + 2 : 0;
      topic = header.substr(from, colon - from);
    } else if (question.form != Form::choice && !header.starts_with("Any comments")) {
      topic.clear();
    }
    question.topic = topic;
    out.push_back(std::move(question));
  }
  return out;
}

SurveyResults analyse_survey(const Table& survey) {
  const std::vector<Question> all = questions(survey);
  SurveyResults results;
  results.tables = {likert_table(survey, all), choice_table(survey, all),
                    comment_table(survey, all)};
  add_figures(results.tables[0], results);
  add_groups(survey, all, results);
  return results;
}

}  // namespace kerasan::study

// The answers of a survey, read by their form: no question is known by name.
#pragma once

#include <string>
#include <vector>

#include "study/analysis/figure.h"
#include "study/analysis/result_table.h"
#include "study/import/csv.h"

namespace kerasan::study {

enum class Form { likert, choice, text };

struct Question {
  std::size_t column;
  Form form;
  std::string text;    // shortened
  std::string topic;   // "Wrong Shape" of "1. Wrong Shape: …[Severity]", of the last such before
  std::string aspect;  // "Severity" of the same, else ""
};

std::vector<Question> questions(const Table& survey);
// 1 to 5 of "4" or "5 (difficult)"; 0 for no such answer.
int likert(const std::string& answer);

struct SurveyResults {
  std::vector<ResultTable> tables;
  std::vector<Figure> figures;
};

SurveyResults analyse_survey(const Table& survey);

}  // namespace kerasan::study

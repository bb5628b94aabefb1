// The page of a report.
#include <sstream>

#include "study/analysis/report.h"

namespace kerasan::study {
namespace {

constexpr const char* kStyle = R"css(
:root{color-scheme:light dark;--line:#d5d9df;--soft:#f3f5f8;--ink:#1b1f24;--page:#fff;--link:#0b57b0}
@media(prefers-color-scheme:dark){:root{--line:#3a404a;--soft:#20242b;--ink:#e6e9ee;--page:#15181d;--link:#8ab8f5}}
body{margin:0 auto;max-width:64rem;padding:1rem 1.25rem 4rem;background:var(--page);color:var(--ink);
font:16px/1.5 system-ui,sans-serif}
a{color:var(--link)}nav ul{columns:16rem;padding-left:1.2rem}
section{margin-top:2.5rem}.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.9rem}th,td{border:1px solid var(--line);padding:.25rem .6rem;
text-align:left;vertical-align:top}th{background:var(--soft)}td{overflow-wrap:anywhere}
td.n{text-align:right;font-variant-numeric:tabular-nums;overflow-wrap:normal}
figure{margin:1rem 0;overflow-x:auto}figure svg{width:100%;min-width:30rem;height:auto}.note{opacity:.8}
)css";

const Figure* figure_of(const Results& results, const std::string& name) {
  for (const Figure& one : results.figures) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

void cell(std::ostringstream& out, const Value& value) {
  const std::string text = escaped(shown(value));
  const bool link = text.starts_with("https://") && text.find(' ') == std::string::npos;
  out << (std::holds_alternative<double>(value) ? "<td class=\"n\">" : "<td>");
  if (link) out << "<a href=\"" << text << "\" rel=\"noreferrer\">";
  out << text << (link ? "</a></td>" : "</td>");
}

void section(std::ostringstream& out, const ResultTable& table, const Figure* figure) {
  out << "<section id=\"" << table.name << "\"><h2>" << escaped(table.title) << "</h2>\n";
  if (figure) out << "<figure>" << figure->svg << "</figure>\n";
  if (!table.note.empty()) out << "<p class=\"note\">" << escaped(table.note) << "</p>\n";
  out << "<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>";
  for (const std::string& name : table.header)
    out << "<th scope=\"col\">" << escaped(name) << "</th>";
  out << "</tr></thead><tbody>\n";
  for (const auto& row : table.rows) {
    out << "<tr>";
    for (const Value& value : row) cell(out, value);
    out << "</tr>\n";
  }
  out << "</tbody></table></div></section>\n";
}

}  // namespace

std::string html_report(const Results& results) {
  std::ostringstream out;
  out << "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      << "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
      << "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
         "'unsafe-inline'\"><title>Report of a study</title><style>"
      << kStyle << "</style></head><body>\n<h1>Report of a study</h1>\n<p>From <code>"
      << escaped(results.source) << "</code></p>\n<nav aria-label=\"Contents\"><ul>";
  for (const ResultTable& table : results.tables) {
    out << "<li><a href=\"#" << table.name << "\">" << escaped(table.title) << "</a></li>";
  }
  out << "</ul></nav>\n<main>\n";
  for (const ResultTable& table : results.tables) {
    section(out, table, figure_of(results, table.name));
  }
  out << "</main></body></html>\n";
  return out.str();
}

}  // namespace kerasan::study

#include "study/analysis/figure.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <sstream>

#include "study/import/text.h"

namespace kerasan::study {
namespace {

constexpr int kLeft = 290;  // room for labels
constexpr int kWide = 420;  // of the longest bar
constexpr int kRight = 60;  // room for numbers
constexpr int kLine = 26;
constexpr int kTop = 40;

// From light to dark, told apart without colour too (ColorBrewer's single hue "Blues").
constexpr const char* kShades[] = {"#c6dbef", "#9ecae1", "#6baed6", "#3182bd", "#08519c"};

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, value == static_cast<long>(value) ? "%.0f" : "%.2f", value);
  return text;
}

void begin(std::ostringstream& out, const std::string& title, int height) {
  const int width = kLeft + kWide + kRight;
  out << "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " << width << " " << height
      << "\" role=\"img\" aria-label=\"" << escaped(title) << "\">"
      << "<style>svg{color:#1b1f24;font:13px system-ui,sans-serif;max-width:" << width
      << "px}@media(prefers-color-scheme:dark){svg{color:#e6e9ee}}</style>"
      << "<title>" << escaped(title) << "</title>"
      << "<text x=\"0\" y=\"16\" font-weight=\"600\" fill=\"currentColor\">" << escaped(title)
      << "</text>";
}

void label(std::ostringstream& out, const std::string& text, int y) {
  out << "<text x=\"" << kLeft - 8 << "\" y=\"" << y + 14
      << "\" text-anchor=\"end\" fill=\"currentColor\">" << escaped(shortened(text, 36))
      << "</text>";
}

void box(std::ostringstream& out, double x, int y, double width, const char* colour,
         const std::string& tip) {
  out << "<rect x=\"" << number(x) << "\" y=\"" << y << "\" width=\"" << number(width)
      << "\" height=\"18\" fill=\"" << colour << "\"><title>" << escaped(tip) << "</title></rect>";
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        // Control characters are no part of HTML or XML.
        out += c >= 0 && c < ' ' && c != '\n' && c != '\t' ? ' ' : c;
    }
  }
  return out;
}

Figure bars(std::string name, std::string title, const std::vector<Bar>& bars) {
  std::ostringstream out;
  begin(out, title, kTop + kLine * static_cast<int>(bars.size()));
  double most = 0;
  for (const Bar& bar : bars) most = std::max(most, bar.value);
  int y = kTop - 8;
  for (const Bar& bar : bars) {
    const double width = most > 0 ? kWide * bar.value / most : 0;
    label(out, bar.label, y);
    box(out, kLeft, y, width, "#3182bd", bar.label + ": " + number(bar.value));
    out << "<text x=\"" << number(kLeft + width + 6) << "\" y=\"" << y + 14
        << "\" fill=\"currentColor\">" << number(bar.value) << "</text>";
    y += kLine;
  }
  out << "</svg>";
  return {std::move(name), std::move(title), out.str()};
}

Figure stacked_bars(std::string name, std::string title, const std::vector<std::string>& parts,
                    const std::vector<StackedRow>& rows) {
  std::ostringstream out;
  begin(out, title, kTop + kLine * static_cast<int>(rows.size() + 1));
  int y = kTop - 8;
  for (const StackedRow& row : rows) {
    double whole = 0;
    for (const double part : row.parts) whole += part;
    label(out, row.label, y);
    double x = kLeft;
    for (std::size_t i = 0; i < row.parts.size() && whole > 0; ++i) {
      const double width = kWide * row.parts[i] / whole;
      const char* const colour = kShades[i % std::size(kShades)];
      box(out, x, y, width, colour, row.label + ", " + parts[i] + ": " + number(row.parts[i]));
      if (width > 22) {
        out << "<text x=\"" << number(x + width / 2) << "\" y=\"" << y + 14
            << "\" text-anchor=\"middle\" fill=\"" << (i < 3 ? "#1b1f24" : "#ffffff") << "\">"
            << number(row.parts[i]) << "</text>";
      }
      x += width;
    }
    y += kLine;
  }
  double x = kLeft;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    box(out, x, y, 14, kShades[i % std::size(kShades)], parts[i]);
    out << "<text x=\"" << number(x + 18) << "\" y=\"" << y + 14 << "\" fill=\"currentColor\">"
        << escaped(parts[i]) << "</text>";
    x += 32 + 7.5 * static_cast<double>(parts[i].size());
  }
  out << "</svg>";
  return {std::move(name), std::move(title), out.str()};
}

Figure intervals(std::string name, std::string title, const std::vector<IntervalRow>& rows) {
  const int height = kTop + kLine * static_cast<int>(rows.size() + 1);
  const auto exact = [](double value) {  // as coefficients are published
    char text[32];
    std::snprintf(text, sizeof text, "%.3f", value);
    return std::string(text);
  };
  std::ostringstream out;
  begin(out, title, height);
  double least = 0;  // of the axis, in fifths
  for (const IntervalRow& row : rows) least = std::min(least, std::floor(row.low * 5) / 5);
  const auto x = [least](double value) { return kLeft + kWide * (value - least) / (1 - least); };
  const auto line = [&out](double x1, double y1, double x2, double y2, const char* look) {
    out << "<line x1=\"" << number(x1) << "\" y1=\"" << number(y1) << "\" x2=\"" << number(x2)
        << "\" y2=\"" << number(y2) << "\" stroke=\"currentColor\" " << look << "/>";
  };
  const int bottom = height - kLine;
  for (int fifth = static_cast<int>(std::lround(least * 5)); fifth <= 5; ++fifth) {
    const double at = fifth / 5.0;
    line(x(at), kTop - 10, x(at), bottom, "stroke-opacity=\"0.2\"");
    out << "<text x=\"" << number(x(at)) << "\" y=\"" << bottom + 16
        << "\" text-anchor=\"middle\" fill=\"currentColor\">" << number(at) << "</text>";
  }
  int y = kTop - 8;
  for (const IntervalRow& row : rows) {
    label(out, row.label, y);
    line(x(row.low), y + 9, x(row.high), y + 9, "stroke-width=\"2\"");
    out << "<circle cx=\"" << number(x(row.value)) << "\" cy=\"" << y + 9
        << "\" r=\"5\" fill=\"#3182bd\"><title>" << escaped(row.label) << ": " << exact(row.value)
        << " (" << exact(row.low) << " to " << exact(row.high) << ")</title></circle>";
    out << "<text x=\"" << kLeft + kWide + 14 << "\" y=\"" << y + 14 << "\" fill=\"currentColor\">"
        << exact(row.value) << "</text>";
    y += kLine;
  }
  out << "</svg>";
  return {std::move(name), std::move(title), out.str()};
}

}  // namespace kerasan::study

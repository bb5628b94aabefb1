#include "study/analysis/report.h"

#include <xlsxwriter.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "study/import/text.h"
#include "study/store/export.h"

namespace kerasan::study {
namespace {

std::string write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (!out) throw InputError(path.string() + ": cannot be written");
  return path.string();
}

// A worksheet's name: at most 31 characters, none of []:*?/\.
std::string sheet_name(const std::string& name) { return name.substr(0, 31); }

void write_cell(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column, const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) {
    worksheet_write_number(sheet, row, column, *number, nullptr);
  } else {
    // A cell holds at most 32,767 characters.
    worksheet_write_string(sheet, row, column,
                           shortened(std::get<std::string>(value), 32000).c_str(), nullptr);
  }
}

}  // namespace

std::string csv_text(const ResultTable& table) {
  std::string out;
  const auto line = [&](const auto& values, const auto& text) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      out += (i == 0 ? "" : ",") + csv_field(text(values[i]));
    }
    out += "\n";
  };
  line(table.header, [](const std::string& text) { return text; });
  for (const auto& row : table.rows) line(row, [](const Value& value) { return shown(value); });
  return out;
}

std::string json_text(const Results& results) {
  nlohmann::json tables = nlohmann::json::object();
  for (const ResultTable& table : results.tables) {
    nlohmann::json rows = nlohmann::json::array();
    for (const auto& row : table.rows) {
      nlohmann::json line = nlohmann::json::array();
      for (const Value& value : row) {
        std::visit([&](const auto& one) { line.push_back(one); }, value);
      }
      rows.push_back(std::move(line));
    }
    tables[table.name] = {
        {"title", table.title}, {"header", table.header}, {"rows", rows}, {"note", table.note}};
  }
  return nlohmann::json{{"source", results.source}, {"tables", tables}}.dump(1);
}

void write_workbook(const Results& results, const std::string& path) {
  lxw_workbook* book = workbook_new(path.c_str());
  if (!book) throw InputError(path + ": cannot be written");
  lxw_format* bold = workbook_add_format(book);
  format_set_bold(bold);
  for (const ResultTable& table : results.tables) {
    lxw_worksheet* sheet = workbook_add_worksheet(book, sheet_name(table.name).c_str());
    if (!sheet) continue;
    for (std::size_t i = 0; i < table.header.size(); ++i) {
      worksheet_write_string(sheet, 0, static_cast<lxw_col_t>(i), table.header[i].c_str(), bold);
    }
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
      for (std::size_t c = 0; c < table.rows[r].size(); ++c) {
        write_cell(sheet, static_cast<lxw_row_t>(r + 1), static_cast<lxw_col_t>(c),
                   table.rows[r][c]);
      }
    }
    worksheet_freeze_panes(sheet, 1, 0);
  }
  if (const lxw_error error = workbook_close(book)) {
    throw InputError(path + ": " + lxw_strerror(error));
  }
}

std::vector<std::string> write_report(const Results& results, const std::string& folder) {
  std::error_code error;
  const std::filesystem::path base = folder;
  std::filesystem::create_directories(base / "tables", error);
  std::filesystem::create_directories(base / "figures", error);
  if (error) throw InputError(folder + ": " + error.message());
  std::vector<std::string> written;
  for (const ResultTable& table : results.tables) {
    written.push_back(write(base / "tables" / (table.name + ".csv"), csv_text(table)));
  }
  for (const Figure& figure : results.figures) {
    written.push_back(write(base / "figures" / (figure.name + ".svg"), figure.svg + "\n"));
  }
  written.push_back(write(base / "results.json", json_text(results) + "\n"));
  const std::string workbook = (base / "results.xlsx").string();
  write_workbook(results, workbook);
  written.push_back(workbook);
  written.push_back(write(base / "index.html", html_report(results)));
  return written;
}

}  // namespace kerasan::study

#include "study/import/xlsx.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>
#include <pugixml.hpp>

#include "base/error.h"
#include "study/import/text.h"
#include "study/import/zip_parts.h"

namespace kerasan::study {
namespace {

constexpr std::size_t kMostFile = std::size_t{64} << 20;
constexpr std::size_t kMostColumns = 16384;  // ECMA-376 limits
constexpr long kMostRows = 1048576;

struct Place {
  long row;
  std::size_t column;
};

class Parser {
 public:
  Parser(std::string bytes, std::string name) : parts_(std::move(bytes), name) {
    book_.name = std::move(name);
  }

  Workbook parse() {
    const pugi::xml_document relations = xml("xl/_rels/workbook.xml.rels");
    const pugi::xml_document workbook = xml("xl/workbook.xml");
    if (parts_.has("xl/sharedStrings.xml")) read_strings();
    for (const pugi::xml_node sheet : workbook.child("workbook").child("sheets")) {
      const std::string target = target_of(relations, sheet.attribute("r:id").value());
      if (target.empty()) fail("sheet \"" + name_of(sheet) + "\" has no part");
      read_sheet(name_of(sheet), part_path("xl", target));
    }
    if (book_.sheets.empty()) fail("the workbook has no sheet");
    return std::move(book_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw InputError(book_.name + ": " + what);
  }

  pugi::xml_document xml(const std::string& part) const {
    const std::string text = parts_.read(part);
    pugi::xml_document document;
    const pugi::xml_parse_result result =
        document.load_buffer(text.data(), text.size(), pugi::parse_default | pugi::parse_ws_pcdata);
    if (!result) {
      fail("part " + part + " is not XML: " + result.description() + " at byte " +
           std::to_string(result.offset));
    }
    if (invalid_utf8(text) != std::string::npos) fail("part " + part + " is not UTF-8");
    return document;
  }

  static std::string name_of(const pugi::xml_node& sheet) {
    return sheet.attribute("name").value();
  }

  static std::string target_of(const pugi::xml_document& relations, const std::string& id) {
    for (const pugi::xml_node one : relations.child("Relationships")) {
      if (id == one.attribute("Id").value()) return one.attribute("Target").value();
    }
    return "";
  }

  // Resolves "worksheets/sheet1.xml", "../comments1.xml" and "/xl/…" against a folder.
  static std::string part_path(std::string folder, std::string target) {
    if (target.starts_with("/")) return target.substr(1);
    while (target.starts_with("../")) {
      target.erase(0, 3);
      const std::size_t slash = folder.rfind('/');
      folder.erase(slash == std::string::npos ? 0 : slash);
    }
    return folder.empty() ? target : folder + "/" + target;
  }

  // Plain text, or runs of formatted text one after another; phonetic hints (rPh) are no part.
  static std::string rich_text(const pugi::xml_node& node) {
    std::string out;
    for (const pugi::xml_node child : node) {
      const std::string_view name = child.name();
      if (name == "t") out += child.text().get();
      if (name == "r") out += child.child("t").text().get();
    }
    return out;
  }

  void read_strings() {
    const pugi::xml_document document = xml("xl/sharedStrings.xml");
    for (const pugi::xml_node item : document.child("sst").children("si")) {
      strings_.push_back(rich_text(item));
    }
  }

  Place place(const Sheet& sheet, std::string_view reference) const {
    std::size_t column = 0;
    std::size_t at = 0;
    for (; at < reference.size() && reference[at] >= 'A' && reference[at] <= 'Z'; ++at) {
      column = column * 26 + static_cast<std::size_t>(reference[at] - 'A') + 1;
      if (column > kMostColumns) break;
    }
    const auto row = integer(reference.substr(at));
    if (at == 0 || column > kMostColumns || !row || *row < 1 || *row > kMostRows) {
      fail("sheet \"" + sheet.name + "\" has a cell at \"" + shortened(reference, 20) + "\"");
    }
    return {static_cast<long>(*row), column - 1};
  }

  void read_sheet(std::string name, const std::string& part) {
    Sheet sheet;
    sheet.name = std::move(name);
    const pugi::xml_document document = xml(part);
    for (const pugi::xml_node row :
         document.child("worksheet").child("sheetData").children("row")) {
      for (const pugi::xml_node cell : row.children("c")) read_cell(sheet, cell);
    }
    std::stable_sort(sheet.rows.begin(), sheet.rows.end(),
                     [](const SheetRow& a, const SheetRow& b) { return a.number < b.number; });
    read_comments(sheet, part);
    book_.sheets.push_back(std::move(sheet));
  }

  void read_cell(Sheet& sheet, const pugi::xml_node& node) {
    const Place at = place(sheet, node.attribute("r").value());
    Cell cell;
    cell.column = at.column;
    cell.formula = node.child("f").text().get();
    const bool shared_formula = node.child("f");
    const pugi::xml_node value = node.child("v");
    if (!value && !node.child("is")) {
      if (shared_formula)
        note(sheet, at, "formula-without-value", "the formula has no stored value");
      return;
    }
    fill(sheet, at, cell, node.attribute("t").value(), value.text().get());
    if (node.child("is")) cell.text = rich_text(node.child("is"));
    if (shared_formula && cell.formula.empty()) cell.formula = "(shared)";
    if (sheet.rows.empty() || sheet.rows.back().number != at.row) {
      sheet.rows.push_back({at.row, {}});
    }
    std::vector<Cell>& cells = sheet.rows.back().cells;
    if (!cells.empty() && cells.back().column >= at.column) {
      fail("sheet \"" + sheet.name + "\" row " + std::to_string(at.row) +
           ": cells are not in the order of their columns");
    }
    cells.push_back(std::move(cell));
  }

  void fill(const Sheet& sheet, const Place& at, Cell& cell, std::string_view type,
            std::string value) {
    if (type == "s") {
      const auto index = integer(value);
      if (!index || *index < 0 || static_cast<std::size_t>(*index) >= strings_.size()) {
        fail("sheet \"" + sheet.name + "\" row " + std::to_string(at.row) +
             " names a shared text that there is not");
      }
      cell.text = strings_[static_cast<std::size_t>(*index)];
    } else if (type.empty() || type == "n") {
      cell.kind = CellKind::number;
      cell.text = shown(sheet, at, value);
      cell.stored = std::move(value);
    } else {
      if (type == "b") cell.kind = CellKind::boolean;
      if (type == "e") {
        cell.kind = CellKind::error;
        note(sheet, at, "cell-error", "the cell holds the error " + shortened(value, 20));
      }
      cell.text = std::move(value);
    }
  }

  // A spreadsheet shows 15 significant digits: 1.1399999999999999 is seen as 1.14.
  std::string shown(const Sheet& sheet, const Place& at, const std::string& stored) const {
    double number = 0;
    const char* const end = stored.data() + stored.size();
    const auto [stop, error] = std::from_chars(stored.data(), end, number);
    if (error != std::errc() || stop != end) {
      fail("sheet \"" + sheet.name + "\" row " + std::to_string(at.row) + ": \"" +
           shortened(stored, 20) + "\" is no number");
    }
    char text[40];
    std::snprintf(text, sizeof text, "%.15g", number);
    return text;
  }

  void note(const Sheet& sheet, const Place& at, const char* kind, const std::string& text) {
    book_.findings.push_back(
        {kind, book_.name, sheet.name, at.row, column_letters(at.column), text});
  }

  void read_comments(Sheet& sheet, const std::string& part) {
    const std::size_t slash = part.rfind('/');
    const std::string folder = part.substr(0, slash == std::string::npos ? 0 : slash);
    const std::string relations = folder + "/_rels/" + part.substr(slash + 1) + ".rels";
    if (!parts_.has(relations)) return;
    const pugi::xml_document document = xml(relations);
    for (const pugi::xml_node one : document.child("Relationships")) {
      if (!std::string_view(one.attribute("Type").value()).ends_with("/comments")) continue;
      const pugi::xml_document comments = xml(part_path(folder, one.attribute("Target").value()));
      for (const pugi::xml_node comment : comments.child("comments").child("commentList")) {
        const Place at = place(sheet, comment.attribute("ref").value());
        sheet.comments.push_back({at.row, at.column, trimmed(rich_text(comment.child("text")))});
      }
    }
  }

  ZipParts parts_;
  Workbook book_;
  std::vector<std::string> strings_;
};

}  // namespace

const Cell* SheetRow::cell(std::size_t column) const {
  const auto found =
      std::lower_bound(cells.begin(), cells.end(), column,
                       [](const Cell& cell, std::size_t wanted) { return cell.column < wanted; });
  return found != cells.end() && found->column == column ? &*found : nullptr;
}

const std::string& SheetRow::text(std::size_t column) const {
  static const std::string kNone;
  const Cell* found = cell(column);
  return found ? found->text : kNone;
}

std::size_t Sheet::width() const {
  std::size_t widest = 0;
  for (const SheetRow& row : rows) {
    if (!row.cells.empty()) widest = std::max(widest, row.cells.back().column + 1);
  }
  return widest;
}

std::string column_letters(std::size_t column) {
  std::string letters;
  for (std::size_t rest = column + 1; rest > 0; rest = (rest - 1) / 26) {
    letters.insert(letters.begin(), static_cast<char>('A' + (rest - 1) % 26));
  }
  return letters;
}

Workbook parse_workbook(std::string bytes, const std::string& name) {
  return Parser(std::move(bytes), name).parse();
}

Workbook read_workbook(const std::string& path, const std::string& name) {
  return parse_workbook(file_bytes(path, kMostFile), name);
}

}  // namespace kerasan::study

#include "study/import/csv.h"

#include <algorithm>
#include <cstring>
#include <fstream>

#include "base/error.h"
#include "study/import/text.h"

namespace kerasan::study {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 18;
constexpr int kEnd = -1;

}  // namespace

CsvReader::CsvReader(std::istream& in, std::string name, char separator, CsvLimits limits)
    : in_(in), name_(std::move(name)), separator_(separator), limits_(limits), buffer_(kChunk) {
  fill();
  if (end_ >= 3 && std::memcmp(buffer_.data(), "\xEF\xBB\xBF", 3) == 0) {
    bom_ = true;
    at_ = 3;
  }
  if (end_ >= 2 && (std::memcmp(buffer_.data(), "\xFF\xFE", 2) == 0 ||
                    std::memcmp(buffer_.data(), "\xFE\xFF", 2) == 0)) {
    throw InputError(name_ + ": is UTF-16; save it as UTF-8");
  }
  if (separator_ == 0) guess_separator();
}

bool CsvReader::fill() {
  in_.read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  at_ = 0;
  end_ = static_cast<std::size_t>(in_.gcount());
  if (in_.bad()) throw InputError(name_ + ": cannot be read");
  return end_ > 0;
}

int CsvReader::peek() {
  if (at_ == end_ && !fill()) return kEnd;
  return static_cast<unsigned char>(buffer_[at_]);
}

void CsvReader::guess_separator() {
  std::size_t commas = 0;
  std::size_t semicolons = 0;
  std::size_t tabs = 0;
  bool inside = false;
  for (std::size_t i = at_; i < end_ && (inside || buffer_[i] != '\n'); ++i) {
    if (buffer_[i] == '"') inside = !inside;
    if (inside) continue;
    commas += buffer_[i] == ',' ? 1 : 0;
    semicolons += buffer_[i] == ';' ? 1 : 0;
    tabs += buffer_[i] == '\t' ? 1 : 0;
  }
  separator_ = semicolons > commas ? ';' : ',';
  if (tabs > std::max(commas, semicolons)) separator_ = '\t';
}

void CsvReader::fail(const std::string& what) const {
  throw InputError(name_ + ":" + std::to_string(line_) + ", column " + std::to_string(column_ + 1) +
                   ": " + what);
}

void CsvReader::append(std::string& field, const char* from, std::size_t length) const {
  if (field.size() + length > limits_.field) {
    fail("a field of more than " + std::to_string(limits_.field) +
         " bytes; a quote that is never closed, or not a table");
  }
  field.append(from, length);
}

void CsvReader::plain(std::string& field) {
  for (;;) {
    if (peek() == kEnd) return;
    const char* const begin = buffer_.data() + at_;
    const char* const stop = buffer_.data() + end_;
    const char* p = begin;
    while (p != stop && *p != separator_ && *p != '\n') ++p;
    append(field, begin, static_cast<std::size_t>(p - begin));
    at_ += static_cast<std::size_t>(p - begin);
    if (p != stop) break;
  }
  if (buffer_[at_] == '\n' && !field.empty() && field.back() == '\r') field.pop_back();
}

void CsvReader::quoted(std::string& field) {
  const long opened = line_;
  ++at_;
  for (;;) {
    if (peek() == kEnd) fail("a quote opened in line " + std::to_string(opened) + " never closes");
    const char* const begin = buffer_.data() + at_;
    const auto* quote = static_cast<const char*>(std::memchr(begin, '"', end_ - at_));
    const std::size_t length = quote ? static_cast<std::size_t>(quote - begin) : end_ - at_;
    append(field, begin, length);
    line_ += std::count(begin, begin + length, '\n');
    at_ += length;
    if (!quote) continue;
    ++at_;
    if (peek() != '"') break;
    append(field, "\"", 1);
    ++at_;
  }
  if (peek() == '\r') ++at_;
  const int after = peek();
  if (after != kEnd && after != '\n' && after != static_cast<unsigned char>(separator_)) {
    fail("text after a closing quote");
  }
}

void CsvReader::check(const std::string& field) const {
  if (field.find('\0') != std::string::npos) fail("a NUL character; not a text file");
  const std::size_t bad = invalid_utf8(field);
  if (bad != std::string::npos) {
    fail("not UTF-8 at byte " + std::to_string(bad + 1) +
         " of the field; the file may be in another encoding");
  }
}

bool CsvReader::next(std::vector<std::string>& fields) {
  if (peek() == kEnd) return false;
  row_ = line_;
  column_ = 0;
  for (;;) {
    if (column_ >= limits_.fields) fail("more fields than a table may have");
    if (column_ == fields.size()) fields.emplace_back();
    std::string& field = fields[column_];
    field.clear();
    if (peek() == '"') {
      quoted(field);
    } else {
      plain(field);
    }
    check(field);
    ++column_;
    const int after = peek();
    if (after != kEnd) ++at_;
    if (after == static_cast<unsigned char>(separator_)) continue;
    if (after == '\n') ++line_;
    break;
  }
  fields.resize(column_);
  return true;
}

std::size_t Table::column(const std::string& wanted) const {
  const auto found = std::find(header.begin(), header.end(), wanted);
  if (found == header.end()) throw InputError(name + ":1: there is no column \"" + wanted + "\"");
  if (std::find(found + 1, header.end(), wanted) != header.end()) {
    throw InputError(name + ":1: more than one column is called \"" + wanted + "\"");
  }
  return static_cast<std::size_t>(found - header.begin());
}

Table read_table(std::istream& in, const std::string& name, char separator) {
  CsvReader reader(in, name, separator);
  Table table;
  table.name = name;
  table.bom = reader.had_bom();
  if (!reader.next(table.header)) throw InputError(name + ": is empty");
  for (Table::Row row; reader.next(row.fields);) {
    row.number = reader.row();
    const bool empty_line = row.fields.size() == 1 && row.fields[0].empty();
    if (empty_line && table.header.size() > 1) continue;
    if (row.fields.size() != table.header.size()) {
      throw InputError(name + ":" + std::to_string(row.number) + ": " +
                       std::to_string(row.fields.size()) + " fields where the header has " +
                       std::to_string(table.header.size()));
    }
    table.rows.push_back(row);
  }
  return table;
}

Table read_table(const std::string& path, const std::string& name, char separator) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw InputError(name + ": cannot be opened");
  return read_table(in, name, separator);
}

}  // namespace kerasan::study

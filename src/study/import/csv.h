// Comma-separated values (RFC 4180), read one record at a time in bounded memory.
#pragma once

#include <istream>
#include <string>
#include <vector>

#include "study/import/finding.h"

namespace kerasan::study {

struct CsvLimits {
  std::size_t field = std::size_t{1} << 20;  // bytes of one field
  std::size_t fields = 4096;                 // fields of one record
};

class CsvReader {
 public:
  // `name` is for messages. separator 0: ',' or ';' or tab, whichever the first line holds most of.
  CsvReader(std::istream& in, std::string name, char separator = 0, CsvLimits limits = {});

  // False at the end. Throws InputError with row and column: not UTF-8, a NUL, an open quote,
  // text after a closing quote, a field or record beyond the limits.
  bool next(std::vector<std::string>& fields);

  long row() const { return row_; }  // the line on which the last record begins
  bool had_bom() const { return bom_; }
  char separator() const { return separator_; }
  const std::string& name() const { return name_; }

 private:
  bool fill();
  int peek();
  void guess_separator();
  void plain(std::string& field);
  void quoted(std::string& field);
  void check(const std::string& field) const;
  void append(std::string& field, const char* from, std::size_t length) const;
  [[noreturn]] void fail(const std::string& what) const;

  std::istream& in_;
  std::string name_;
  char separator_;
  CsvLimits limits_;
  std::vector<char> buffer_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  long line_ = 1;
  long row_ = 0;
  std::size_t column_ = 0;
  bool bom_ = false;
};

struct Table {
  std::string name;
  std::vector<std::string> header;
  struct Row {
    long number;
    std::vector<std::string> fields;  // as many as the header has
  };
  std::vector<Row> rows;
  bool bom = false;

  // The only column of this name; InputError when there is none or more than one.
  std::size_t column(const std::string& wanted) const;
};

// All records. InputError for a row of another width than the header.
Table read_table(const std::string& path, const std::string& name, char separator = 0);
Table read_table(std::istream& in, const std::string& name, char separator = 0);

}  // namespace kerasan::study

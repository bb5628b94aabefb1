// A small workbook, part by part, for tests that damage one.
#pragma once

#include <zip.h>

#include <string>
#include <utility>
#include <vector>

namespace kerasan::testing {

using Parts = std::vector<std::pair<std::string, std::string>>;

inline std::string zipped(const Parts& parts) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* target = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_source_keep(target);
  zip_t* archive = zip_open_from_source(target, ZIP_TRUNCATE, &error);
  for (const auto& [name, content] : parts) {
    zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), 0);
    zip_file_add(archive, name.c_str(), source, 0);
  }
  zip_close(archive);
  zip_stat_t stat;
  zip_source_stat(target, &stat);
  std::string bytes(stat.size, '\0');
  zip_source_open(target);
  zip_source_read(target, bytes.data(), bytes.size());
  zip_source_close(target);
  zip_source_free(target);
  return bytes;
}

inline Parts book_of(const std::string& cells) {
  const std::string type = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";
  return {
      {"xl/workbook.xml", "<workbook><sheets><sheet name='Votes' r:id='r1'/></sheets></workbook>"},
      {"xl/_rels/workbook.xml.rels",
       "<Relationships><Relationship Id='r1' Target='worksheets/s.xml'/></Relationships>"},
      {"xl/sharedStrings.xml",
       "<sst><si><t>one</t></si><si><r><t>two </t></r><r><t>parts</t></r></si></sst>"},
      {"xl/worksheets/s.xml", "<worksheet><sheetData>" + cells + "</sheetData></worksheet>"},
      {"xl/worksheets/_rels/s.xml.rels", "<Relationships><Relationship Id='r1' Type='" + type +
                                             "comments' Target='../c.xml'/></Relationships>"},
      {"xl/c.xml",
       "<comments><commentList><comment ref='B2'><text><t>why?</t></text></comment>"
       "</commentList></comments>"}};
}

}  // namespace kerasan::testing

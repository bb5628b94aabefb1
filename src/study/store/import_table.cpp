// Generic tables of issues.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "study/import/csv_ahead.h"
#include "study/import/text.h"
#include "study/store/import_fields.h"

namespace kerasan::study {
namespace {

// What each column of a table is.
std::vector<std::vector<Role>> roles_of(const Project& project, const ColumnMap& map,
                                        const std::vector<std::string>& header,
                                        const std::string& file) {
  const Roles roles(project, map);
  std::vector<std::string> names;
  for (const std::string& one : header) names.push_back(trimmed(one));
  roles.check_named(names, file);
  std::vector<std::vector<Role>> out;
  bool key = false;
  bool title = false;
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (!name->empty() && std::find(names.begin(), name, *name) != name) {
      throw InputError(file + ":1: more than one column is called \"" + shortened(*name) + "\"");
    }
    out.push_back(roles.of(*name));
    for (const Role& role : out.back()) {
      key = key || (role.kind == Role::field && role.is == Field::key);
      title = title || (role.kind == Role::field && role.is == Field::title);
    }
  }
  if (!key) {
    throw InputError(file +
                     ":1: no column \"key\", \"id\", \"number\" or \"url\" tells the items apart");
  }
  if (!title) throw InputError(file + ":1: there is no column \"title\"");
  return out;
}

}  // namespace

ImportResult import_table(Project& project, const std::string& path, const std::string& who,
                          const ColumnMap& map) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw InputError(path + ": cannot be opened");
  CsvAhead reader(in, path);
  if (!reader.next()) throw InputError(path + ": is empty");
  ImportResult result;
  const RollbackJournal journal(project.database());
  Transaction transaction(project.database());
  const auto columns = roles_of(project, map, reader.fields(), path);
  ItemWriter writer(project, project.append({0, "", who, "import", "", "", path, ""}, 0));
  IncomingItem item;
  while (reader.next()) {
    const std::vector<std::string>& row = reader.fields();
    if (row.size() == 1 && row[0].empty() && columns.size() > 1) continue;
    const auto where = [&] { return path + ":" + std::to_string(reader.row()); };
    if (row.size() != columns.size()) {
      throw InputError(where() + ": " + std::to_string(row.size()) +
                       " fields where the header has " + std::to_string(columns.size()));
    }
    item.clear();
    for (std::size_t i = 0; i < row.size(); ++i) {
      for (const Role& role : columns[i]) item.take(role, row[i], where);
    }
    item.write(writer, path, reader.row(), result);
  }
  transaction.commit();
  return result;
}

ImportResult import_into(Project& project, const std::string& path, const std::string& who,
                         const ColumnMap& map) {
  check_name(who, "name");
  if (std::filesystem::is_directory(path)) {
    if (!map.empty()) throw InputError(path + ": the parts of a package have names of their own");
    return import_package(project, path, who);
  }
  const std::string lower = lowered(path);
  if (lower.ends_with(".json")) return import_json(project, path, who, map);
  if (lower.ends_with(".csv") || lower.ends_with(".tsv"))
    return import_table(project, path, who, map);
  throw InputError(path + ": is neither a table (.csv), nor issues (.json), nor a folder");
}

}  // namespace kerasan::study

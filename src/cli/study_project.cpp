// Commands on a project: making it, filling it, and what each of several people does.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "cli/study_commands.h"
#include "study/import/text.h"
#include "study/store/export.h"
#include "study/store/import.h"

namespace kerasan::cli {
namespace {

std::string who(const ProjectOptions& options) {
  const std::string name = options.who.empty() ? user_name() : options.who;
  if (name.empty()) throw InputError("who does this? give --as NAME");
  return name;
}

study::EventId at(const ProjectOptions& options) {
  return options.at == 0 ? study::kNow : options.at;
}

study::Settings wanted_settings(const ProjectOptions& options) {
  if (options.settings.empty()) return study::default_settings(options.reviewers);
  const std::string text = study::file_bytes(options.settings, std::size_t{1} << 20);
  try {
    return study::settings_from_json(nlohmann::json::parse(text), options.settings);
  } catch (const nlohmann::json::exception& error) {
    throw InputError(options.settings + ": is not JSON (" + error.what() + ")");
  }
}

study::ColumnMap column_map(const std::vector<std::string>& given) {
  study::ColumnMap map;
  for (const std::string& one : given) {
    const std::size_t sign = one.find('=');
    if (sign == std::string::npos) {
      throw InputError("--map " + one + ": say which column is what, such as title=Summary");
    }
    map.emplace_back(one.substr(0, sign), one.substr(sign + 1));
  }
  return map;
}

study::Item item_of(const study::Project& project, const std::string& key) {
  const auto item = project.find(key);
  if (!item) throw InputError("no item has the key \"" + study::shortened(key) + "\"");
  return *item;
}

}  // namespace

std::string user_name() {
  const char* name = std::getenv("USER");
  return name ? name : "";
}

int study_init(const ProjectOptions& options) {
  if (options.reviewers.empty() == options.settings.empty()) {
    throw InputError("study init: give either --reviewers A,B,… or --settings FILE");
  }
  study::Project::create(options.project, wanted_settings(options), who(options));
  std::cout << options.project << ": a new study\n";
  return 0;
}

int study_import(const ProjectOptions& options) {
  study::Project project(options.project);
  const study::ImportResult result =
      study::import_into(project, options.source, who(options), column_map(options.columns));
  for (const study::DataFinding& finding : result.findings) {
    std::cout << finding.place() << ": " << finding.text << " [" << finding.kind << "]\n";
  }
  std::cout << options.source << ": " << result.added << " items added, " << result.known
            << " known, " << result.ratings << " ratings\n";
  return 0;
}

int study_rate(const ProjectOptions& options) {
  study::Project project(options.project);
  std::cout << project.rate(options.item, options.stage, who(options), options.value, options.note)
            << "\n";
  return 0;
}

int study_decide(const ProjectOptions& options) {
  study::Project project(options.project);
  std::cout << project.decide(options.item, options.stage, who(options), options.value,
                              options.note)
            << "\n";
  return 0;
}

int study_fact(const ProjectOptions& options) {
  study::Project project(options.project);
  std::cout << project.set_fact(options.item, options.field, who(options), options.value) << "\n";
  return 0;
}

int study_queue(const ProjectOptions& options) {
  const study::Project project(options.project);
  for (const study::Item& item : project.queue(options.stage, who(options), options.limit)) {
    std::cout << item.key << "\t" << study::shortened(item.title, 200) << "\n";
  }
  return 0;
}

int study_conflicts(const ProjectOptions& options) {
  const study::Project project(options.project);
  for (const study::ItemState& state : project.conflicts(options.stage, options.limit)) {
    std::cout << state.item.key << "\t" << study::shortened(state.item.title, 200);
    for (const auto& [rater, value] : state.stages.at(options.stage).ratings) {
      std::cout << "\t" << rater << ": " << value;
    }
    std::cout << "\n";
  }
  return 0;
}

int study_show(const ProjectOptions& options) {
  const study::Project project(options.project);
  const study::ItemState state = project.state(item_of(project, options.item), at(options));
  std::cout << study::to_json(state, project.settings(at(options))).dump(1) << "\n";
  return 0;
}

int study_history(const ProjectOptions& options) {
  const study::Project project(options.project);
  for (const study::Event& event : project.history(options.item, study::kNow, options.limit)) {
    std::cout << event.id << "\t" << event.at << "\t" << event.who << "\t" << event.kind << "\t"
              << event.item << "\t" << event.stage << "\t" << study::shortened(event.value, 200)
              << "\t" << study::shortened(event.note, 200) << "\n";
  }
  return 0;
}

int study_settings(const ProjectOptions& options) {
  study::Project project(options.project);
  if (!options.settings.empty()) {
    std::cout << project.configure(wanted_settings(options), who(options)) << "\n";
  } else {
    std::cout << study::to_json(project.settings(at(options))).dump(1) << "\n";
  }
  return 0;
}

int study_export(const ProjectOptions& options) {
  const study::Project project(options.project);
  for (const std::string& file : study::export_project(project, options.folder, at(options))) {
    std::cout << file << "\n";
  }
  return 0;
}

}  // namespace kerasan::cli

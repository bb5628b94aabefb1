// kerasan study agreement: coefficients of a package or of a table of ratings.
#include <filesystem>
#include <iomanip>
#include <iostream>

#include "cli/study_commands.h"
#include "study/analysis/package_stages.h"
#include "study/import/text.h"
#include "study/store/project.h"

namespace kerasan::cli {
namespace {

void print_estimates(const study::StageRatings& stage, int samples) {
  std::cout << stage.name << ": " << stage.ratings.items() << " items, " << stage.raters.size()
            << " raters, " << stage.conflicts.size() << " in conflict\n";
  if (!stage.note.empty()) std::cout << "  " << stage.note << "\n";
  for (const study::Estimate& one : study::estimates(stage, samples)) {
    std::cout << "  " << one.name << ": ";
    if (!one.value) {
      std::cout << "no value (nothing could have disagreed, or no item has all ratings)\n";
      continue;
    }
    std::cout << std::fixed << std::setprecision(3) << *one.value;
    if (one.interval) {
      std::cout << "  (95 % interval " << one.interval->low << " to " << one.interval->high << ")";
    }
    std::cout << std::defaultfloat << "\n";
  }
}

void print_confusion(const study::StageRatings& stage) {
  const auto& categories = stage.ratings.categories();
  for (std::size_t a = 0; a < stage.raters.size(); ++a) {
    for (std::size_t b = a + 1; b < stage.raters.size(); ++b) {
      std::cout << "  " << stage.raters[a] << " (rows), " << stage.raters[b] << " (columns)\n";
      const auto counts = study::confusion_matrix(stage.ratings, a, b);
      for (std::size_t i = 0; i < counts.size(); ++i) {
        std::cout << "    " << categories[i] << ":";
        for (const double count : counts[i]) std::cout << " " << static_cast<long>(count);
        std::cout << "\n";
      }
    }
  }
}

std::vector<study::StageRatings> stages_of(const AgreementOptions& options) {
  if (std::filesystem::is_directory(options.source)) {
    return study::package_stages(study::read_package(options.source));
  }
  if (study::is_project(options.source)) {
    const study::Project project(options.source);
    std::vector<study::StageRatings> stages;
    for (const study::StageSettings& stage : project.settings().stages) {
      stages.push_back(project.stage_ratings(stage.name));
    }
    return stages;
  }
  std::vector<std::string> categories;
  if (!options.categories.empty()) categories = study::split(options.categories, ',');
  return {study::stage_of_table(options.source, study::level_named(options.level), categories)};
}

}  // namespace

int study_agreement(const AgreementOptions& options) {
  const std::vector<study::StageRatings> stages = stages_of(options);
  if (options.json) {
    nlohmann::json all = nlohmann::json::array();
    for (const auto& stage : stages) all.push_back(study::to_json(stage, options.samples));
    std::cout << all.dump(1) << "\n";
    return 0;
  }
  for (const auto& stage : stages) {
    print_estimates(stage, options.samples);
    print_confusion(stage);
    for (const study::Conflict& conflict : stage.conflicts) {
      std::cout << "  conflict " << conflict.item << ":";
      for (const std::string& one : conflict.given) std::cout << " " << (one.empty() ? "-" : one);
      std::cout << "\n";
    }
  }
  return 0;
}

}  // namespace kerasan::cli

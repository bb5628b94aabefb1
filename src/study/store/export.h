// A project as plain tables, for other tools and for the next study.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "study/store/project.h"

namespace kerasan::study {

// Writes items.csv (which `study import` reads again), history.csv and settings.json, as of a
// change. Returns the paths written. InputError when the folder cannot be written.
std::vector<std::string> export_project(const Project& project, const std::string& folder,
                                        EventId at = kNow);

// An item with all that is known of it.
nlohmann::json to_json(const ItemState& state, const Settings& settings);

// One field of a CSV file, quoted where it has to be.
std::string csv_field(std::string_view text);

}  // namespace kerasan::study

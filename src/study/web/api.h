// What the page asks for and does, as JSON, apart from HTTP.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "study/store/project.h"

namespace kerasan::study {

using Query = std::map<std::string, std::string>;

// Throws InputError for a wrong request, DecidedMeanwhile for one that came too late.
nlohmann::json api_get(Project& project, const std::string& path, const Query& query);
// What it answers is on disk.
nlohmann::json api_post(Project& project, const std::string& path, const nlohmann::json& body);

// Parts of api_get.
// The included items that hold all `words` and, for each "stage:NAME" of the query, have its value;
// with how often each value occurs.
nlohmann::json bugs_json(Project& project, const Query& query);
// The figures of the study as it stands, with the tables that they are drawn from.
nlohmann::json charts_json(const Project& project);
// A figure for the page, which has its own rules of style and takes no others.
std::string without_style(std::string svg);

}  // namespace kerasan::study

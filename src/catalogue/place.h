// Where the catalogue, the environments and the results of the lab are.
#pragma once

#include <filesystem>

namespace kerasan::catalogue {

// The folder with the bugs: $KERASAN_CATALOGUE, that of the sources, or an installed one.
std::filesystem::path find_catalogue();
// $KERASAN_ENVS, or envs in the cache, where ./dev env makes them.
std::filesystem::path environments_folder();
// $KERASAN_LAB, or lab in the cache.
std::filesystem::path results_folder();

}  // namespace kerasan::catalogue

#include "catalogue/place.h"

#include <cstdlib>

#include "base/error.h"

namespace kerasan::catalogue {
namespace {

namespace fs = std::filesystem;

// A variable of the environment that says something.
const char* given(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : nullptr;
}

fs::path cache_folder() {
  if (const char* cache = given("XDG_CACHE_HOME")) return fs::path(cache) / "kerasan";
  if (const char* home = given("HOME")) return fs::path(home) / ".cache" / "kerasan";
  throw InputError("neither HOME nor XDG_CACHE_HOME says where the cache is");
}

}  // namespace

fs::path find_catalogue() {
  std::error_code ignored;
  if (const char* folder = given("KERASAN_CATALOGUE")) {
    if (!fs::is_directory(folder, ignored))
      throw InputError(std::string("KERASAN_CATALOGUE=") + folder + ": no such folder");
    return fs::canonical(folder);
  }
  const fs::path self = fs::read_symlink("/proc/self/exe", ignored);
  const fs::path source = fs::path(KERASAN_SOURCE_DIR) / "catalogue";
  const fs::path installed = self.parent_path() / ".." / "share" / "kerasan" / "catalogue";
  for (const fs::path& folder : {source, installed}) {
    if (fs::is_directory(folder, ignored)) return fs::weakly_canonical(folder);
  }
  throw InputError("the catalogue is missing: neither in " + source.string() + " nor in " +
                   installed.lexically_normal().string() +
                   "; KERASAN_CATALOGUE names another place");
}

fs::path environments_folder() {
  const char* folder = given("KERASAN_ENVS");
  return folder != nullptr ? fs::absolute(folder) : cache_folder() / "envs";
}

fs::path results_folder() {
  const char* folder = given("KERASAN_LAB");
  return folder != nullptr ? fs::absolute(folder) : cache_folder() / "lab";
}

}  // namespace kerasan::catalogue

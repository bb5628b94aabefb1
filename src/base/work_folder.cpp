#include "base/work_folder.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <system_error>

#include "base/error.h"

namespace kerasan {

namespace fs = std::filesystem;

WorkFolder::WorkFolder() : WorkFolder(fs::temp_directory_path(), "kerasan") {}

WorkFolder::WorkFolder(const fs::path& parent, std::string_view name) {
  std::string pattern = (parent / name).string() + "-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr)
    throw InputError(pattern + ": cannot be made: " + std::strerror(errno));
  path_ = pattern;
}

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace kerasan

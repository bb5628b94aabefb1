// An empty folder of our own, gone at the end.
#pragma once

#include <filesystem>
#include <string_view>

namespace kerasan {

class WorkFolder {
 public:
  // In the folder for temporary files. Throws InputError where it cannot be made.
  WorkFolder();
  // `parent`/`name`-XXXXXX.
  WorkFolder(const std::filesystem::path& parent, std::string_view name);
  ~WorkFolder();
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace kerasan

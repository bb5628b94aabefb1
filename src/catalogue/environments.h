// Interpreters with a release of TensorFlow, made by ./dev env from tools/environments.txt.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>

namespace kerasan::catalogue {

class Environments {
 public:
  // `root` holds dev and tools/environments.txt. Throws InputError without the table.
  Environments(std::filesystem::path root, std::filesystem::path folder);
  // The line of the table: what an environment is made of. Throws InputError naming an unknown one.
  const std::string& line(const std::string& name) const;
  // Makes it unless it is there as the table says. Throws InputError with what went wrong.
  std::filesystem::path python(const std::string& name, const std::function<bool()>& stop,
                               const std::function<void(const std::string&)>& say);

 private:
  bool ready(const std::string& name) const;
  void make(const std::string& name, const std::function<bool()>& stop) const;

  std::filesystem::path root_;
  std::filesystem::path folder_;
  std::map<std::string, std::string> lines_;
  std::map<std::string, std::string> failures_;  // not tried again in this process
  std::mutex making_;
};

}  // namespace kerasan::catalogue

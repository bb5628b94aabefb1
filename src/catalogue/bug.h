// A silent bug of the catalogue: the facts of its bug.json.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kerasan::catalogue {

// A release of TensorFlow and the interpreter it is run with.
struct Release {
  std::string version;
  std::string python;
  std::string environment() const { return "tf-" + version; }  // of tools/environments.txt
};

struct Bug {
  int id = 0;
  int issue = 0;  // of tensorflow/tensorflow
  std::string title;
  std::string scenario;
  std::vector<std::string> components;
  std::optional<int> impact;  // the study's
  std::optional<std::string> root_cause;
  int our_impact = 0;
  std::string our_why;
  std::vector<std::string> present_on;  // what was run
  std::vector<std::string> absent_on;
  std::vector<std::string> fixing_commits;
  std::optional<std::string> seen;  // what the user saw
  std::optional<std::string> truth;
  std::string state;  // "reproduced", "needs-gpu", ...
  std::optional<std::string> tried;
  Release present;
  std::optional<Release> absent;  // none where every release has the bug
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;
  std::optional<int> first_wrong_step;  // batch of training, from 1
  std::filesystem::path folder;

  std::filesystem::path program() const { return folder / "program.py"; }
  std::filesystem::path witness() const { return folder / "witness.py"; }
  bool has_programs() const;
  std::string link() const;
};

// By id. Throws InputError naming the file and field that cannot be used.
std::vector<Bug> read_catalogue(const std::filesystem::path& folder);
Bug read_bug(const std::filesystem::path& folder);

// Seven, in the order of the study: most frequent first.
const std::vector<std::string>& scenarios();

}  // namespace kerasan::catalogue

#include "cli/baseline.h"

#include <filesystem>
#include <fstream>

#include "base/error.h"

namespace kerasan::cli {
namespace {

using model::Json;

// The file's own name stands for a program; its arguments count as they are.
std::vector<std::string> identity(std::vector<std::string> command) {
  for (std::string& word : command) {
    const std::filesystem::path path(word);
    const bool program = path.extension() == ".py" || &word == &command.front();
    if (program) word = path.filename().string();
    if (path.extension() == ".py") break;
  }
  return command;
}

std::string text_of(const std::vector<std::string>& command) {
  std::string text;
  for (const std::string& word : command) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace

Json read_baseline(const RunOptions& options) {
  const std::string& path = options.baseline;
  if (path.empty()) return nullptr;
  std::ifstream file(path);
  if (!file) throw InputError(path + ": the baseline cannot be read");
  const Json report = Json::parse(file, nullptr, false);
  const Json figures = report.is_object() ? report.value("performance", Json()) : Json();
  const Json command = figures.is_object() ? figures.value("command", Json()) : Json();
  if (!command.is_array() || !figures.value("places", Json()).is_array())
    throw InputError(path + ": no JSON report of `kerasan run` with figures to compare with");
  std::vector<std::string> words;
  for (const Json& word : command) {
    if (!word.is_string()) throw InputError(path + ": the command in the baseline is no text");
    words.push_back(word);
  }
  for (const Json& place : figures["places"])
    if (!place.is_object()) throw InputError(path + ": a place of the baseline is no object");
  if (identity(words) != identity(options.program))
    throw InputError(path + ": the baseline is of another program, " + text_of(words) +
                     ", not of " + text_of(options.program));
  return figures;
}

}  // namespace kerasan::cli

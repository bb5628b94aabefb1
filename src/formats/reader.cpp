#include "formats/reader.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace kerasan::formats {
namespace {

// A function-local static: registrars of other files may run before this one's globals.
std::vector<std::unique_ptr<FormatReader>>& readers() {
  static std::vector<std::unique_ptr<FormatReader>> all;
  return all;
}

}  // namespace

ReaderRegistrar::ReaderRegistrar(std::unique_ptr<FormatReader> reader) {
  readers().push_back(std::move(reader));
}

const FormatReader* find_reader(const std::string& path) {
  const FormatReader* best = nullptr;
  Match match = Match::kNo;
  for (const auto& reader : readers()) {
    const Match found = reader->probe(path);
    if (found <= match) continue;
    match = found;
    best = reader.get();
  }
  return best;
}

ModelFile read_model_file(const std::string& path) {
  const FormatReader* reader = find_reader(path);  // the prefix of a checkpoint is no file itself
  struct stat status {};
  if (reader == nullptr && ::stat(path.c_str(), &status) != 0) {
    throw InputError(path + ": cannot open: " + std::strerror(errno));
  }
  if (reader == nullptr) throw InputError(path + ": no format of a saved model that is known");
  ModelFile file = reader->read(path);
  file.path = path;
  return file;
}

std::vector<std::string> known_formats() {
  std::vector<std::string> names;
  for (const auto& reader : readers()) names.push_back(reader->name());
  return names;
}

}  // namespace kerasan::formats

#include "checks/unpacked_save.h"

#include <fstream>
#include <utility>

#include "base/error.h"
#include "model/fields.h"

namespace kerasan::checks {

namespace fs = std::filesystem;

UnpackedSave::UnpackedSave(const model::Json& files, fs::path folder, const Tensors& tensor)
    : folder_(std::move(folder)) {
  for (const model::Json& file : files) add(file, tensor);
}

void UnpackedSave::add(const model::Json& file, const Tensors& tensor) {
  const std::string name = model::string_or(file, "name", "");
  const auto bytes = tensor(file.value("bytes", model::Json()));
  if (!bytes) throw InputError("a saved file that was not recorded");
  if (name.empty() || fs::path(name).is_absolute() || name.find("..") != std::string::npos)
    throw InputError("a saved file whose name leads elsewhere");
  const fs::path to = folder_ / name;
  fs::create_directories(to.parent_path());
  const auto span = bytes->bytes();
  std::ofstream out(to, std::ios::binary);
  out.write(reinterpret_cast<const char*>(span.data()), static_cast<std::streamsize>(span.size()));
  if (!out.flush()) throw InputError(to.string() + ": cannot be written");
  names_.insert(name);
}

std::string UnpackedSave::path() const {
  if (names_.contains("saved_model.pb")) return folder_.string();
  for (const std::string& name : names_)
    if (name.ends_with(".index")) return (folder_ / name.substr(0, name.size() - 6)).string();
  return names_.empty() ? "" : (folder_ / *names_.begin()).string();
}

}  // namespace kerasan::checks

// The recorded files of one save, put on the disk while they are read.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "base/tensor.h"
#include "model/run.h"

namespace kerasan::checks {

class UnpackedSave {
 public:
  using Tensors = std::function<std::optional<Tensor>(const model::Json&)>;
  // `files` of a `saved_file` event go into `folder`. Throws InputError where one was not recorded,
  // has a name that leads elsewhere or cannot be written.
  UnpackedSave(const model::Json& files, std::filesystem::path folder, const Tensors& tensor);
  // What a loader is given: a folder, a file, or the prefix of a checkpoint; empty without files.
  std::string path() const;

 private:
  void add(const model::Json& file, const Tensors& tensor);

  std::filesystem::path folder_;
  std::set<std::string> names_;
};

}  // namespace kerasan::checks

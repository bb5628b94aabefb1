// The parts of a zip held in memory, each bounded before it is unpacked.
#pragma once

#include <zip.h>

#include <memory>
#include <string>

namespace kerasan::study {

class ZipParts {
 public:
  // `name` is for messages. Throws InputError when `bytes` is no whole zip or holds too much.
  ZipParts(std::string bytes, std::string name);

  bool has(const std::string& part) const;
  std::string read(const std::string& part) const;  // InputError: missing, damaged, too large

 private:
  struct Close {
    void operator()(zip_t* archive) const { zip_discard(archive); }
  };
  std::string bytes_;
  std::string name_;
  std::unique_ptr<zip_t, Close> archive_;
};

}  // namespace kerasan::study

// Readers of saved files: one source file each, which registers itself.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "formats/model_file.h"

namespace kerasan::formats {

// How sure a reader is that a file is of its format.
enum class Match { kNo, kMaybe, kYes };

class FormatReader {
 public:
  virtual ~FormatReader() = default;
  virtual std::string name() const = 0;
  // Looks at the first bytes, or at the names in a folder; never throws for a file of another
  // format, or where there is none.
  virtual Match probe(const std::string& path) const = 0;
  // Throws InputError naming the path when the file cannot be used; what is wrong with a usable
  // file goes to its faults. Nothing in the file is ever executed.
  virtual ModelFile read(const std::string& path) const = 0;
};

// Used once, at namespace scope, in the file of the reader:
//   const ReaderRegistrar registrar{std::make_unique<XReader>()};
struct ReaderRegistrar {
  explicit ReaderRegistrar(std::unique_ptr<FormatReader> reader);
};

// The best match; nullptr if no reader takes it.
const FormatReader* find_reader(const std::string& path);
// Throws InputError when no reader takes the file, too.
ModelFile read_model_file(const std::string& path);
std::vector<std::string> known_formats();

}  // namespace kerasan::formats

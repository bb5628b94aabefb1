// SavedModels: any bytes as saved_model.pb and as keras_metadata.pb, and a sound folder with some
// bytes of one of the two changed.
#include "../tests/saved_model_sample.h"
#include "base/error.h"
#include "formats/tensorflow/keras_metadata.h"
#include "formats/tensorflow/saved_model.h"
#include "patched.h"

namespace {

using namespace kerasan;
using testing::patched;
using testing::write_file;

void read_alone(const std::string& bytes) {
  try {
    formats::tensorflow::read_saved_model(bytes);
  } catch (const InputError&) {
  }
  try {
    std::vector<formats::Fault> faults;
    formats::tensorflow::keras_metadata(formats::tensorflow::read_keras_metadata(bytes), faults);
  } catch (const InputError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const testing::Folder folder;
  static const testing::saved_model::SavedModelSample sample;
  static const bool written = (sample.write(folder), true);
  (void)written;
  read_alone(std::string(reinterpret_cast<const char*>(data), size));
  const std::string graph = patched(sample.saved_model(), data, size);
  const std::string metadata = patched(sample.metadata(), data, size);
  read_alone(graph);
  read_alone(metadata);
  // The folder as a whole costs files, which are slow: one of the two at a time.
  const bool change_graph = size % 2 == 0;
  write_file(folder / "saved_model.pb", change_graph ? graph : sample.saved_model());
  write_file(folder / "keras_metadata.pb", change_graph ? sample.metadata() : metadata);
  testing::read_path(folder.path());
  return 0;
}

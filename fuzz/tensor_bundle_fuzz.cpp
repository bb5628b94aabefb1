// Checkpoints: any bytes as an index and as an object graph, and a sound one with some bytes
// changed behind checksums that hold, which a fuzzer cannot guess.
#include "../tests/tensorflow_files.h"
#include "base/error.h"
#include "formats/tensorflow/bundle_weights.h"
#include "formats/tensorflow/object_graph.h"
#include "formats/tensorflow/tensor_bundle.h"
#include "patched.h"

namespace {

using namespace kerasan;
using testing::field;
using testing::patched;

// Two variables, one in two slices, and what the optimizer keeps of the first.
struct Parts {
  std::string first = field(1, 1) + field(2, testing::shape_message({2, 1})) + field(5, 8);
  std::string sliced = field(1, 1) + field(2, testing::shape_message({2})) + half(0) + half(1);
  std::string objects = field(1, field(1, field(1, 1) + field(2, "layer"))) + variable("first") +
                        field(1, field(3, field(1, 1) + field(2, "m") + field(3, 1)));

  static std::string half(int start) { return field(7, field(1, field(1, start) + field(2, 1))); }
  static std::string variable(const char* key) {
    return field(1, field(2, field(1, "VARIABLE_VALUE") + field(2, key) + field(3, key)));
  }
};

void read_checkpoint_of(const Parts& parts) {
  static const testing::Folder folder;
  testing::BundleWriter writer;
  writer.add_string(formats::tensorflow::kObjectGraphKey, parts.objects);
  writer.entry("first") = parts.first;
  writer.entry("sliced") = parts.sliced;
  writer.data() += std::string(64, '\1');
  writer.write(folder / "fuzzed");
  testing::read_path(folder / "fuzzed");
}

template <typename Read>
void only_input_errors(Read read) {
  try {
    read();
  } catch (const InputError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace formats::tensorflow;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  only_input_errors([&] { read_trackable_objects(bytes); });
  testing::TableWriter writer;
  writer.compress = size % 2 == 0;
  const std::string sound =
      writer.write({{"", field(1, 1)}, {"a", Parts().first}, {"b", Parts().sliced}});
  for (const std::string& table : {bytes, patched(sound, data, size)}) {
    only_input_errors([&] { read_bundle_index(table, Checksums::kIgnore); });
  }
  Parts parts;
  parts.first = patched(parts.first, data, size);
  parts.sliced = patched(parts.sliced, data, size);
  parts.objects = patched(parts.objects, data, size);
  read_checkpoint_of(parts);
  return 0;
}

// Graphs of TensorFlow: any bytes as a GraphDef, and a sound one with some bytes changed.
#include "base/error.h"
#include "formats/tensorflow/graph_nodes.h"
#include "patched.h"

namespace {

void read(const std::string& bytes) {
  try {
    (void)kerasan::formats::tensorflow::read_graph_nodes(bytes, 100);
  } catch (const kerasan::InputError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read(std::string(reinterpret_cast<const char*>(data), size));
  // A node "c" of type "Const" whose value is a float32 array of shape (2,).
  const std::string tensor("\x08\x01\x12\x04\x12\x02\x08\x02\x22\x08\0\0\x80\x3f\0\0\0\x40", 18);
  const std::string attribute = "\x0a\x05value\x12\x14\x42\x12" + tensor;
  const std::string node =
      "\x0a\x01"
      "c\x12\x05"
      "Const\x2a\x1d" +
      attribute;
  const std::string sound = "\x0a" + std::string(1, char(node.size())) + node;
  read(kerasan::testing::patched(sound, data, size));
  return 0;
}

#include "formats/tensorflow/graph_nodes.h"

#include <bit>
#include <cstring>

#include "base/error.h"
#include "base/half.h"
#include "formats/tensorflow/data_type.h"
#include "formats/tensorflow/tensor_shape.h"
#include "formats/tensorflow/wire.h"

namespace kerasan::formats::tensorflow {
namespace {

constexpr std::size_t kMaxElements = std::size_t{1} << 22;

// Numbers of one size, packed or one at a time.
template <class Bits, class Take>
void append_fixed(const Field& field, std::vector<double>& out, Take take) {
  if (field.type != Field::Type::kBytes) {
    out.push_back(take(static_cast<Bits>(field.value)));
    return;
  }
  const std::string_view bytes = field.message();
  if (bytes.size() % sizeof(Bits) != 0) throw InputError("TensorProto: numbers are cut");
  for (std::size_t at = 0; at < bytes.size(); at += sizeof(Bits)) {
    Bits bits = 0;
    std::memcpy(&bits, bytes.data() + at, sizeof bits);
    out.push_back(take(bits));
  }
}

struct TensorParts {
  std::optional<DType> type;
  std::optional<DeclaredShape> shape;
  std::string_view content;
  std::vector<double> values;
};

void append_integers(const Field& field, TensorParts& parts) {
  std::vector<std::int64_t> numbers;
  field.append_to(numbers);
  for (const std::int64_t number : numbers) {
    const auto bits = static_cast<std::uint16_t>(number);
    parts.values.push_back(field.number != 13               ? static_cast<double>(number)
                           : parts.type == DType::kBFloat16 ? BFloat16{bits}.to_double()
                                                            : Float16{bits}.to_double());
  }
}

TensorParts read_parts(std::string_view message) {
  TensorParts parts;
  for (const Field& field : Message(message, "TensorProto"))
    if (field.number == 1) parts.type = tensor_type(field.integer());
  for (const Field& field : Message(message, "TensorProto")) {
    switch (field.number) {
      case 2:
        parts.shape = read_shape(field.message());
        break;
      case 4:
        parts.content = field.message();
        break;
      case 5:
        append_fixed<std::uint32_t>(field, parts.values,
                                    [](std::uint32_t b) { return std::bit_cast<float>(b); });
        break;
      case 6:
        append_fixed<std::uint64_t>(field, parts.values,
                                    [](std::uint64_t b) { return std::bit_cast<double>(b); });
        break;
      case 7:   // int_val
      case 10:  // int64_val
      case 11:  // bool_val
      case 13:  // half_val
      case 16:  // uint32_val
      case 17:  // uint64_val
        append_integers(field, parts);
        break;
      default:
        break;
    }
    if (parts.values.size() > kMaxElements) throw InputError("TensorProto: too many numbers");
  }
  return parts;
}

// nullopt for strings and other things that are no numbers.
std::optional<Tensor> read_tensor(std::string_view message) {
  TensorParts parts = read_parts(message);
  if (!parts.type) return std::nullopt;
  Shape shape;
  if (parts.shape) {
    if (!parts.shape->known_rank) throw InputError("TensorProto: a constant without a shape");
    shape = parts.shape->dims;
  }
  const std::size_t size = element_count(shape);
  if (size > kMaxElements) throw InputError("TensorProto: a constant is too large");
  if (!parts.content.empty()) {
    const auto* bytes = reinterpret_cast<const std::byte*>(parts.content.data());
    return Tensor(*parts.type, shape,
                  std::make_shared<std::vector<std::byte>>(bytes, bytes + parts.content.size()));
  }
  if (parts.values.size() > size) throw InputError("TensorProto: more numbers than elements");
  // The last number stands for all that follow.
  parts.values.resize(size, parts.values.empty() ? 0 : parts.values.back());
  return Tensor::from_doubles(*parts.type, shape, parts.values);
}

Attribute read_attribute(std::string_view message) {
  Attribute out;
  for (const Field& field : Message(message, "AttrValue")) {
    switch (field.number) {
      case 1:
        for (const Field& part : Message(field.message(), "AttrValue.ListValue"))
          if (part.number == 3) part.append_to(out.integers);
        break;
      case 2:
        out.text = std::string(field.message());
        break;
      case 3:
        out.integer = field.integer();
        break;
      case 4:
        out.number = std::bit_cast<float>(static_cast<std::uint32_t>(field.value));
        break;
      case 5:
        out.flag = field.flag();
        break;
      case 6:
        out.type = tensor_type(field.integer());
        break;
      case 8:
        out.tensor = read_tensor(field.message());
        break;
      default:
        break;
    }
  }
  return out;
}

GraphNode read_node(std::string_view message) {
  GraphNode node;
  for (const Field& field : Message(message, "NodeDef")) {
    if (field.number == 1) node.name = field.text();
    if (field.number == 2) node.op = field.text();
    if (field.number == 3) node.inputs.push_back(field.text());
    if (field.number != 5) continue;
    const MapEntry entry = map_entry(field);
    node.attributes[entry.key] = read_attribute(entry.value);
  }
  return node;
}

}  // namespace

std::vector<GraphNode> read_graph_nodes(std::string_view message, std::size_t limit) {
  std::vector<GraphNode> nodes;
  for (const Field& field : Message(message, "GraphDef")) {
    if (field.number != 1) continue;
    if (nodes.size() == limit) throw InputError("GraphDef: too many nodes");
    nodes.push_back(read_node(field.message()));
  }
  return nodes;
}

}  // namespace kerasan::formats::tensorflow

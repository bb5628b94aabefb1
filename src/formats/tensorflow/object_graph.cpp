#include "formats/tensorflow/object_graph.h"

#include <algorithm>

#include "base/error.h"
#include "formats/tensorflow/wire.h"

namespace kerasan::formats::tensorflow {
namespace {

std::size_t node_id(const Field& field) { return static_cast<std::size_t>(field.integer()); }

ObjectChild read_child(std::string_view message) {
  ObjectChild child;
  for (const Field& field : Message(message, "ObjectReference")) {
    if (field.number == 1) child.node = node_id(field);
    if (field.number == 2) child.name = field.text();
  }
  return child;
}

OptimizerSlot read_slot(std::string_view message) {
  OptimizerSlot slot;
  for (const Field& field : Message(message, "SlotVariableReference")) {
    if (field.number == 1) slot.variable = node_id(field);
    if (field.number == 2) slot.name = field.text();
    if (field.number == 3) slot.slot = node_id(field);
  }
  return slot;
}

ObjectValue read_value(std::string_view message) {
  ObjectValue value;
  for (const Field& field : Message(message, "SerializedTensor")) {
    if (field.number == 1) value.name = field.text();
    if (field.number == 2) value.full_name = field.text();
    if (field.number == 3) value.key = field.text();
  }
  return value;
}

DeclaredVariable read_variable(std::string_view message) {
  DeclaredVariable variable;
  for (const Field& field : Message(message, "SavedVariable")) {
    switch (field.number) {
      case 1:
        variable.type = field.integer();
        break;
      case 2:
        variable.shape = read_shape(field.message());
        break;
      case 3:
        variable.trainable = field.flag();
        break;
      case 6:
        variable.name = field.text();
        break;
      default:
        break;
    }
  }
  return variable;
}

void read_functions(std::string_view message, std::uint32_t number, const char* name,
                    std::vector<std::string>& functions) {
  for (const Field& field : Message(message, name)) {
    if (field.number == number) functions.push_back(field.text());
  }
}

ObjectNode read_trackable(std::string_view message) {
  ObjectNode node;
  for (const Field& field : Message(message, "TrackableObject")) {
    if (field.number == 1) node.children.push_back(read_child(field.message()));
    if (field.number == 2) node.values.push_back(read_value(field.message()));
    if (field.number == 3) node.slots.push_back(read_slot(field.message()));
  }
  return node;
}

ObjectNode read_saved(std::string_view message) {
  ObjectNode node;
  for (const Field& field : Message(message, "SavedObject")) {
    switch (field.number) {
      case 1:
        node.children.push_back(read_child(field.message()));
        break;
      case 3:
        node.slots.push_back(read_slot(field.message()));
        break;
      case 4:
        for (const Field& part : Message(field.message(), "SavedUserObject")) {
          if (part.number == 1) node.identifier = part.text();
          if (part.number == 3) node.metadata = part.text();
        }
        break;
      case 6:
        read_functions(field.message(), 1, "SavedFunction", node.functions);
        break;
      case 7:
        node.variable = read_variable(field.message());
        break;
      case 8:
        read_functions(field.message(), 1, "SavedBareConcreteFunction", node.functions);
        break;
      default:
        break;
    }
  }
  return node;
}

std::vector<std::int64_t> read_bound(std::string_view message) {
  std::vector<std::int64_t> bound;
  for (const Field& field : Message(message, "SavedConcreteFunction")) {
    if (field.number == 2) field.append_to(bound);
  }
  return bound;
}

void check_references(const ObjectGraph& graph) {
  const std::size_t count = graph.nodes.size();
  const auto check = [count](std::size_t node) {
    if (node >= count) {
      throw InputError("an object graph of " + std::to_string(count) +
                       " objects refers to one beyond");
    }
  };
  for (const ObjectNode& node : graph.nodes) {
    for (const ObjectChild& child : node.children) check(child.node);
    for (const OptimizerSlot& slot : node.slots) {
      check(slot.variable);
      check(slot.slot);
    }
  }
}

}  // namespace

const ObjectChild* ObjectNode::child(std::string_view name) const {
  const auto found = std::ranges::find(children, name, &ObjectChild::name);
  return found == children.end() ? nullptr : &*found;
}

std::vector<std::size_t> ObjectGraph::listed(std::size_t node, std::string_view name) const {
  std::vector<std::size_t> list;
  const ObjectChild* holder = nodes.at(node).child(name);
  if (holder == nullptr) return list;
  const auto& children = nodes[holder->node].children;
  // A list names its members "0", "1", ...; they are written in order.
  for (const ObjectChild& child : children) list.push_back(child.node);
  return list;
}

ObjectGraph read_trackable_objects(std::string_view message) {
  ObjectGraph graph;
  for (const Field& field : Message(message, "TrackableObjectGraph")) {
    if (field.number == 1) graph.nodes.push_back(read_trackable(field.message()));
  }
  check_references(graph);
  return graph;
}

ObjectGraph read_saved_objects(std::string_view message) {
  ObjectGraph graph;
  for (const Field& field : Message(message, "SavedObjectGraph")) {
    if (field.number == 1) graph.nodes.push_back(read_saved(field.message()));
    if (field.number == 2) {
      const MapEntry entry = map_entry(field);
      graph.bound[entry.key] = read_bound(entry.value);
    }
  }
  check_references(graph);
  return graph;
}

}  // namespace kerasan::formats::tensorflow

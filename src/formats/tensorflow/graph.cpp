#include "formats/tensorflow/graph.h"

#include <set>

#include "formats/tensorflow/data_type.h"
#include "formats/tensorflow/wire.h"

namespace kerasan::formats::tensorflow {
namespace {

struct Node {
  std::string name;
  std::string op;
  std::vector<std::string_view> inputs;
  std::vector<std::string> callees;  // functions among its attributes
};

void callees_of(std::string_view attribute, std::vector<std::string>& callees) {
  const auto add = [&](const Field& field) {
    for (const Field& part : Message(field.message(), "NameAttrList")) {
      if (part.number == 1) callees.push_back(part.text());
    }
  };
  for (const Field& field : Message(attribute, "AttrValue")) {
    if (field.number == 10) add(field);
    if (field.number != 1) continue;
    for (const Field& part : Message(field.message(), "AttrValue.ListValue")) {
      if (part.number == 9) add(part);
    }
  }
}

Node read_node(std::string_view message) {
  Node node;
  for (const Field& field : Message(message, "NodeDef")) {
    switch (field.number) {
      case 1:
        node.name = field.text();
        break;
      case 2:
        node.op = field.text();
        break;
      case 3:
        node.inputs.push_back(field.message());
        break;
      case 5:
        callees_of(map_entry(field).value, node.callees);
        break;
      default:
        break;
    }
  }
  return node;
}

// Ops that hand their inputs on to a function, all but the first few; any other op uses every one.
constexpr std::size_t kAll = -1;
std::size_t inputs_used(const Node& node) {
  const std::string& op = node.op;
  if (node.callees.empty()) return kAll;
  if (op == "PartitionedCall" || op == "StatefulPartitionedCall") return 0;
  if (op == "While" || op == "StatelessWhile") return 0;
  if (op == "If" || op == "StatelessIf" || op == "Case" || op == "StatelessCase") return 1;
  return kAll;
}

class FunctionBuilder {
 public:
  explicit FunctionBuilder(GraphFunction& function) : function_(function) {}

  void argument(std::string name) {
    index_.emplace(name, function_.arguments.size());
    function_.arguments.push_back(std::move(name));
    function_.read.push_back(false);
  }

  void node(const Node& node) {
    ++function_.ops[node.op];
    if (!names_.insert(node.name).second) function_.repeated.push_back(node.name);
    const std::size_t used = inputs_used(node);
    std::vector<std::pair<std::size_t, std::size_t>> passed;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const auto found = index_.find(node.inputs[i]);
      if (found == index_.end()) continue;
      if (i < used) {
        function_.read[found->second] = true;
      } else {
        passed.emplace_back(found->second, i - used);
      }
    }
    for (const std::string& callee : node.callees) function_.calls.push_back({callee, passed});
  }

 private:
  GraphFunction& function_;
  std::map<std::string, std::size_t, std::less<>> index_;
  std::set<std::string> names_;
};

GraphFunction read_function(std::string_view message) {
  GraphFunction function;
  FunctionBuilder builder(function);
  std::vector<Node> nodes;  // the signature may come behind them
  for (const Field& field : Message(message, "FunctionDef")) {
    if (field.number == 3) nodes.push_back(read_node(field.message()));
    if (field.number != 1) continue;
    for (const Field& part : Message(field.message(), "OpDef")) {
      if (part.number == 1) function.name = part.text();
      if (part.number != 2) continue;
      for (const Field& argument : Message(part.message(), "OpDef.ArgDef")) {
        if (argument.number == 1) builder.argument(argument.text());
      }
    }
  }
  for (const Node& node : nodes) builder.node(node);
  return function;
}

// An argument is read where a function called reads it: from the callees back to the callers, each
// argument once.
void spread_reads(std::map<std::string, GraphFunction>& functions) {
  using Argument = std::pair<GraphFunction*, std::size_t>;
  std::map<Argument, std::vector<Argument>> callers;
  std::vector<Argument> work;
  for (auto& [name, function] : functions) {
    for (std::size_t i = 0; i < function.read.size(); ++i) {
      if (function.read[i]) work.emplace_back(&function, i);
    }
    for (const GraphCall& call : function.calls) {
      const auto callee = functions.find(call.callee);
      for (const auto& [own, theirs] : call.arguments) {
        if (callee != functions.end() && theirs < callee->second.read.size()) {
          callers[{&callee->second, theirs}].emplace_back(&function, own);
        } else if (!function.read[own]) {  // handed to something that is not known
          function.read[own] = true;
          work.emplace_back(&function, own);
        }
      }
    }
  }
  while (!work.empty()) {
    const Argument argument = work.back();
    work.pop_back();
    const auto found = callers.find(argument);
    if (found == callers.end()) continue;
    for (const auto& [function, index] : found->second) {
      if (function->read[index]) continue;
      function->read[index] = true;
      work.emplace_back(function, index);
    }
  }
}

SignatureTensor read_tensor(std::string_view message) {
  SignatureTensor tensor;
  tensor.shape.known_rank = false;
  for (const Field& field : Message(message, "TensorInfo")) {
    if (field.number == 1) tensor.tensor = field.text();
    if (field.number == 2) tensor.dtype = type_name(field.integer());
    if (field.number == 3) tensor.shape = read_shape(field.message());
  }
  return tensor;
}

}  // namespace

Signature read_signature(std::string_view message) {
  Signature signature;
  for (const Field& field : Message(message, "SignatureDef")) {
    if (field.number == 3) signature.method = field.text();
    if (field.number != 1 && field.number != 2) continue;
    const MapEntry entry = map_entry(field);
    auto& side = field.number == 1 ? signature.inputs : signature.outputs;
    side[entry.key] = read_tensor(entry.value);
  }
  return signature;
}

std::map<std::string, GraphFunction> read_graph(std::string_view message,
                                                std::vector<std::string>& repeated) {
  std::map<std::string, GraphFunction> functions;
  FunctionBuilder graph(functions[""]);
  for (const Field& field : Message(message, "GraphDef")) {
    if (field.number == 1) graph.node(read_node(field.message()));
    if (field.number != 2) continue;
    for (const Field& part : Message(field.message(), "FunctionDefLibrary")) {
      if (part.number != 1) continue;
      GraphFunction function = read_function(part.message());
      std::string name = function.name;
      if (!functions.emplace(name, std::move(function)).second) repeated.push_back(name);
    }
  }
  spread_reads(functions);
  return functions;
}

}  // namespace kerasan::formats::tensorflow

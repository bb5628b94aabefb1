#include "reference/graph/evaluate.h"

#include <cmath>

namespace kerasan::reference::graph {
namespace {

constexpr std::size_t kMaxDepth = 1000;
constexpr double kMaxTotal = 2e7;  // elements of all results

// The device may take numbers below the normal ones for zero.
void note_subnormal(Value& value) {
  const double tiny = precision(value.dtype).tiny;
  for (std::size_t i = 0; i < value.number.size(); ++i)
    if (std::fabs(value.number.value[i]) < tiny)
      value.number.bound[i] = std::fabs(value.number.value[i]);
}

}  // namespace

Evaluation::Evaluation(const std::vector<Node>& nodes, std::map<std::string, Value> fed,
                       Products products)
    : fed_(std::move(fed)), products_(products) {
  for (const Node& node : nodes) nodes_[node.name] = &node;
  for (auto& [name, value] : fed_) note_subnormal(value);
}

Evaluation::Place Evaluation::place(const std::string& name) {
  const auto colon = name.rfind(':');
  if (colon == std::string::npos) return {name, 0};
  const std::string digits = name.substr(colon + 1);
  require(!digits.empty() && digits.size() < 4 &&
              digits.find_first_not_of("0123456789") == std::string::npos,
          "a tensor without a number");
  return {name.substr(0, colon), std::size_t(std::stoul(digits))};
}

std::string Evaluation::operation(const std::string& name) const {
  const auto found = nodes_.find(place(name).node);
  return found == nodes_.end() ? "" : found->second->op;
}

const Value& Evaluation::tensor(const std::string& name) { return given_or_result(name, 0); }

const Value& Evaluation::given_or_result(const std::string& tensor, std::size_t depth) {
  const Place at = place(tensor);
  const auto given = fed_.find(at.node + ":" + std::to_string(at.output));
  if (given != fed_.end()) return given->second;
  const auto& all = results(at.node, depth);
  require(at.output < all.size(), "an output that the operation does not have");
  return all[at.output];
}

const std::vector<Value>& Evaluation::results(const std::string& name, std::size_t depth) {
  const auto done = known_.find(name);
  if (done != known_.end()) return done->second;
  const auto failed = failed_.find(name);
  if (failed != failed_.end()) throw Unsupported(failed->second);
  const auto found = nodes_.find(name);
  require(found != nodes_.end(), "a node that is missing");
  require(depth < kMaxDepth, "a deep graph");
  failed_[name] = "a graph with a circle";
  try {
    std::vector<Value> out = computed(*found->second, depth);
    failed_.erase(name);
    return known_[name] = std::move(out);
  } catch (const Unsupported& error) {
    failed_[name] = error.what();
    throw;
  }
}

std::vector<Value> Evaluation::computed(const Node& node, std::size_t depth) {
  const Operation operation = find_operation(node.op);
  require(operation != nullptr, node.op + " is not known");
  Call call{node, {}, products_};
  for (const std::string& input : node.inputs) {
    if (!input.starts_with("^")) {
      call.inputs.push_back(given_or_result(input, depth + 1));
    } else if (!fed_.contains(input.substr(1) + ":0")) {
      // An order: what comes before may have no effect but its results.
      (void)results(input.substr(1), depth + 1);
    }
  }
  std::vector<Value> out;
  try {
    out = operation(call);
  } catch (const Unsupported& error) {
    throw Unsupported(node.op + ": " + error.what());
  }
  for (const Value& value : out) elements_ += double(value.number.size());
  require(elements_ <= kMaxTotal, "a large graph");
  return out;
}

}  // namespace kerasan::reference::graph

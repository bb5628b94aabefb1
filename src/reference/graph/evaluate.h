// A graph's tensors from what it was fed, operation by operation.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "reference/graph/operation.h"

namespace kerasan::reference::graph {

class Evaluation {
 public:
  // `fed`: values by the names of tensors ("x:0"), those of variables by the name of their handle.
  Evaluation(const std::vector<formats::tensorflow::GraphNode>& nodes,
             std::map<std::string, Value> fed, Products products = {});

  // Throws Unsupported, naming the operation, where it does not follow.
  const Value& tensor(const std::string& name);
  // The type of the operation that gives it; empty if there is none.
  std::string operation(const std::string& name) const;

 private:
  using Node = formats::tensorflow::GraphNode;
  struct Place {
    std::string node;
    std::size_t output = 0;
  };
  static Place place(const std::string& name);
  const std::vector<Value>& results(const std::string& node, std::size_t depth);
  std::vector<Value> computed(const Node& node, std::size_t depth);
  const Value& given_or_result(const std::string& tensor, std::size_t depth);

  std::map<std::string, const Node*> nodes_;
  std::map<std::string, std::vector<Value>> known_;
  std::map<std::string, Value> fed_;
  std::map<std::string, std::string> failed_;  // nodes that do not follow, and why
  Products products_;
  double elements_ = 0;
};

}  // namespace kerasan::reference::graph

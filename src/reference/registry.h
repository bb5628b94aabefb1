// Semantics by the name of the Keras class that they define.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "reference/catalogue.h"

namespace kerasan::reference {

// `Function` is a pointer. One registry is a function-local static: registrars run before main, in
// no given order.
template <class Function>
class Registry {
 public:
  // `kind` in the catalogue: "layers", "losses", ...
  explicit Registry(std::string kind) {
    list_in_catalogue(std::move(kind), [this] { return names(); });
  }
  Registry() = default;
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;
  void add(std::string_view name, Function function) { functions_.emplace(name, function); }
  // nullptr when the name is unknown.
  Function find(std::string_view name) const {
    const auto found = functions_.find(name);
    return found == functions_.end() ? nullptr : found->second;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& [name, function] : functions_) names.push_back(name);
    return names;
  }

 private:
  std::map<std::string, Function, std::less<>> functions_;
};

}  // namespace kerasan::reference

#include "reference/catalogue.h"

#include <utility>

namespace kerasan::reference {
namespace {

// Function-local: registries are made before main, in no given order.
std::map<std::string, std::function<Names()>>& kinds() {
  static std::map<std::string, std::function<Names()>> all;
  return all;
}

}  // namespace

void list_in_catalogue(std::string kind, std::function<Names()> names) {
  kinds()[std::move(kind)] = std::move(names);
}

std::map<std::string, Names> catalogue() {
  std::map<std::string, Names> all;
  for (const auto& [kind, names] : kinds()) all[kind] = names();
  return all;
}

}  // namespace kerasan::reference

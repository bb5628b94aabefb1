// Everything that has a reference, by kind: "layers", "losses", "layer gradients", ...
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace kerasan::reference {

using Names = std::vector<std::string>;

// Used by each registry once.
void list_in_catalogue(std::string kind, std::function<Names()> names);
std::map<std::string, Names> catalogue();

}  // namespace kerasan::reference

// kerasan explain --reference: what has a reference, a kind a line.
#include <iostream>

#include "cli/options.h"
#include "reference/catalogue.h"

namespace kerasan::cli {

int list_reference_command() {
  for (const auto& [kind, names] : reference::catalogue()) {
    std::cout << kind << ":";
    for (const std::string& name : names) std::cout << " " << name;
    std::cout << "\n";
  }
  return 0;
}

}  // namespace kerasan::cli

// Files of the page, bundled into the program when it is built (cmake/bundle.cmake).
#pragma once

#include <string_view>

namespace kerasan::study {

// Empty for a name that is none.
std::string_view asset(std::string_view name);

}  // namespace kerasan::study

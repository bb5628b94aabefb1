// The report for people: one screen, first divergence first.
#pragma once

#include <ostream>

#include "report/report.h"

namespace kerasan::report {

struct Style {
  bool colour = false;
  bool quiet = false;  // findings only; nothing at all when there are none
};

// Colour when `fd` is a terminal and NO_COLOR (https://no-color.org) is unset or empty.
Style style_for(int fd);

void print(std::ostream& out, const Report& report, const Style& style);

}  // namespace kerasan::report

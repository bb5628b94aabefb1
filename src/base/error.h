// The one exception that crosses module boundaries: the input cannot be used.
#pragma once

#include <stdexcept>

namespace kerasan {

// The message names the file or field at fault and what is wrong with it.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace kerasan

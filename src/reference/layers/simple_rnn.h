// One step of the SimpleRNN: h' = activation(x kernel + h recurrent_kernel + bias).
#pragma once

#include <string>

#include "reference/layers/recurrent.h"

namespace kerasan::reference {

struct SimpleRnn {
  Kernel recurrent;
  std::string act;
  Precision p;

  explicit SimpleRnn(const LayerCall& call);

  struct Gates {
    Bounded z;  // what the activation takes
    Activated h;
    Normed output;
  };
  Gates at(const Bounded& input, const Normed& h) const;
};

}  // namespace kerasan::reference

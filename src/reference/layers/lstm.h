// One step of the LSTM (Hochreiter and Schmidhuber 1997, with forget gates), gates in the order
// i, f, c, o:  c' = f c + i activation(z_c),  h' = o activation(c').
#pragma once

#include <string>

#include "reference/layers/recurrent.h"

namespace kerasan::reference {

struct Lstm {
  Kernel recurrent;
  std::string act, gate;
  Precision p;
  std::int64_t n = 0;

  explicit Lstm(const LayerCall& call);

  struct Gates {
    Bounded zi, zf, zg, zo;   // what the activations take
    Activated i, f, g, o, a;  // a = act(c)
    Normed c, h;
  };
  Gates at(const Bounded& input, const Normed& h, const Normed& c) const;
};

}  // namespace kerasan::reference

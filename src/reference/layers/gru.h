// One step of the GRU, gates in the order z, r, h:  h' = z h + (1 - z) activation(candidate), where
// the reset gate applies before the recurrent product (Cho et al. 2014, v1) or, with reset_after,
// after it (v3, the form of cuDNN; bias [2, 3 units] for input and recurrent side).
#pragma once

#include <string>

#include "reference/layers/recurrent.h"

namespace kerasan::reference {

struct Gru {
  Precision p;
  std::string act, gate;
  Kernel recurrent;                    // of all three gates, or of z and r
  Kernel candidate;                    // without reset_after: of h
  Bounded input_bias, recurrent_bias;  // empty when absent
  bool reset_after = false;
  std::int64_t n = 0;

  explicit Gru(const LayerCall& call);

  struct Gates {
    Normed zz, zr, zh;  // what the activations take
    Normed side, kept;  // the candidate's columns of h recurrent; r h without reset_after
    Activated z, r, q;  // q = activation(candidate)
    Normed h;
  };
  Gates at(const Bounded& input, const Normed& h) const;

 private:
  void take_bias(const LayerCall& call);
};

}  // namespace kerasan::reference

// One step of ConvLSTM1D, 2D and 3D (Shi et al. 2015, without peepholes): the LSTM with
// convolutions in the place of products. The recurrent one has padding "same" and stride 1; gates
// in the order i, f, c, o.
#pragma once

#include <string>

#include "reference/layers/recurrent.h"
#include "reference/ops/conv.h"

namespace kerasan::reference {

struct ConvLstm {
  explicit ConvLstm(const LayerCall& call);

  // [n, d, h, w, c] of the layer's own format, and back.
  Bounded volume(const Bounded& x) const { return to_volume(x, spatial, first); }
  Bounded back(Bounded y) const { return from_volume(std::move(y), spatial, first); }
  // What a step takes from its input, with three spatial axes.
  Bounded project(const Bounded& x) const;

  struct Gates {
    Bounded zi, zf, zg, zo;  // what the activations take
    Bounded i, f, g, o, a;   // a = act(c)
    Bounded before, c, h;    // the carry before, and what follows
  };
  Gates at(const Bounded& in, const States& s) const;

  std::size_t spatial;
  Precision p;
  std::string act, gate;
  Bounded kernel, recurrent, bias;  // kernels with three spatial axes; bias empty when absent
  Windows input, inner;
  std::int64_t filters = 0;
  bool first = false;  // channels_first
  Shape state;         // without the batch axis
};

}  // namespace kerasan::reference

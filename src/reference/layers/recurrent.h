// Recurrent layers are a cell repeated over time: every cell defines one step, the loop is shared.
#pragma once

#include <functional>

#include "reference/layer.h"
#include "reference/ops/guard.h"
#include "reference/ops/precision.h"
#include "reference/ops/row_norm.h"

namespace kerasan::reference {

using States = std::vector<Normed>;

// One cell with its weights.
struct RecurrentCell {
  std::vector<Shape> states;  // the shape of each state, without the batch axis
  std::size_t output = 0;     // the state that is also the output
  // What steps take from their input alone: [rows, ...] to [rows, ...], one row for each example
  // and step, so that it is one product for the whole sequence.
  std::function<Bounded(const Bounded& x)> project;
  std::function<States(const Bounded& projected, const States& states)> step;
};

// Reads config, weights and the shape of `inputs[0]`: that of one step, [batch, ...]. The cell
// refers to the call, which must outlive it.
using CellFactory = RecurrentCell (*)(const LayerCall&);

// Registers the layer (unless its name is empty) and the cell of a recurrent class.
struct CellRegistrar {
  CellRegistrar(std::string_view layer, std::string_view cell, CellFactory factory);
};

inline constexpr const char* kBeforeAny = "a masked step before any other, and an initial state";

// Throws Unsupported when the class is unknown.
RecurrentCell make_cell(const LayerCall& call);

// Runs the cell over axis 1 of the input with masks, go_backwards, return_sequences, return_state,
// time_major and initial states as the Keras RNN documentation defines them.
Outputs recur(const LayerCall& call, const RecurrentCell& cell);

// The call of the cell of a layer: its config and, for RNN, its class come from the layer's; the
// input is one step. The first weights are those of the layer.
LayerCall cell_call(const LayerCall& layer);
// The states before the first step: given by the caller, kept from the batch before, or zeros.
States initial_states(const LayerCall& call, const std::vector<Shape>& shapes);
// Of a stack of cells, a call for each; `place`: where the weights of each begin.
std::vector<LayerCall> stacked_calls(const LayerCall& call,
                                     std::vector<std::size_t>* place = nullptr);

// x kernel + bias, the bias where the layer has one.
Bounded input_product(const LayerCall& call, const Bounded& x);

}  // namespace kerasan::reference

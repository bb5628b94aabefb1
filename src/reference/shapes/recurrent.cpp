// https://keras.io/api/layers/recurrent_layers/
#include "reference/shapes/dims.h"

namespace kerasan::reference {
namespace {

// Gates of the cell: 1 in SimpleRNN, 3 in GRU, 4 in LSTM.
LayerShapes cell_weights(const Json& config, const Dim& features, std::int64_t gates,
                         bool separate_bias, const std::string& part) {
  const std::int64_t units = need_count(config, "units");
  LayerShapes out;
  out.weights.push_back({"kernel", {features, gates * units}, true, part});
  out.weights.push_back({"recurrent_kernel", {units, gates * units}, true, part});
  if (get_flag(config, "use_bias", true)) {
    const Dims bias = separate_bias ? Dims{2, gates * units} : Dims{gates * units};
    out.weights.push_back({"bias", bias, true, part});
  }
  return out;
}

// Keras says the default of reset_after with every config that has it; before, there was none.
bool reset_after(const Json& config) { return get_flag(config, "reset_after", false); }

template <std::int64_t Gates, std::int64_t States>
LayerShapes recurrent(const Json& config, const std::vector<MaybeDims>& inputs) {
  const MaybeDims input = first_input(inputs);
  require(!input || input->size() == 3, "an input of another rank");
  LayerShapes out =
      cell_weights(config, dim(input, -1), Gates, Gates == 3 && reset_after(config), "cell/");
  const std::int64_t units = need_count(config, "units");
  const Dim batch = input ? input->front() : Dim();
  const bool sequences = get_flag(config, "return_sequences", false);
  if (sequences && get_flag(config, "time_major", false)) return out;
  out.outputs = {sequences ? Dims{batch, dim(input, 1), units} : Dims{batch, units}};
  if (get_flag(config, "return_state", false)) {
    for (std::int64_t i = 0; i < States; ++i) out.outputs.push_back(Dims{batch, units});
  }
  return out;
}

template <std::int64_t Gates>
LayerShapes cell(const Json& config, const std::vector<MaybeDims>& inputs) {
  return cell_weights(config, dim(first_input(inputs), -1), Gates,
                      Gates == 3 && reset_after(config), "");
}

const ShapesRegistrar registrars[] = {
    {"SimpleRNN", &recurrent<1, 1>}, {"GRU", &recurrent<3, 1>}, {"LSTM", &recurrent<4, 2>},
    {"SimpleRNNCell", &cell<1>},     {"GRUCell", &cell<3>},     {"LSTMCell", &cell<4>},
};

}  // namespace
}  // namespace kerasan::reference

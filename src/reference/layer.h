// What a layer is asked to compute, and the registry of layer semantics.
#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reference/bounded.h"
#include "reference/products.h"
#include "reference/roundings.h"

namespace kerasan::reference {

// What a forward pass has computed that a derivative needs again; of the class's own kind.
struct Kept {
  virtual ~Kept() = default;
};

// One application of a layer. Argument names in `config` are Keras's own.
struct LayerCall {
  std::string class_name;
  nlohmann::json config;                      // get_config() of the layer
  std::vector<Bounded> inputs;                // flattened positional inputs
  std::vector<std::optional<Bounded>> masks;  // one for each input; 0/1 values
  std::vector<Bounded> weights;               // in the order of layer.weights
  std::vector<std::string> weight_names;      // last path component: "kernel", "bias", ...
  std::vector<std::string> weight_paths;      // whole paths, where they are known
  std::vector<Bounded> initial_states;        // recurrent layers
  // What the call was given beside its first argument, by name: arrays (nested ones in order),
  // the masks that travel with them, and everything that is no array.
  std::map<std::string, std::vector<Bounded>> tensors;
  std::map<std::string, Bounded> tensor_masks;
  nlohmann::json arguments = nlohmann::json::object();
  std::vector<std::string> parameters;  // names that the layer's `call` takes, where known
  bool training = false;
  // For derivatives: whether those by the inputs are of use; the output as the forward pass had it,
  // where there was one.
  bool input_gradient = true;
  const Bounded* output = nullptr;
  std::shared_ptr<const Kept> kept;       // by the forward pass, where there was one
  DType compute_dtype = DType::kFloat32;  // precision that the framework ran in
  Roundings* roundings = nullptr;         // none: bounds are carried, worst ones
  Products products;                      // of factors in single precision
  // An argument of the layer inside that a wrapper is to treat as not given in its own work: tells
  // whether a wrapper follows what its layer was told.
  std::string unknown_to_wrapper;
  // Recorded outputs: only for layers that draw random numbers (Dropout) and take the
  // drawn mask from there.
  std::vector<Tensor> observed;
  double u() const { return unit_roundoff(compute_dtype); }
};

// Why a claim was not checked. The text is shown in the coverage and counted.
struct NotChecked {
  std::string reason;
};

struct LayerResult {
  std::vector<Bounded> outputs;
  std::shared_ptr<const Kept> kept;
  std::optional<NotChecked> not_checked;
};

using LayerFunction = LayerResult (*)(const LayerCall&);

// Registers the semantics of one Keras class; used once, at namespace scope, in the file of
// that class:  const LayerRegistrar dense{"Dense", &dense_apply};
struct LayerRegistrar {
  LayerRegistrar(std::string_view class_name, LayerFunction function);
};

// nullptr when the class is unknown.
LayerFunction find_layer(std::string_view class_name);
std::vector<std::string> known_layers();

}  // namespace kerasan::reference

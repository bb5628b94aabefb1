// A small SavedModel, part by part, for tests that change one of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "formats/tensorflow/bundle_weights.h"
#include "tensorflow_files.h"

namespace kerasan::testing::saved_model {

using formats::tensorflow::kObjectGraphKey;

inline const std::string kKey = "/.ATTRIBUTES/VARIABLE_VALUE";

inline std::string child(int node, const char* name) {
  return field(1, field(1, node) + field(2, name));
}
inline std::string user(const char* identifier) { return field(4, field(1, identifier)); }
inline std::string variable(const char* name, const std::vector<std::int64_t>& shape,
                            int trainable) {
  return field(7,
               field(1, 1) + field(2, shape_message(shape)) + field(3, trainable) + field(6, name));
}
inline std::string value(const std::string& path) {
  return field(2, field(1, "VARIABLE_VALUE") + field(2, path) + field(3, path + kKey));
}
inline std::string node(const char* name, const char* op, const std::vector<std::string>& inputs,
                        const std::string& attributes = "") {
  std::string message = field(1, name) + field(2, op);
  for (const std::string& input : inputs) message += field(3, input);
  return message + attributes;
}
inline std::string argument(const char* name) { return field(2, field(1, name)); }
inline std::string calls(const char* function) {
  return field(5, field(1, "f") + field(2, field(10, field(1, function))));
}

// A model of one layer "dense" with a kernel, compiled with an optimizer that keeps "m" for it.
//   0 model, 1 layer, 2 kernel, 3 optimizer, 4 slot m, 5 variables, 6 trainable_variables, 7 call
struct SavedModelSample {
  std::vector<std::int64_t> declared{2, 1};
  std::string nodes = field(1, node("x", "Placeholder", {}));
  std::string objects() const {
    return field(1, child(1, "layer-0") + child(3, "optimizer") + child(5, "variables") +
                        child(6, "trainable_variables") + child(7, "call") +
                        user("_tf_keras_sequential")) +
           field(1, child(2, "kernel") + user("_tf_keras_layer")) +
           field(1, variable("dense/kernel", declared, 1)) +
           field(1, field(3, field(1, 2) + field(2, "m") + field(3, 4)) + user("optimizer")) +
           field(1, variable("Adam/m", {2, 1}, 0)) + field(1, child(2, "0")) + field(1, "") +
           field(1, field(6, field(1, "outer"))) +
           field(2, field(1, "outer") + field(2, field(2, 2) + field(2, 4)));
  }
  static std::string stored() {
    return field(1, child(1, "layer-0") + child(3, "optimizer")) + field(1, child(2, "kernel")) +
           field(1, value("layer-0/kernel")) +
           field(1, field(3, field(1, 2) + field(2, "m") + field(3, 4))) + field(1, value("m"));
  }
  std::string graph() const {
    const std::string inner = field(1, field(1, "inner") + argument("a") + argument("b")) +
                              field(3, node("read", "ReadVariableOp", {"a"}));
    const std::string outer =
        field(1, field(1, "outer") + argument("x") + argument("k") + argument("m")) +
        field(3, node("call", "StatefulPartitionedCall", {"k", "m"}, calls("inner")));
    return nodes + field(2, field(1, inner) + field(1, outer));
  }
  std::string saved_model() const {
    const std::string input =
        field(1, field(1, "x") +
                     field(2, field(1, "x:0") + field(2, 1) + field(3, shape_message({-1, 2}))));
    const std::string meta =
        field(1, field(4, "serve") + field(5, "2.9.0")) + field(2, graph()) +
        field(5, field(1, "serving_default") + field(2, input + field(3, "predict"))) +
        field(7, objects());
    return field(1, 1) + field(2, meta);
  }
  BundleWriter bundle() const {
    BundleWriter writer;
    writer.add("layer-0/kernel" + kKey, 1, {2, 1}, floats({1.5F, -2}));
    writer.add("m" + kKey, 1, {2, 1}, floats({0, 3}));
    writer.add_string(kObjectGraphKey, stored());
    return writer;
  }
  static std::string metadata() {
    const auto keras = [](int node, const char* identifier, const std::string& json) {
      return field(1, field(2, node) + field(3, "root") + field(4, identifier) + field(5, json));
    };
    return keras(0, "_tf_keras_sequential",
                 R"({"class_name":"Sequential","name":"s","shared_object_id":3,
                     "config":{"name":"s","layers":[{"class_name":"Dense","config":{"name":"dense",
                     "batch_input_shape":{"class_name":"__tuple__","items":[null,2]}}}]},
                     "training_config":{"loss":"mse"}})") +
           keras(1, "_tf_keras_layer", R"({"class_name":"Dense","name":"dense","config":{}})");
  }
  void write(const Folder& folder) const {
    write_file(folder / "saved_model.pb", saved_model());
    write_file(folder / "keras_metadata.pb", metadata());
    std::filesystem::create_directories(folder / "variables");
    bundle().write(folder / "variables/variables");
  }
};

}  // namespace kerasan::testing::saved_model

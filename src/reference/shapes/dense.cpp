// https://keras.io/api/layers/core_layers/dense/ and /embedding/
#include "reference/shapes/dims.h"

namespace kerasan::reference {
namespace {

void require_plain(const Json& config) {
  require(!config.is_object() || !config.contains("lora_rank") || config["lora_rank"].is_null(),
          "a kernel with low-rank additions");
}

LayerShapes dense(const Json& config, const std::vector<MaybeDims>& inputs) {
  require_plain(config);
  const MaybeDims input = first_input(inputs);
  const std::int64_t units = need_count(config, "units");
  LayerShapes out;
  out.weights.push_back({"kernel", {dim(input, -1), units}, true, ""});
  if (get_flag(config, "use_bias", true)) out.weights.push_back({"bias", {units}, true, ""});
  out.outputs = {with_last(input, units)};
  return out;
}

LayerShapes embedding(const Json& config, const std::vector<MaybeDims>& inputs) {
  require_plain(config);
  const std::int64_t rows = need_count(config, "input_dim"),
                     width = need_count(config, "output_dim");
  MaybeDims output = first_input(inputs);
  if (output) output->push_back(width);
  return {{{"embeddings", {rows, width}, true, ""}}, {output}};
}

const ShapesRegistrar dense_registrar{"Dense", &dense};
const ShapesRegistrar embedding_registrar{"Embedding", &embedding};

}  // namespace
}  // namespace kerasan::reference

// Discretization, CategoryEncoding and IntegerLookup, from the pages of the Keras documentation.
#include <algorithm>
#include <cmath>
#include <map>

#include "reference/ops/guard.h"
#include "reference/preprocessing/encode.h"

namespace kerasan::reference {
namespace {

void require_dense(const LayerCall& call) {
  require(!get_flag(call.config, "sparse", false), "sparse output");
}

// Bin k holds [boundary k - 1, boundary k); boundaries are held in float32.
Bounded discretization(const LayerCall& call) {
  require_dense(call);
  const std::vector<double> bounds = get_numbers(call.config, "bin_boundaries");
  require(!bounds.empty(), "boundaries learnt by adapt are not in the config");
  Bounded bins(call.inputs[0].shape);
  for (std::size_t i = 0; i < bins.size(); ++i) {
    const double x = call.inputs[0].value[i];
    require(!std::isnan(x), "NaN has no bin");
    for (double b : bounds) {
      const double held = double(float(b));
      bins.value[i] += x >= held;
      require(x == held || std::fabs(x - b) > 1e-7 * std::fabs(b), "a value is at a boundary");
    }
  }
  return encode(bins, std::int64_t(bounds.size()) + 1, get_text(call.config, "output_mode", "int"),
                nullptr);
}

Bounded category_encoding(const LayerCall& call) {
  require_dense(call);
  const auto weights = call.tensors.find("count_weights");
  const bool weighted = weights != call.tensors.end() && weights->second.size() == 1;
  return encode(call.inputs[0], std::int64_t(get_number(call.config, "num_tokens", 0)),
                get_text(call.config, "output_mode", "multi_hot"),
                weighted ? &weights->second[0] : nullptr);
}

// Indices begin with that of the mask token (where there is one and the mode is "int"), then those
// of unknown tokens, then the vocabulary in order.
struct Lookup {
  std::map<double, std::int64_t> place;
  std::vector<double> tokens;
  std::optional<double> mask;
  std::int64_t unknown = 1, first_unknown = 0, first = 1;
};

Lookup lookup_of(const LayerCall& call) {
  const Json& config = call.config;
  Lookup lookup;
  lookup.tokens = get_numbers(config, "vocabulary");
  require(!lookup.tokens.empty(), "a vocabulary learnt by adapt is not in the config");
  const std::vector<double> mask = get_numbers(config, "mask_token");
  if (!mask.empty()) lookup.mask = mask[0];
  const double oov = get_number(config, "oov_token", -1);
  lookup.unknown = std::int64_t(get_number(config, "num_oov_indices", 1));
  require(std::find(lookup.tokens.begin(), lookup.tokens.end(), oov) == lookup.tokens.end() &&
              (!lookup.mask || std::find(lookup.tokens.begin(), lookup.tokens.end(),
                                         *lookup.mask) == lookup.tokens.end()),
          "special tokens in the vocabulary");
  const bool indices = get_text(config, "output_mode", "int") == "int";
  lookup.first_unknown = lookup.mask && indices ? 1 : 0;
  lookup.first = lookup.first_unknown + lookup.unknown;
  for (std::size_t i = 0; i < lookup.tokens.size(); ++i)
    lookup.place.emplace(lookup.tokens[i], lookup.first + std::int64_t(i));
  require(lookup.place.size() == lookup.tokens.size(), "tokens occur twice");
  return lookup;
}

// Unknown integers are spread over their indices by their remainder.
double index_of(const Lookup& lookup, double token) {
  const auto found = lookup.place.find(token);
  if (found != lookup.place.end()) return double(found->second);
  if (lookup.mask && token == *lookup.mask) return lookup.first_unknown == 1 ? 0 : -1;
  require(lookup.unknown > 0, "an unknown token without an index for it");
  const double n = double(lookup.unknown);
  return double(lookup.first_unknown) + token - n * std::floor(token / n);
}

double token_of(const Lookup& lookup, double index, double oov) {
  if (index >= double(lookup.first)) {
    const double at = index - double(lookup.first);
    return at < double(lookup.tokens.size()) ? lookup.tokens[std::size_t(at)] : oov;
  }
  return index < double(lookup.first_unknown) && lookup.mask ? *lookup.mask : oov;
}

Bounded integer_lookup(const LayerCall& call) {
  require_dense(call);
  const Lookup lookup = lookup_of(call);
  const std::string mode = get_text(call.config, "output_mode", "int");
  Bounded y(call.inputs[0].shape);
  if (get_flag(call.config, "invert", false)) {
    const double oov = get_number(call.config, "oov_token", -1);
    for (std::size_t i = 0; i < y.size(); ++i)
      y.value[i] = token_of(lookup, call.inputs[0].value[i], oov);
    return y;
  }
  for (std::size_t i = 0; i < y.size(); ++i) y.value[i] = index_of(lookup, call.inputs[0].value[i]);
  const bool padded = get_flag(call.config, "pad_to_max_tokens", false);
  const double size = double(lookup.unknown) + double(lookup.tokens.size());
  return encode(y, std::int64_t(padded ? get_number(call.config, "max_tokens", size) : size), mode,
                nullptr);
}

const LayerRegistrar registrars[] = {
    {"Discretization", &checked<discretization>},
    {"CategoryEncoding", &checked<category_encoding>},
    {"IntegerLookup", &checked<integer_lookup>},
};

}  // namespace
}  // namespace kerasan::reference

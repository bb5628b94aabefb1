// Hashing and HashedCrossing: which bin is the hash function's affair; that it is one of num_bins,
// the same for equal inputs, and bin 0 for the mask value alone, is documented.
#include <cmath>
#include <map>

#include "reference/ops/guard.h"
#include "reference/preprocessing/encode.h"
#include "reference/preprocessing/images.h"

namespace kerasan::reference {
namespace {

std::vector<double> bins_of(const LayerCall& call) {
  require(get_text(call.config, "output_mode", "int") == "int", "output_mode");
  require(call.observed.size() == 1 && !call.inputs.empty(), "no recorded output");
  for (const Bounded& x : call.inputs)
    require(x.size() == call.observed[0].size(), "the output has another size");
  return call.observed[0].to_doubles();
}

PropertyResult hashed(const LayerCall& call) {
  const std::vector<double> bins = bins_of(call);
  const double count = get_number(call.config, "num_bins", 0);
  const std::vector<double> mask = get_numbers(call.config, "mask_value");
  const double first = mask.empty() ? 0 : 1;
  std::map<std::vector<double>, double> seen;
  for (std::size_t i = 0; i < bins.size(); ++i) {
    std::vector<double> key;
    for (const Bounded& x : call.inputs) key.push_back(x.value[i]);
    const auto [at, fresh] = seen.emplace(key, bins[i]);
    if (!fresh && at->second != bins[i])
      return broken("puts equal inputs into different bins", bins[i], at->second);
    const bool masked = !mask.empty() && key.size() == 1 && key[0] == mask[0];
    if (masked ? bins[i] != 0
               : bins[i] < first || bins[i] >= count || bins[i] != std::floor(bins[i]))
      return broken("gives a bin out of range", bins[i], masked ? 0 : count - 1);
  }
  return kept();
}

Bounded by_a_hash(const LayerCall&) {
  throw Unsupported("the bin is a hash function's: see layer-property");
}

const LayerRegistrar registrars[] = {
    {"Hashing", &checked<by_a_hash>},
    {"HashedCrossing", &checked<by_a_hash>},
};
const PropertyRegistrar properties[] = {
    {"Hashing", &hashed},
    {"HashedCrossing", &hashed},
};

}  // namespace
}  // namespace kerasan::reference

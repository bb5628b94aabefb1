// Hashing: FarmHash64 of an integer's decimal text, SipHash-2-4 with a salt, modulo the bins that
// the mask value leaves; all as the page of the layer documents them. HashedCrossing documents no
// hash: that the bin is one of num_bins, the same for equal pairs, and that every bin is used.
#include <cmath>
#include <map>
#include <set>

#include "reference/ops/fingerprint.h"
#include "reference/ops/guard.h"
#include "reference/preprocessing/encode.h"
#include "reference/preprocessing/images.h"

namespace kerasan::reference {
namespace {

std::string decimal(double x) {
  require(x == std::floor(x) && std::fabs(x) < 0x1p53, "a number that is no integer");
  return std::to_string(std::int64_t(x));
}

std::uint64_t as_key(double salt) {
  require(salt >= 0 && salt < 0x1p53 && salt == std::floor(salt), "salt of unexpected form");
  return std::uint64_t(salt);
}

Bounded hashing(const LayerCall& call) {
  require(!get_flag(call.config, "sparse", false), "sparse output");
  const double count = get_number(call.config, "num_bins", 0);
  const std::vector<double> mask = get_numbers(call.config, "mask_value");
  const std::vector<double> salt = get_numbers(call.config, "salt");
  const double used = count - (mask.empty() ? 0 : 1);
  require(used >= 1 && used < 0x1p53, "no bins");
  require(salt.size() <= 2, "salt of unexpected form");
  Bounded bins(call.inputs[0].shape);
  for (std::size_t i = 0; i < bins.size(); ++i) {
    const double x = call.inputs[0].value[i];
    const std::string text = decimal(x);
    if (!mask.empty() && x == mask[0]) continue;
    const std::uint64_t hash = salt.empty()
                                   ? farm_fingerprint64(text)
                                   : sip_hash(text, as_key(salt.front()), as_key(salt.back()));
    bins.value[i] = double(hash % std::uint64_t(used)) + count - used;
  }
  return encode(bins, std::int64_t(count), get_text(call.config, "output_mode", "int"), nullptr);
}

std::vector<double> bins_of(const LayerCall& call) {
  require(get_text(call.config, "output_mode", "int") == "int", "output_mode");
  require(call.observed.size() == 1 && !call.inputs.empty(), "no recorded output");
  for (const Bounded& x : call.inputs)
    require(x.size() == call.observed[0].size(), "the output has another size");
  return call.observed[0].to_doubles();
}

PropertyResult crossed(const LayerCall& call) {
  const std::vector<double> bins = bins_of(call);
  const double count = get_number(call.config, "num_bins", 0);
  require(count >= 1, "no bins");
  std::map<std::vector<double>, double> seen;
  std::set<double> used;
  for (std::size_t i = 0; i < bins.size(); ++i) {
    std::vector<double> key;
    for (const Bounded& x : call.inputs) key.push_back(x.value[i]);
    const auto [at, fresh] = seen.emplace(key, bins[i]);
    if (!fresh && at->second != bins[i])
      return broken("puts equal inputs into different bins", bins[i], at->second);
    if (bins[i] < 0 || bins[i] >= count || bins[i] != std::floor(bins[i]))
      return broken("gives a bin out of range", bins[i], count - 1);
    used.insert(bins[i]);
  }
  // The chance that some bin stays empty, of bins drawn for each different pair.
  const double empty = count * std::pow(1 - 1 / count, double(seen.size()));
  if (double(used.size()) < count && empty < kFalseAlarm)
    return broken("leaves bins empty", double(used.size()), count);
  return kept();
}

Bounded by_a_hash(const LayerCall&) {
  throw Unsupported("the bin is a hash function's: see layer-property");
}

const LayerRegistrar registrars[] = {
    {"Hashing", &checked<hashing>},
    {"HashedCrossing", &checked<by_a_hash>},
};
const PropertyRegistrar property{"HashedCrossing", &crossed};

}  // namespace
}  // namespace kerasan::reference

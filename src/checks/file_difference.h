// In what two saved models differ.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checks/saved_model.h"

namespace kerasan::checks {

// How near two floating-point weights must be; by default exactly equal.
struct Nearness {
  double ulps = 0;      // units in the last place of the larger of the two, in their type
  double relative = 0;  // of the larger of the two; what either bound allows is near
};

struct FileDifference {
  std::string part;  // "architecture", "config", "weights", "optimizer", "compile", "predictions"
  std::string subject;  // a layer, a weight, a key
  model::Json first, second;
  std::string message;
};

struct FileDifferences {
  std::vector<FileDifference> found;
  std::map<std::string, std::uint64_t> compared;  // by part: what was alike
  std::map<std::pair<std::string, std::string>, std::uint64_t> not_compared;  // (part, reason)

  void alike(const std::string& part, std::uint64_t count = 1) { compared[part] += count; }
  void skip(const std::string& part, const std::string& reason) { ++not_compared[{part, reason}]; }
};

// Which layer of the second model is which of the first: by name, or, where all classes agree, by
// place.
using LayerPairs = std::vector<std::pair<const SavedLayer*, const SavedLayer*>>;
LayerPairs pair_layers(const SavedModel& first, const SavedModel& second);

void compare_architecture(const SavedModel& first, const SavedModel& second,
                          const LayerPairs& pairs, FileDifferences& out);
void compare_configs(const SavedModel& first, const SavedModel& second, const LayerPairs& pairs,
                     FileDifferences& out);
void compare_saved_weights(const SavedModel& first, const SavedModel& second,
                           const LayerPairs& pairs, const Nearness& nearness, FileDifferences& out);
void compare_compile(const SavedModel& first, const SavedModel& second, const Nearness& nearness,
                     FileDifferences& out);

// One pair of weights; empty where they are alike.
std::string weight_difference(const formats::Weight& first, const formats::Weight& second,
                              const Nearness& nearness);

// Two values of configs, of any generation: forms that say the same are equal, and a key that only
// one of them has counts only where `same_release` wrote both.
void compare_values(const std::string& part, const std::string& subject, const model::Json& first,
                    const model::Json& second, bool same_release, FileDifferences& out);
bool same_release(const SavedModel& first, const SavedModel& second);

}  // namespace kerasan::checks

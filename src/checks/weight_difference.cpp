// Weights, optimizer state and compile state of two saved models.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

#include "checks/file_difference.h"
#include "checks/saved_layer_weights.h"
#include "checks/saved_weights_match.h"
#include "formats/layer_keys.h"

namespace kerasan::checks {
namespace {

using formats::Json;
using formats::Weight;
using Weights = std::vector<const Weight*>;

// A unit in the last place of a number of that size.
double ulp(DType dtype, double size) {
  const double smallest = dtype == DType::kFloat64   ? 0x1p-1074
                          : dtype == DType::kFloat16 ? 0x1p-24
                                                     : 0x1p-149;
  if (size == 0) return smallest;
  return std::max(smallest, 2 * unit_roundoff(dtype) * std::exp2(std::floor(std::log2(size))));
}

struct Worst {
  std::uint64_t beyond = 0;
  std::uint64_t at = 0;
  double first = 0, second = 0, off = -1;
};

Worst compare_elements(const Weight& first, const Weight& second, const Nearness& nearness) {
  Worst worst;
  constexpr std::size_t kStretch = 1U << 14;
  const std::size_t size = dtype_size(*first.dtype), step = kStretch * size;
  for (std::size_t from = 0; from < first.bytes.size(); from += step) {
    const std::size_t length = std::min(step, first.bytes.size() - from);
    const auto a = first.bytes.span().subspan(from, length);
    const auto b = second.bytes.span().subspan(from, length);
    if (std::memcmp(a.data(), b.data(), length) == 0) continue;
    const std::vector<double> x = to_doubles(*first.dtype, a), y = to_doubles(*first.dtype, b);
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (std::memcmp(&a[i * size], &b[i * size], size) == 0) continue;
      const double larger = std::max(std::fabs(x[i]), std::fabs(y[i]));
      const double off = std::fabs(x[i] - y[i]);
      const double allowed =
          std::max(nearness.ulps > 0 ? nearness.ulps * ulp(*first.dtype, larger) : 0,
                   nearness.relative * larger);
      const bool near =
          std::isfinite(off) ? allowed > 0 && off <= allowed : std::isnan(x[i]) && std::isnan(y[i]);
      if (near) continue;
      if (++worst.beyond > 1 && !(off > worst.off)) continue;
      worst.at = from / size + i;
      worst.first = x[i];
      worst.second = y[i];
      worst.off = off;
    }
  }
  return worst;
}

std::string number(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

// The weights of an outer layer in the order in which Keras 2 lists them.
Weights listed(const SavedModel& model, const SavedLayer& layer) {
  if (is_flat(model)) return layer.weights;
  Weights trained, others;
  const auto add = [&](const SavedLayer& leaf) {
    const Weights saved = without_seeds(leaf.weights);
    if (!leaf.shapes.shapes) {
      trained.insert(trained.end(), saved.begin(), saved.end());
      return;
    }
    const auto& expected = leaf.shapes.shapes->weights;
    const Weights ordered = order_by_part(expected, saved);
    for (std::size_t i = 0; i < ordered.size(); ++i) {
      const bool is_trained = leaf.trainable && (i >= expected.size() || expected[i].trainable);
      (is_trained ? trained : others).push_back(ordered[i]);
    }
  };
  if (layer.is_model) {
    for (const SavedLayer& inner : model.layers) {
      if (inner.path.starts_with(layer.path + "/") && !inner.is_model) add(inner);
    }
  } else {
    add(layer);
  }
  trained.insert(trained.end(), others.begin(), others.end());
  return trained;
}

void compare_lists(const std::string& part, const std::string& subject, const Weights& first,
                   const Weights& second, const Nearness& nearness, FileDifferences& out) {
  if (first.size() != second.size()) {
    out.found.push_back({part, subject, first.size(), second.size(),
                         subject + " has " + std::to_string(first.size()) +
                             " weights in the first and " + std::to_string(second.size()) +
                             " in the second"});
    return;
  }
  for (std::size_t i = 0; i < first.size(); ++i) {
    const std::string what = weight_difference(*first[i], *second[i], nearness);
    if (what.empty()) {
      out.alike(part);
    } else {
      out.found.push_back({part, first[i]->path, first[i]->path, second[i]->path,
                           first[i]->path + " and " + second[i]->path + ": " + what});
    }
  }
}

Weights all_of(const std::vector<Weight>& weights) {
  Weights all;
  for (const Weight& weight : weights) all.push_back(&weight);
  return all;
}

// An export of Keras 3 numbers the variables of the model and names no layer.
bool names_no_layer(const SavedModel& model) {
  return std::ranges::all_of(model.file.weights,
                             [](const Weight& weight) { return weight.layer.empty(); });
}

// The weights in the order of Keras 3's Model.variables; empty where the file does not tell it.
Weights sequence(const SavedModel& model) {
  Weights all;
  const auto known = weights_by_layer(model);
  for (const SavedLayer* layer : layers_in_order(model)) {
    const auto weights = known.find(layer->path);
    if (weights == known.end()) return {};
    all.insert(all.end(), weights->second.begin(), weights->second.end());
  }
  return all;
}

void compare_sequences(const SavedModel& named, const SavedModel& numbered, bool swapped,
                       const Nearness& nearness, FileDifferences& out) {
  Weights mine = sequence(named), theirs;
  for (const Weight& weight : numbered.file.weights) {
    // States of random generators are among them.
    if (weight.dtype && is_float(*weight.dtype)) theirs.push_back(&weight);
  }
  std::erase_if(mine, [](const Weight* w) { return !w->dtype || !is_float(*w->dtype); });
  const auto same_shape = [](const Weight* a, const Weight* b) { return a->shape == b->shape; };
  if (mine.empty() || !std::ranges::equal(mine, theirs, same_shape)) {
    return out.skip("weights",
                    "variables without names of layers, of other shapes than the layers");
  }
  if (swapped) std::swap(mine, theirs);
  compare_lists("weights", "the model", mine, theirs, nearness, out);
}

// Two files of which at least one tells no layers: by the names that the files list.
void compare_named(const SavedModel& first, const SavedModel& second, const Nearness& nearness,
                   FileDifferences& out) {
  if (first.file.layout != second.file.layout) {
    if (names_no_layer(second)) return compare_sequences(first, second, false, nearness, out);
    if (names_no_layer(first)) return compare_sequences(second, first, true, nearness, out);
    return out.skip("weights", "files of different layouts, one of them without config");
  }
  // Lists of names are in the order of the layer; the names themselves count what a program made
  // before. Nested groups have no order beside their names.
  const bool ordered = first.file.layout != "keras-3";
  const auto by_key = [&](const SavedModel& model) {
    std::map<std::string, Weights> all;
    for (const Weight* weight : without_seeds(all_of(model.file.weights))) {
      all[ordered ? weight->layer : weight->layer + "/" + weight->name].push_back(weight);
    }
    return all;
  };
  const auto mine = by_key(first);
  auto theirs = by_key(second);
  for (const auto& [key, weights] : mine) {
    compare_lists("weights", key, weights, theirs[key], nearness, out);
    theirs.erase(key);
  }
  for (const auto& [key, weights] : theirs) {
    compare_lists("weights", key, {}, weights, nearness, out);
  }
}

Json compile_part(const Json& compile, const char* key, const char* other) {
  if (!compile.is_object()) return nullptr;
  return compile.contains(key) ? compile[key] : compile.value(other, Json());
}

}  // namespace

std::string weight_difference(const Weight& first, const Weight& second, const Nearness& nearness) {
  if (first.shape != second.shape) {
    return "shape " + shape_text(first.shape) + " against " + shape_text(second.shape);
  }
  if (first.dtype_text != second.dtype_text) {
    return "type " + first.dtype_text + " against " + second.dtype_text;
  }
  if (!first.dtype || !second.dtype) return "values that cannot be read";
  if (first.bytes.size() != second.bytes.size()) return "values that are not whole";
  if (!is_float(*first.dtype)) {
    const bool same = first.bytes.size() == 0 ||
                      std::memcmp(first.bytes.data(), second.bytes.data(), first.bytes.size()) == 0;
    return same ? "" : "other values";
  }
  const Worst worst = compare_elements(first, second, nearness);
  if (worst.beyond == 0) return {};
  return std::to_string(worst.beyond) + " of " + std::to_string(element_count(first.shape)) +
         " values differ, most at " + std::to_string(worst.at) + ": " + number(worst.first) +
         " against " + number(worst.second);
}

void compare_saved_weights(const SavedModel& first, const SavedModel& second,
                           const LayerPairs& pairs, const Nearness& nearness,
                           FileDifferences& out) {
  if (!first.file.holds_weights || !second.file.holds_weights) {
    return out.skip("weights", "a file without weights");
  }
  if (!first.unknown.empty() || !second.unknown.empty()) {
    return compare_named(first, second, nearness, out);
  }
  for (const auto& [mine, theirs] : pairs) {
    if (mine->path != mine->name || theirs->path != theirs->name) continue;  // inside of another
    const bool known = mine->is_model || mine->shapes.shapes.has_value();
    if (!known && first.file.layout != second.file.layout &&
        !(mine->weights.empty() && theirs->weights.empty())) {
      out.skip("weights", "files of different layouts: " + mine->shapes.reason);
      continue;
    }
    compare_lists("weights", mine->path, listed(first, *mine), listed(second, *theirs), nearness,
                  out);
  }
}

void compare_compile(const SavedModel& first, const SavedModel& second, const Nearness& nearness,
                     FileDifferences& out) {
  const Json &mine = first.file.compile_config, &theirs = second.file.compile_config;
  if (mine.is_null() != theirs.is_null()) {
    out.skip("compile", "only one of the files tells how the model is compiled");
  } else if (!mine.is_null()) {
    const bool same = same_release(first, second);
    const Json one = compile_part(mine, "optimizer", "optimizer_config");
    const Json other = compile_part(theirs, "optimizer", "optimizer_config");
    if (one.is_null() != other.is_null()) {
      out.skip("optimizer", "only one of the files tells the optimizer's config");
    } else {
      compare_values("optimizer", "optimizer", one, other, same, out);
    }
    for (const char* key : {"loss", "loss_weights", "metrics", "weighted_metrics"}) {
      compare_values("compile", key, compile_part(mine, key, key), compile_part(theirs, key, key),
                     same, out);
    }
  }
  const auto &a = first.file.optimizer_weights, &b = second.file.optimizer_weights;
  if (a.empty() != b.empty()) {
    return out.skip("optimizer", "only one of the files holds the optimizer's state");
  }
  if (first.file.layout != second.file.layout && a.size() != b.size()) {
    return out.skip("optimizer", "states of different layouts");
  }
  compare_lists("optimizer", "the optimizer's state", all_of(a), all_of(b), nearness, out);
}

}  // namespace kerasan::checks

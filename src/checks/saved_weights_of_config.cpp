// Claim: the weights in a saved file are those that its config asks for.
#include <algorithm>

#include "checks/file_rule.h"
#include "checks/saved_weights_match.h"

namespace kerasan::checks {
namespace {

using formats::Weight;
using reference::WeightShape;

class SavedWeightsOfConfig : public FileRule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "saved-weights-of-config", "wrong-save-reload", 4,
        "The weights of each layer in a saved file must be those that the layer's saved config "
        "asks "
        "for: their number, shapes, order where the file names them, and type; and each saved "
        "weight must be of a layer of the config. Shapes follow from the arguments of the layer "
        "and "
        "the shape of its input, as far as the config tells it."};
    return info;
  }

  void on_file(const SavedModel& model, Verdicts& verdicts) override {
    const std::string& name = info().name;
    if (!model.file.holds_weights && !lost_its_weights(model)) {
      return verdicts.not_checked(name, "the file holds no weights");
    }
    if (!model.unknown.empty()) return verdicts.not_checked(name, model.unknown);
    if (!model.file.holds_weights) return report_lost(model, verdicts);
    // Files that list layers know nothing of the layers of a model inside.
    const bool flat = model.file.layout == "keras-2" || model.file.layout == "keras-1";
    for (const SavedLayer& layer : model.layers) {
      const bool inside = layer.path != layer.name;
      if (flat && inside) continue;
      if (layer.class_name == "InputLayer") continue;
      if (layer.is_model) {
        if (flat) check_inner_model(model, layer, verdicts);
        continue;
      }
      check_layer(model, layer, verdicts);
    }
    check_owners(model, verdicts);
  }

 private:
  // An archive of Keras always has its weights, unless the model has none.
  static bool lost_its_weights(const SavedModel& model) {
    const bool apart = std::ranges::any_of(model.file.entries, [](const formats::Entry& entry) {
      return entry.name.starts_with("model.weights");
    });
    return model.file.format == "Keras archive" && !apart &&
           std::ranges::any_of(model.layers, [](const SavedLayer& layer) {
             return layer.shapes.shapes && !layer.shapes.shapes->weights.empty();
           });
  }

  void report_lost(const SavedModel& model, Verdicts& verdicts) {
    Finding finding = file_finding(info(), model, "");
    finding.claimed = "no weights";
    finding.recomputed = "those of the layers";
    finding.message = "the archive holds no weights, though layers of its config have some";
    verdicts.disagrees(std::move(finding));
  }

  void check_layer(const SavedModel& model, const SavedLayer& layer, Verdicts& verdicts) {
    if (!layer.shapes.shapes) return verdicts.not_checked(info().name, layer.shapes.reason);
    const std::string& layout = model.file.layout;
    judge(model, layer, layer.shapes.shapes->weights, layout == "keras-2" || layout == "keras-3",
          verdicts);
  }

  // All of them under the name of the model: first what is trained, of every layer.
  void check_inner_model(const SavedModel& model, const SavedLayer& outer, Verdicts& verdicts) {
    std::vector<WeightShape> expected;
    for (const SavedLayer& layer : model.layers) {
      if (!layer.path.starts_with(outer.path + "/") || layer.is_model ||
          layer.class_name == "InputLayer") {
        continue;
      }
      if (!layer.shapes.shapes) return verdicts.not_checked(info().name, layer.shapes.reason);
      const auto& weights = layer.shapes.shapes->weights;
      expected.insert(expected.end(), weights.begin(), weights.end());
    }
    judge(model, outer, expected, false, verdicts);
  }

  void judge(const SavedModel& model, const SavedLayer& layer,
             const std::vector<WeightShape>& expected, bool ordered, Verdicts& verdicts) {
    const std::vector<const Weight*> saved = without_seeds(layer.weights);
    auto mismatches = compare_weights(expected, saved, ordered);
    const std::string dtype = layer.is_model ? "" : variable_dtype(layer);
    for (const Weight* weight : saved) {
      if (dtype.empty() || !weight->dtype || weight->dtype_text == dtype) continue;
      mismatches.push_back({weight->dtype_text, dtype,
                            "has the weight " + weight->name + " of type " + weight->dtype_text +
                                ", where its config says " + dtype});
    }
    if (mismatches.empty()) return verdicts.agrees(info().name);
    for (const WeightMismatch& mismatch : mismatches) {
      Finding finding = file_finding(info(), model, layer.path);
      finding.claimed = mismatch.claimed;
      finding.recomputed = mismatch.expected;
      finding.message =
          "the layer " + layer.path + " (" + layer.class_name + ") " + mismatch.message;
      finding.evidence = {{"class", layer.class_name}, {"layout", model.file.layout}};
      finding.identity += "/" + mismatch.claimed + "/" + mismatch.expected;
      verdicts.disagrees(std::move(finding));
    }
  }

  void check_owners(const SavedModel& model, Verdicts& verdicts) {
    for (const Weight& weight : model.file.weights) {
      if (weight.layer.empty() || model.layer(weight.layer) != nullptr) continue;
      if (inside_unknown(model, weight.layer)) continue;
      Finding finding = file_finding(info(), model, weight.layer);
      finding.claimed = weight.path;
      finding.recomputed = "a layer of the config";
      finding.message =
          "the file holds weights of a layer " + weight.layer + ", which its config does not have";
      verdicts.disagrees(std::move(finding));
    }
  }

  // A layer inside one whose layers are not told (a model of a class of the program's own).
  static bool inside_unknown(const SavedModel& model, const std::string& path) {
    for (std::size_t at = path.rfind('/'); at != std::string::npos; at = path.rfind('/', at - 1)) {
      const SavedLayer* outer = model.layer(path.substr(0, at));
      if (outer != nullptr) return !outer->is_model;
      if (at == 0) break;
    }
    return false;
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<SavedWeightsOfConfig>(); }};

}  // namespace
}  // namespace kerasan::checks

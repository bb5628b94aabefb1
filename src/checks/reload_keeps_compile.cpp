// Rule reload-keeps-compile.
#include <algorithm>
#include <cmath>

#include "checks/evaluation_compile.h"
#include "checks/rebuilt_rule.h"

namespace kerasan::checks {
namespace {

using model::Json;

class ReloadKeepsCompile : public RebuiltRule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "reload-keeps-compile", "wrong-save-reload", 4,
        "A loaded model that comes compiled has, for each output, the loss and the weight of the "
        "loss that it was saved with, some metrics if it had some and, where both know them, the "
        "same ones under the same names in the same order."};
    return info;
  }

 protected:
  bool concerns(const Rebuilt& pair) const override {
    return pair.how == How::kLoaded && pair.source.is_object() &&
           pair.source.value("compile", Json()).is_object() &&
           pair.made.value("compile", Json()).is_object();
  }

  Differences compare(const Rebuilt& pair) const override {
    const std::size_t outputs = pair.source.value("outputs", Json::array()).size();
    const auto source = compile_spec(pair.source, outputs), made = compile_spec(pair.made, outputs);
    Differences out;
    if (!source || !made || outputs == 0) {
      out.unknown = "the outputs of the model are not known";
      return out;
    }
    for (std::size_t k = 0; k < outputs; ++k) compare_loss(source->losses[k], made->losses[k], out);
    compare_metrics(source->metrics, made->metrics, out);
    if (given_metrics(pair.source) && !given_metrics(pair.made) &&
        pair.made["compile"].contains("given_metrics"))
      out.differences.push_back({"whether it has metrics", true, false});
    // What is the same is told only where nothing of it is unknown.
    if (!out.differences.empty()) out.unknown.clear();
    return out;
  }

 private:
  static bool given_metrics(const Json& model) {
    for (const char* key : {"given_metrics", "weighted_metrics"})
      if (!model["compile"].value(key, Json()).empty()) return true;
    return false;
  }

  static void compare_loss(const LossSpec& source, const LossSpec& made, Differences& out) {
    const std::string of = source.output.empty() ? "" : " of output " + source.output;
    if (!source.unknown.empty() || !made.unknown.empty()) {
      out.unknown = source.unknown.empty() ? made.unknown : source.unknown;
      return;
    }
    if (source.canonical != made.canonical)
      out.differences.push_back({"the loss" + of, source.canonical, made.canonical});
    if (source.weight != made.weight)
      out.differences.push_back({"the weight of the loss" + of, source.weight, made.weight});
    for (const auto& [key, value] : source.config.items())
      if (value.is_primitive() && made.config.contains(key) && key != "name" && key != "fn" &&
          key != "reduction" && !same(value, made.config[key]))
        out.differences.push_back({key + " of the loss" + of, value, made.config[key]});
  }

  static void compare_metrics(const std::vector<MetricSpec>& source,
                              const std::vector<MetricSpec>& made, Differences& out) {
    if (source.empty() || made.empty()) return;  // not made before the first batch
    if (source.size() != made.size()) {
      out.differences.push_back({"the number of metrics", source.size(), made.size()});
      return;
    }
    for (std::size_t k = 0; k < source.size(); ++k) {
      if (source[k].name != made[k].name)
        out.differences.push_back(
            {"the name of metric " + std::to_string(k + 1), source[k].name, made[k].name});
      const bool known = source[k].unknown.empty() && made[k].unknown.empty();
      if (known && source[k].canonical != made[k].canonical)
        out.differences.push_back(
            {"metric " + source[k].name, source[k].canonical, made[k].canonical});
    }
  }

  // Numbers to single precision, as files may hold them.
  static bool same(const Json& a, const Json& b) {
    if (!a.is_number() || !b.is_number()) return a == b;
    const double x = a.get<double>(), y = b.get<double>();
    return x == y || std::abs(x - y) <= 0x1p-23 * std::max(std::abs(x), std::abs(y));
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ReloadKeepsCompile>(); }};

}  // namespace
}  // namespace kerasan::checks

#include "checks/live_growth.h"

#include <algorithm>
#include <numeric>

#include "checks/call_arguments.h"
#include "model/fields.h"

namespace kerasan::checks {

using model::Json;

namespace {

// Arrays and containers of them; an object may run code of the program.
bool plain(const Json& value) {
  if (!value.is_structured()) return true;
  if (value.is_object()) {
    if (value.contains("$tensor") || value.contains("$array")) return true;
    if (!value.contains("$dict") && !value.contains("$tuple")) return false;
  }
  return std::ranges::all_of(value, plain);
}

bool of_framework(const Json& layers) {
  return std::ranges::all_of(layers, [](const Json& layer) {
    const Json graph = layer.value("structure", Json());
    return layer.value("builtin", Json()) == true && layer.value("own_call", Json()) != true &&
           model::string_or(layer, "class", "") != "Lambda" && graph != "subclassed" &&
           of_framework(layer.value("layers", Json::array()));
  });
}

bool of_framework(const model::Model* model) {
  return model != nullptr && model->raw.value("builtin", Json()) == true &&
         model->raw.value("layers", Json()).is_array() && of_framework(model->raw["layers"]);
}

}  // namespace

void LiveGrowth::add(const model::Event& event, const model::Call& call, double kept,
                     const model::Run& run) {
  if (others_ || left_.size() >= kMost) return;
  const double before = model::number_or(event.body, "live_before", 0),
               after = model::number_or(event.body, "live", 0);
  if (before <= 0 || after <= 0) return;
  others_ = !argument(call, "callbacks").is_null() ||
            !std::ranges::all_of(call.args.items(), [](const auto& item) {
              return !item.value().is_object() || plain(item.value().value("v", Json()));
            });
  // The layers do not change from call to call.
  others_ = others_ || (left_.empty() && !of_framework(run.model(event.pid, call.self)));
  left_.push_back(after - before - kept);
}

std::optional<Slope> LiveGrowth::judged() const {
  if (others_) return std::nullopt;
  const auto after = std::span(left_).subspan(left_.size() / 3);
  const double limit = median_lower_limit(after, 1e-4);
  if (!(limit > -1e300)) return std::nullopt;
  return Slope{std::accumulate(after.begin(), after.end(), 0.0) / static_cast<double>(after.size()),
               limit};
}

}  // namespace kerasan::checks

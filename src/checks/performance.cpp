#include "checks/performance.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/statistics.h"
#include "model/fields.h"

namespace kerasan::checks {

using model::Json;
using model::string_or;

namespace {

constexpr double kQuantile = 3.719;  // one-sided error rate 1e-4

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name"))
      return line.substr(std::min(line.find(':') + 2, line.size()));
  return "unknown";
}

Json slope_json(const std::vector<double>& x, const std::vector<double>& y) {
  const std::size_t warm = x.size() / 3;
  const std::span<const double> at = std::span(x).subspan(warm), of = std::span(y).subspan(warm);
  std::vector<double> turned(of.begin(), of.end());
  for (double& value : turned) value = -value;
  const Slope up = sen_slope(at, of, kQuantile), down = sen_slope(at, turned, kQuantile);
  if (std::isinf(up.lower) || std::isinf(down.lower)) return nullptr;
  return {{"estimate", up.estimate}, {"lower", up.lower}, {"upper", -down.lower}};
}

}  // namespace

void Sample::add(double value) {
  if (seen_++ % stride_ != 0) return;
  values_.push_back(value);
  if (values_.size() < kMost) return;
  for (std::size_t i = 0; 2 * i < values_.size(); ++i) values_[i] = values_[2 * i];
  values_.resize(values_.size() / 2);
  stride_ *= 2;
}

void Performance::take(const model::Event& event) {
  if (!event.body.is_object()) return;
  if (event.kind == "call") {
    const model::Where where = model::where_from(event.body);
    const std::string api = string_or(event.body, "api", "");
    if (!api.starts_with("Model.") || where.file.empty() || open_.size() >= kCalls) return;
    // A program moves from folder to folder; the name of its file stays.
    const std::string file = std::filesystem::path(where.file).filename().string();
    const std::string key = api + "|" + file + ":" + std::to_string(where.line);
    if (!places_.contains(key) && places_.size() >= kPlaces) return;
    Place& place = places_[key];
    place.api = api, place.file = file, place.line = where.line;
    open_[{event.pid, model::optional_integer(event.body, "id").value_or(0)}] = key;
  } else if (event.kind == "phase") {
    take_phase(event);
  } else if (event.kind == "step") {
    Place* place = place_of(event, "call");
    if (place != nullptr && event.body.value("python_calls", Json()).is_number())
      place->loops[string_or(event.body, "phase", "")].python_calls.add(
          event.body["python_calls"].get<double>());
  } else if (event.kind == "return") {
    take_return(event);
  }
}

Performance::Place* Performance::place_of(const model::Event& event, const char* id) {
  const auto found = open_.find({event.pid, model::optional_integer(event.body, id).value_or(-1)});
  return found == open_.end() ? nullptr : &places_[found->second];
}

void Performance::take_phase(const model::Event& event) {
  Place* place = place_of(event, "call");
  const double steps = model::number_or(event.body, "steps", 0),
               seconds = model::number_or(event.body, "seconds", -1),
               busy = model::number_or(event.body, "processor_seconds", -1);
  if (place == nullptr || steps < 1) return;
  Loops& loops = place->loops[string_or(event.body, "phase", "")];
  loops.steps += static_cast<std::uint64_t>(steps);
  take_blocks(event.body.value("blocks", Json()), loops.loops == 0, loops);
  // The first loop makes what the others use.
  if (loops.loops++ == 0 || seconds < 0 || busy < 0) return;
  loops.seconds.add(seconds / steps);
  loops.processor.add(busy / steps);
}

void Performance::take_blocks(const Json& blocks, bool first, Loops& loops) {
  const Json* took = blocks.is_object() ? model::find_field(blocks, "took") : nullptr;
  const double steps = blocks.is_object() ? model::number_or(blocks, "steps", 0) : 0;
  if (took == nullptr || !took->is_array() || steps < kBlock) return;
  // The first steps make what the others use.
  for (std::size_t k = first ? (took->size() + 3) / 4 : 0; k < took->size(); ++k) {
    const Json& pair = (*took)[k];
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number() || !pair[1].is_number())
      return;
    loops.block_seconds.add(pair[0].get<double>() / steps);
    loops.block_processor.add(pair[1].get<double>() / steps);
  }
}

void Performance::take_return(const model::Event& event) {
  const double traces = model::number_or(event.body, "traces", -1);
  const double before = traces_.contains(event.pid) ? traces_[event.pid] : 0;
  if (traces >= 0) traces_[event.pid] = traces;
  Place* place = place_of(event, "id");
  open_.erase({event.pid, model::optional_integer(event.body, "id").value_or(-1)});
  if (place == nullptr) return;
  Calls& calls = place->calls;
  ++calls.calls;
  calls.traces += std::max(traces - before, 0.0);
  const double rss = model::number_or(event.body, "rss", 0);
  if (rss <= 0 || calls.x.size() >= kSeries) return;
  calls.x.push_back(static_cast<double>(calls.calls));
  calls.rss.push_back(rss);
}

Json Performance::to_json() const {
  Json places = Json::array();
  for (const auto& [key, place] : places_) {
    const Json head{{"api", place.api}, {"file", place.file}, {"line", place.line}};
    for (const auto& [phase, loops] : place.loops) {
      // Steps of one loop depend on each other more than loops do: second choice.
      const bool few = loops.processor.values().size() < kFewest;
      const Sample& seconds = few ? loops.block_seconds : loops.seconds;
      const Sample& processor = few ? loops.block_processor : loops.processor;
      Json one = head;
      one.update({{"phase", phase},
                  {"loops", loops.loops},
                  {"steps", loops.steps},
                  {"seconds_per_step", seconds.values()},
                  {"processor_seconds_per_step", processor.values()},
                  {"python_calls", loops.python_calls.values()}});
      places.push_back(std::move(one));
    }
    if (place.calls.calls == 0) continue;
    Json one = head;
    one.update({{"phase", nullptr},
                {"calls", place.calls.calls},
                {"traces", place.calls.traces},
                {"bytes_per_call", slope_json(place.calls.x, place.calls.rss)}});
    places.push_back(std::move(one));
  }
  return {{"machine",
           {{"processor", processor_name()}, {"processors", std::thread::hardware_concurrency()}}},
          {"places", std::move(places)}};
}

}  // namespace kerasan::checks

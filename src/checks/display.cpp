#include "checks/display.h"

#include "model/fields.h"

namespace kerasan::checks {

using model::Json;

bool trains_epochs(const std::string& api) {
  return api == "Model.fit" || api == "Model.fit_generator";
}

bool shows_progress(const std::string& api) {
  return trains_epochs(api) || api == "Model.evaluate" || api == "Model.predict" ||
         api == "Model.evaluate_generator" || api == "Model.predict_generator";
}

std::uint64_t Display::lines() const {
  std::uint64_t sum = 0;
  for (const auto& epoch : epochs) sum += epoch.lines;
  return sum;
}

std::uint64_t Display::unknown() const {
  std::uint64_t sum = 0;
  for (const auto& epoch : epochs) sum += epoch.unknown;
  return sum;
}

std::optional<ProgressLine> Display::worst() const {
  for (auto epoch = epochs.rbegin(); epoch != epochs.rend(); ++epoch)
    if (epoch->worst) return epoch->worst;
  return std::nullopt;
}

const Display* Displays::ended_by(const model::Event& event, const model::Run& run) {
  take(event, run);
  return ended_ ? &*ended_ : nullptr;
}

std::map<std::pair<std::int64_t, std::int64_t>, Display> Displays::open(const model::Run&) {
  std::map<std::pair<std::int64_t, std::int64_t>, Display> out;
  for (auto& [key, open] : open_) {
    open.scanner.flush([&](std::string_view line) { take_line(line, open.display); });
    out[key] = open.display;
  }
  return out;
}

void Displays::take(const model::Event& event, const model::Run& run) {
  if (taken_ == run.events()) return;
  taken_ = run.events();
  ended_.reset();
  if (event.kind == "text") return take_text(event, run);
  if (event.kind != "return") return;
  const auto held = open_.find({event.pid, model::require_integer(event.body, "id")});
  if (held == open_.end()) return;
  Open open = std::move(held->second);
  open_.erase(held);
  open.scanner.flush([&](std::string_view line) { take_line(line, open.display); });
  ended_ = std::move(open.display);
}

void Displays::take_text(const model::Event& event, const model::Run& run) {
  const auto id = model::optional_integer(event.body, "call");
  const Json* text = model::find_field(event.body, "text");
  if (!id || text == nullptr || !text->is_string() ||
      model::string_or(event.body, "stream", "") != "stdout" ||
      model::string_or(event.body, "origin", "") != "framework")
    return;
  const auto* call = run.call(event.pid, *id);
  if (call == nullptr || !shows_progress(call->api)) return;
  const auto where = model::where_from(event.body);
  if (!where.file.empty() && (where.file != call->where.file || where.line != call->where.line))
    return;
  const std::pair key{event.pid, *id};
  if (!open_.contains(key) && open_.size() >= kOpenKept) return;
  Open& open = open_[key];
  open.scanner.feed(text->get_ref<const std::string&>(),
                    [&](std::string_view line) { take_line(line, open.display); });
}

void Displays::take_line(std::string_view line, Display& display) {
  if (display.epochs.size() >= kEpochsKept) {
    display.whole = false;
    return;
  }
  if (const auto header = parse_epoch_header(line)) {
    display.epochs.push_back({.header = header, .last = {}, .worst = {}});
    return;
  }
  const auto progress = parse_progress(line);
  if (!progress) return;
  if (display.epochs.empty()) display.epochs.emplace_back();
  ShownEpoch& epoch = display.epochs.back();
  ++epoch.lines;
  epoch.last = progress;
  if (!progress->total)
    ++epoch.unknown;
  else if (progress->current > *progress->total)
    epoch.worst = progress;
}

}  // namespace kerasan::checks

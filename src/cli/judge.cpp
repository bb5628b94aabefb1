#include "cli/judge.h"

#include <unistd.h>

#include <iostream>

#include "model/convert.h"
#include "report/json.h"
#include "report/terminal.h"

namespace kerasan::cli {

Judge::Judge(trace::TraceReader reader)
    : reader_(std::move(reader)),
      sessions_([this](const std::string& digest) { return reader_.tensor(digest); }, collector_) {}

bool Judge::drain(const std::function<bool()>& stop) {
  while (!stop()) {
    std::optional<trace::Record> record = reader_.next();
    if (!record) return true;
    try {
      const model::Event event = model::to_event(std::move(record->body));
      const bool alone = facts_.take(event);
      if (!facts_.verifies(event.pid)) performance_.take(event);
      if (!alone) sessions_.feed(event);
    } catch (const InputError& error) {
      sessions_.lost(std::string("event that cannot be used: ") + error.what());
    }
  }
  return false;
}

void Judge::finish(const std::function<bool()>& stop) {
  reader_.set_final();
  if (!drain(stop)) sessions_.lost("the analysis was interrupted before the end of the trace");
  sessions_.finish();
  note_loss();
  if (sessions_.probe_started() && !sessions_.first_ended()) {
    sessions_.lost("the recording has no end: the program was killed or left without clean-up");
  }
}

void Judge::note_loss() {
  const trace::Loss& loss = reader_.loss();
  if (loss.damaged_regions > 0) sessions_.lost("damaged part of the trace", loss.damaged_regions);
  if (loss.unreadable_frames > 0) {
    sessions_.lost("frame of the trace with unusable content", loss.unreadable_frames);
  }
  if (loss.truncated_tail) sessions_.lost("the trace ends inside a frame");
}

void Judge::compare_with(const model::Json& baseline) {
  checks::compare_performance(baseline, performance_.to_json(), collector_);
}

std::optional<Tensor> Judge::tensor(const model::Json& value) {
  if (!value.is_object() || !value.contains("$tensor") || !value["$tensor"].is_string())
    return std::nullopt;
  return reader_.tensor(value["$tensor"]);
}

std::string Judge::nothing_checked() const {
  if (!sessions_.probe_started()) {
    return "nothing was observed: the probe did not start (a program that is not Python, or a "
           "Python run with -S, -E or -I, cannot be observed)";
  }
  if (!sessions_.framework_seen()) {
    return "nothing was checked: no supported TensorFlow or Keras was observed";
  }
  if (collector_.checked() > 0) return {};
  return collector_.not_checked_total() > 0 ? "nothing could be checked; the reasons follow"
                                            : "nothing could be checked: the program asked nothing "
                                              "of the framework that a rule judges";
}

report::Report Judge::report(std::vector<report::Suppression> suppressions) const {
  report::Report report = report::make_report(collector_, std::move(suppressions));
  report.nothing_checked = nothing_checked();
  report.program = facts_.program();
  report.watching = facts_.watching();
  report.performance = performance_.to_json();
  if (sessions_.framework_seen()) report.environment = sessions_.environment();
  return report;
}

int tell(const report::Report& report, const ReportOptions& options) {
  report::Style style = report::style_for(STDERR_FILENO);
  style.quiet = options.quiet;
  report::print(std::cerr, report, style);
  if (!options.json.empty()) report::write_json(report, options.json);
  return report::exit_status(report, options.fail_on);
}

std::vector<report::Suppression> load_suppressions(const ReportOptions& options) {
  if (options.suppress.empty()) return {};
  return report::read_suppressions(options.suppress);
}

}  // namespace kerasan::cli

// kerasan check: judges a recorded trace, or a saved model.
#include <iostream>

#include "base/error.h"
#include "checks/file_rule.h"
#include "cli/file_text.h"
#include "cli/judge.h"
#include "formats/reader.h"
#include "report/json.h"

namespace kerasan::cli {
namespace {

int check_trace(const CheckOptions& options, std::vector<report::Suppression> suppressions) {
  Judge judge(trace::TraceReader::open(options.trace));
  judge.finish([] { return false; });
  report::Report report = judge.report(std::move(suppressions));
  report.from_trace = true;
  return tell(report, options.report);
}

int check_model(const CheckOptions& options, std::vector<report::Suppression> suppressions) {
  const formats::ModelFile file = formats::read_model_file(options.trace);
  const checks::SavedModel model(file);
  report::Collector collector;
  checks::check_file(model, collector);
  report::Report report = report::make_report(collector, std::move(suppressions));
  report.from_trace = true;
  report.environment = {{"file", structure_json(model)}};
  if (collector.checked() == 0) report.nothing_checked = "nothing in the file could be checked";
  // The structure is what was asked for; the report is beside it, as always.
  if (!options.report.quiet && options.report.json != "-") print_structure(std::cout, model);
  return tell(report, options.report);
}

}  // namespace

int check_command(const CheckOptions& options) {
  std::vector<report::Suppression> suppressions = load_suppressions(options.report);
  report::require_writable(options.report.json);
  const bool saved = options.trace != "-" && formats::find_reader(options.trace) != nullptr;
  return saved ? check_model(options, std::move(suppressions))
               : check_trace(options, std::move(suppressions));
}

}  // namespace kerasan::cli

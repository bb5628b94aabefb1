// The command line; each command's own work is in its file.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "base/error.h"
#include "cli/command.h"
#include "cli/options.h"
#include "report/report.h"

namespace kerasan::cli {
namespace {

constexpr const char* kStatusText =
    "Exit status: 0 no finding; 1 findings (at or above --fail-on); 2 Kerasan could not do\n"
    "its job (usage, unreadable input, nothing could be checked); 3 the program itself failed.";

void add_report_options(CLI::App& command, ReportOptions& options) {
  command.add_option("--json", options.json, "write the report as JSON (\"-\": stdout)")
      ->type_name("FILE");
  command
      .add_option("--suppress", options.suppress,
                  "findings not to report: rule=NAME file=GLOB layer=GLOB reason=TEXT a line")
      ->type_name("FILE");
  command.add_option("--fail-on", options.fail_on, "lowest impact that gives exit status 1")
      ->type_name("IMPACT")
      ->check(CLI::Range(1, 4).description(""))
      ->capture_default_str();
  command.add_flag("--quiet,-q", options.quiet, "print findings only, no coverage");
  command.footer(kStatusText);
}

CLI::App* add_run(CLI::App& app, RunOptions& options) {
  CLI::App* run = app.add_subcommand("run",
                                     "Run a Keras program unchanged and report its silent bugs.\n"
                                     "    kerasan run [OPTIONS] -- PROGRAM [ARGS...]");
  run->add_option("--python", options.python, "interpreter for a .py PROGRAM")
      ->type_name("PY")
      ->capture_default_str();
  run->add_option("--record", options.record, "keep the trace; `kerasan check` judges it again")
      ->type_name("TRACE");
  run->add_option("--budget", options.budget, "time that observing may take, in percent of the run")
      ->type_name("PERCENT")
      ->check(CLI::Range(0.01, 100.0).description(""))
      ->capture_default_str();
  run->add_flag("--no-rerun", options.no_rerun,
                "never run a step of the model a second time; fewer claims can be checked");
  run->add_option("--baseline", options.baseline,
                  "JSON report of an earlier run of the same program: tell what takes more now")
      ->type_name("FILE");
  run->add_flag("--verify-saves", options.verify_saves,
                "after the program has ended, load each file that it saved in a fresh process and\n"
                "compare with what was saved; takes a start of the framework for each file");
  add_report_options(*run, options.report);
  run->footer(std::string("PROGRAM is a .py file, -m MODULE, or anything executable that starts "
                          "Python. The report\n"
                          "goes to stderr; stdout stays the program's own.\n\n") +
              kStatusText);
  run->prefix_command();  // without "--", the first word that is no option begins PROGRAM
  return run;
}

CLI::App* add_check(CLI::App& app, CheckOptions& options) {
  CLI::App* check = app.add_subcommand(
      "check",
      "Judge a trace recorded with `kerasan run --record`, or a saved model. Needs no TensorFlow.");
  check->add_option("trace", options.trace, "the trace (\"-\": stdin)")
      ->required()
      ->type_name("TRACE");
  add_report_options(*check, options.report);
  return check;
}

struct TraceOptions {
  std::string in;
  std::string out = "-";
  CLI::App* to_text = nullptr;
  CLI::App* from_text = nullptr;
};

void add_trace(CLI::App& app, TraceOptions& options) {
  CLI::App* trace =
      app.add_subcommand("trace", "Turn a trace into text, one event a line, and back.");
  trace->require_subcommand(1);
  options.to_text = trace->add_subcommand("to-text", "trace to text");
  options.from_text = trace->add_subcommand("from-text", "text to trace");
  for (CLI::App* command : {options.to_text, options.from_text}) {
    command->add_option("in", options.in, "what to read")->required()->type_name("IN");
    command->add_option("out", options.out, "what to write (\"-\": stdout)")
        ->type_name("OUT")
        ->capture_default_str();
  }
}

std::vector<std::pair<CLI::App*, Action>> add_registered(CLI::App& app) {
  std::vector<Command> ordered = commands();
  std::sort(ordered.begin(), ordered.end(),
            [](const Command& a, const Command& b) { return a.place < b.place; });
  std::vector<std::pair<CLI::App*, Action>> actions;
  for (const Command& command : ordered) {
    for (auto& added : command.add(app)) actions.push_back(std::move(added));
  }
  return actions;
}

// Everything after the first "--" is the user's program, whatever it looks like.
std::vector<std::string> split_program(std::vector<std::string>& arguments) {
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  if (dashes == arguments.end()) return {};
  std::vector<std::string> program(dashes + 1, arguments.end());
  arguments.erase(dashes, arguments.end());
  return program;
}

void settle_program(const CLI::App& run, RunOptions& options, std::vector<std::string> program) {
  const std::vector<std::string> rest = run.remaining();
  if (!rest.empty() && (rest.front().starts_with("-") || !program.empty())) {
    throw InputError("run: unknown argument \"" + rest.front() +
                     "\"; kerasan run --help lists them");
  }
  options.program = program.empty() ? rest : std::move(program);
  if (options.program.empty() || options.program.front().empty()) {
    throw InputError("run: no program given; usage: kerasan run [OPTIONS] -- PROGRAM [ARGS...]");
  }
}

int dispatch(std::vector<std::string> arguments) {
  CLI::App app("Kerasan makes silent bugs of Keras audible.", "kerasan");
  app.set_version_flag("--version", std::string("kerasan ") + KERASAN_VERSION);
  app.require_subcommand(1);
  app.footer(kStatusText);
  RunOptions run_options;
  CheckOptions check_options;
  TraceOptions trace_options;
  std::string rule;
  const CLI::App* run = add_run(app, run_options);
  const CLI::App* check = add_check(app, check_options);
  CLI::App* explain =
      app.add_subcommand("explain", "Say what a rule checks; without RULE, list all.");
  explain->add_option("rule", rule, "name of a rule")->type_name("RULE");
  bool reference = false;
  explain->add_flag("--reference", reference, "list the classes of Keras that can be recomputed");

  add_trace(app, trace_options);
  const auto registered = add_registered(app);

  const bool is_run = !arguments.empty() && arguments.front() == "run";
  std::vector<std::string> program = is_run ? split_program(arguments) : std::vector<std::string>();
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : report::kCannot;
  }
  if (run->parsed()) {
    run_options.python_given = run->count("--python") > 0;
    settle_program(*run, run_options, std::move(program));
    return run_command(run_options);
  }
  if (trace_options.to_text->parsed()) {
    return trace_to_text_command(trace_options.in, trace_options.out);
  }
  if (trace_options.from_text->parsed()) {
    return trace_from_text_command(trace_options.in, trace_options.out);
  }
  if (check->parsed()) return check_command(check_options);
  for (const auto& [command, action] : registered) {
    if (command->parsed()) return action();
  }
  return reference ? list_reference_command() : explain_command(rule);
}

}  // namespace

std::vector<Command>& commands() {
  static std::vector<Command> all;
  return all;
}

int main_with(std::vector<std::string> arguments) {
  try {
    return dispatch(std::move(arguments));
  } catch (const std::exception& error) {
    std::cerr << "kerasan: " << error.what() << "\n";
    return report::kCannot;
  }
}

}  // namespace kerasan::cli

// What the command line asked for.
#pragma once

#include <string>
#include <vector>

namespace kerasan::cli {

// Shared by every command that prints a report.
struct ReportOptions {
  std::string json;      // empty: no JSON report; "-": stdout
  std::string suppress;  // empty: no suppression file
  int fail_on = 1;
  bool quiet = false;
};

struct RunOptions {
  ReportOptions report;
  std::string python = "python3";
  bool python_given = false;
  std::string record;  // empty: the trace is temporary
  double budget = 3;   // percent of the run
  bool no_rerun = false;
  bool verify_saves = false;
  std::string baseline;              // empty: none
  std::vector<std::string> program;  // with its arguments
};

struct CheckOptions {
  ReportOptions report;
  std::string trace;
};

// Each returns the exit status and throws InputError for status 2.
int run_command(const RunOptions& options);
int check_command(const CheckOptions& options);
int explain_command(const std::string& rule);
int list_reference_command();
int trace_to_text_command(const std::string& in, const std::string& out);
int trace_from_text_command(const std::string& in, const std::string& out);

// The whole program: parses, runs, tells errors.
int main_with(std::vector<std::string> arguments);

}  // namespace kerasan::cli

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "base/error.h"
#include "cli/launch.h"

namespace kerasan::cli {
namespace {

TEST(CliLaunch, PythonFilesGoToTheInterpreter) {
  const std::string file = std::string(KERASAN_SOURCE_DIR) + "/tests/cli_test.py";
  EXPECT_EQ(command_for({file, "-x"}, "py"), (std::vector<std::string>{"py", file, "-x"}));
  EXPECT_EQ(command_for({"python3", "a.py"}, "py"), (std::vector<std::string>{"python3", "a.py"}));
  EXPECT_EQ(command_for({"-m", "m"}, "py"), (std::vector<std::string>{"py", "-m", "m"}));
  EXPECT_THROW(command_for({"missing.py"}, "py"), InputError);
  EXPECT_THROW(command_for({"/tmp"}, "py"), InputError);
}

TEST(CliLaunch, TheProbeIsFirstOnThePythonPath) {
  setenv("PYTHONPATH", "/mine", 1);
  setenv("KERASAN_TRACE", "/stale", 1);
  RunOptions options;
  options.no_rerun = true;
  const auto all = environment_for(options, "/p", "/t");
  const auto has = [&](const char* entry) { return std::count(all.begin(), all.end(), entry); };
  EXPECT_EQ(has("PYTHONPATH=/p/inject:/p:/mine"), 1);
  EXPECT_EQ(has("KERASAN_TRACE=/t"), 1);
  EXPECT_EQ(has("KERASAN_TRACE=/stale"), 0);
  EXPECT_EQ(has("KERASAN_BUDGET=3"), 1);
  EXPECT_EQ(has("KERASAN_RERUN=0"), 1);
  unsetenv("PYTHONPATH");
  unsetenv("KERASAN_TRACE");
}

TEST(CliLaunch, TellsHowTheProgramEnded) {
  const SignalGuard guard;
  EXPECT_EQ(wait_for(start_program({"sh", "-c", "exit 7"}, {"PATH=/bin:/usr/bin"})).exit, 7);
  EXPECT_EQ(wait_for(start_program({"sh", "-c", "kill -9 $$"}, {"PATH=/bin:/usr/bin"})).signal, 9);
  EXPECT_THROW(start_program({"/no/such/program"}, {}), InputError);
}

}  // namespace
}  // namespace kerasan::cli

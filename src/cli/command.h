// A command of the program: one source file each, which registers itself.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <utility>
#include <vector>

namespace kerasan::cli {

// Runs the command and returns its exit status; throws InputError for status 2.
using Action = std::function<int()>;
// Each subcommand that can be carried out, innermost ones too, and what carries it out.
using CommandAdder = std::vector<std::pair<CLI::App*, Action>> (*)(CLI::App& app);

struct Command {
  int place;  // order in --help, lowest first
  CommandAdder add;
};

// All registered ones, in no order.
std::vector<Command>& commands();

// Used once, at namespace scope, in the file of the command.
struct CommandRegistrar {
  CommandRegistrar(int place, CommandAdder add) { commands().push_back({place, add}); }
};

}  // namespace kerasan::cli

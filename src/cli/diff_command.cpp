// kerasan diff: in what two saved models differ.
#include <fstream>
#include <iostream>

#include "base/error.h"
#include "checks/file_difference.h"
#include "checks/saved_prediction.h"
#include "cli/command.h"
#include "formats/npy.h"
#include "formats/place_names.h"
#include "formats/reader.h"
#include "report/json.h"
#include "report/report.h"

namespace kerasan::cli {
namespace {

using model::Json;

struct DiffOptions {
  std::string first, second, json, inputs;
  checks::Nearness nearness;
  bool quiet = false;
};

constexpr std::size_t kShown = 30;

std::string clean(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return text.size() > 400 ? text.substr(0, 397) + "..." : text;
}

void print(const checks::FileDifferences& all, const DiffOptions& options) {
  for (std::size_t i = 0; i < std::min(all.found.size(), kShown); ++i) {
    std::cout << all.found[i].part << ": " << clean(all.found[i].message) << "\n";
  }
  if (all.found.size() > kShown) {
    std::cout << "and " << all.found.size() - kShown << " more; --json FILE has them all\n";
  }
  if (options.quiet) return;
  for (const auto& [part, count] : all.compared)
    std::cout << "alike: " << count << " " << part << "\n";
  for (const auto& [what, count] : all.not_compared) {
    std::cout << "not compared: " << what.first << ": " << clean(what.second) << " (" << count
              << ")\n";
  }
}

Json to_json(const checks::FileDifferences& all, const DiffOptions& options) {
  Json found = Json::array(), gaps = Json::array();
  for (const checks::FileDifference& d : all.found) {
    found.push_back({{"part", d.part},
                     {"subject", d.subject},
                     {"first", d.first},
                     {"second", d.second},
                     {"message", d.message}});
  }
  for (const auto& [what, count] : all.not_compared) {
    gaps.push_back({{"part", what.first}, {"reason", what.second}, {"count", count}});
  }
  return {{"schema", 1},          {"first", options.first}, {"second", options.second},
          {"differences", found}, {"alike", all.compared},  {"not_compared", gaps}};
}

void write(const Json& json, const std::string& path) {
  const std::string text = json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  if (path == "-") {
    std::cout << text << std::flush;
    return;
  }
  std::ofstream out(path, std::ios::binary);
  out << text << std::flush;
  if (!out) throw InputError(path + ": cannot write the differences");
}

// Gives a file without a config that of the other, so that its weights get the names of layers.
bool lend_config(formats::ModelFile& to, const formats::ModelFile& from) {
  if (!to.config.is_null() || from.config.is_null()) return false;
  if (!formats::name_layers(to, from.config).empty()) return false;
  to.config = from.config;
  return true;
}

checks::FileDifferences differences(formats::ModelFile one, formats::ModelFile other,
                                    const DiffOptions& options) {
  const bool lent = lend_config(one, other) || lend_config(other, one);
  const checks::SavedModel first(one), second(other);
  checks::FileDifferences all;
  const checks::LayerPairs pairs = checks::pair_layers(first, second);
  if (lent) {
    for (const char* part : {"architecture", "config"}) {
      all.skip(part, "only one of the files holds a config");
    }
  } else {
    checks::compare_architecture(first, second, pairs, all);
    checks::compare_configs(first, second, pairs, all);
  }
  checks::compare_saved_weights(first, second, pairs, options.nearness, all);
  checks::compare_compile(first, second, options.nearness, all);
  if (!options.inputs.empty()) {
    checks::compare_predictions(first, second, formats::read_npz(options.inputs), all);
  }
  return all;
}

int diff(const DiffOptions& options) {
  report::require_writable(options.json);
  const checks::FileDifferences all = differences(
      formats::read_model_file(options.first), formats::read_model_file(options.second), options);
  if (options.json != "-") print(all, options);
  if (!options.json.empty()) write(to_json(all, options), options.json);
  if (!all.found.empty()) return report::kFindings;
  if (!all.compared.empty()) return report::kNoFinding;
  std::cerr << "kerasan: nothing in the two files could be compared\n";
  return report::kCannot;
}

std::vector<std::pair<CLI::App*, Action>> add(CLI::App& app) {
  const auto options = std::make_shared<DiffOptions>();
  CLI::App* command = app.add_subcommand("diff", "Say in what two saved models differ.");
  command->add_option("first", options->first, "a saved model of any format")
      ->required()
      ->type_name("A");
  command->add_option("second", options->second, "another, of the same or another format")
      ->required()
      ->type_name("B");
  command
      ->add_option("--within", options->nearness.ulps,
                   "weights may differ by this many units in the last place")
      ->type_name("ULPS")
      ->check(CLI::NonNegativeNumber.description(""));
  command
      ->add_option("--relative", options->nearness.relative,
                   "weights may differ by this part of the larger value")
      ->type_name("BOUND")
      ->check(CLI::NonNegativeNumber.description(""));
  command
      ->add_option("--inputs", options->inputs,
                   "also compare what the two predict on these arrays (.npz)")
      ->type_name("FILE");
  command->add_option("--json", options->json, "write the differences as JSON (\"-\": stdout)")
      ->type_name("FILE");
  command->add_flag("--quiet,-q", options->quiet, "print differences only");
  command->footer("Exit status: 0 no difference; 1 differences; 2 the files cannot be compared.");
  return {{command, [options] { return diff(*options); }}};
}

const CommandRegistrar registrar{30, &add};

}  // namespace
}  // namespace kerasan::cli

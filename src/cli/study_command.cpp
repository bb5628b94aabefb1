// kerasan study: the workbench of an empirical study.
#include "cli/command.h"
#include "cli/study_commands.h"

namespace kerasan::cli {
namespace {

using Entry = std::pair<CLI::App*, Action>;

// Options live as long as the action that uses them.
template <typename Options>
std::shared_ptr<Options> kept() {
  return std::make_shared<Options>();
}

Entry add_check(CLI::App& study) {
  CLI::App* command = study.add_subcommand("check", "List what is odd in the data of a study.");
  const auto options = kept<StudyCheckOptions>();
  command->add_option("folder", options->folder, "replication package")
      ->required()
      ->type_name("DIR");
  command->add_flag("--json", options->json, "as JSON");
  return {command, [options] { return study_check(*options); }};
}

Entry add_agreement(CLI::App& study) {
  CLI::App* command =
      study.add_subcommand("agreement", "How far raters agree, beyond chance, at each stage.");
  const auto options = kept<AgreementOptions>();
  command->add_option("source", options->source, "package, project or table of ratings")
      ->required()
      ->type_name("DIR|FILE");
  command->add_option("--level", options->level, "of a table: nominal, ordinal or interval")
      ->type_name("LEVEL")
      ->capture_default_str();
  command->add_option("--categories", options->categories, "of a table, in order: A,B,…")
      ->type_name("LIST");
  command->add_option("--samples", options->samples, "of the bootstrap")
      ->type_name("N")
      ->check(CLI::Range(10, 100000).description(""))
      ->capture_default_str();
  command->add_flag("--json", options->json, "as JSON");
  return {command, [options] { return study_agreement(*options); }};
}

std::vector<Entry> add(CLI::App& app) {
  CLI::App* study = app.add_subcommand("study", "Import, label, agree, survey and report a study.");
  study->require_subcommand(1);
  return {add_check(*study), add_agreement(*study)};
}

const CommandRegistrar registrar{60, add};

}  // namespace
}  // namespace kerasan::cli

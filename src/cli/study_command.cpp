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

Entry add_report(CLI::App& study) {
  CLI::App* command = study.add_subcommand("report", "Tables and figures, as page and as files.");
  const auto options = kept<StudyReportOptions>();
  command->add_option("source", options->source, "package or project")
      ->required()
      ->type_name("DIR|PROJECT");
  command->add_option("-o,--out", options->folder, "folder to write to")
      ->required()
      ->type_name("OUT");
  command->add_option("--published", options->published, "numbers to compare with, as a table")
      ->type_name("FILE");
  return {command, [options] { return study_report(*options); }};
}

Entry add_serve(CLI::App& study) {
  CLI::App* command = study.add_subcommand("serve", "The workbench as a page in the browser.");
  const auto options = kept<ServeOptions>();
  command->add_option("project", options->project, "the study's file")
      ->required()
      ->type_name("PROJECT");
  command->add_option("--port", options->port, "of this machine; else any that is free")
      ->type_name("N")
      ->check(CLI::Range(0, 65535).description(""));
  command->add_flag("--no-browser", options->no_browser, "only print the address");
  return {command, [options] { return study_serve(*options); }};
}

// What the commands on a project have in common.
class ProjectCommand {
 public:
  ProjectCommand(CLI::App& study, const char* name, const char* text)
      : command_(study.add_subcommand(name, text)), options_(kept<ProjectOptions>()) {
    command_->add_option("project", options_->project, "the study's file")
        ->required()
        ->type_name("PROJECT");
  }
  ProjectCommand& required(const char* name, std::string ProjectOptions::*field, const char* text) {
    command_->add_option(name, (*options_).*field, text)->required();
    return *this;
  }
  template <typename T>
  ProjectCommand& option(const char* name, T ProjectOptions::*field, const char* text) {
    command_->add_option(name, (*options_).*field, text);
    return *this;
  }
  ProjectCommand& as() { return option("--as", &ProjectOptions::who, "your name; else $USER"); }
  ProjectCommand& stage() {
    command_->add_option("--stage", options_->stage, "a stage of the study")->capture_default_str();
    return *this;
  }
  ProjectCommand& at() { return option("--at", &ProjectOptions::at, "as it stood after change N"); }
  ProjectCommand& limit() {
    command_->add_option("--limit", options_->limit, "lines at most")->capture_default_str();
    return *this;
  }
  ProjectCommand& reviewers() {
    command_->add_option("--reviewers", options_->reviewers, "who votes: A,B,…")->delimiter(',');
    return *this;
  }
  ProjectCommand& columns() {
    command_->add_option("--map", options_->columns, "what a column is; once for each")
        ->type_name("FIELD=COLUMN")
        ->allow_extra_args(false);
    return *this;
  }
  Entry does(int (*act)(const ProjectOptions&)) {
    return {command_, [options = options_, act] { return act(*options); }};
  }

 private:
  CLI::App* command_;
  std::shared_ptr<ProjectOptions> options_;
};

std::vector<Entry> add_project_commands(CLI::App& study) {
  using P = ProjectOptions;
  const auto command = [&](const char* name, const char* text) {
    return ProjectCommand(study, name, text);
  };
  return {
      command("init", "Begin a study of your own.")
          .reviewers()
          .option("--settings", &P::settings, "stages, raters and rules as JSON")
          .as()
          .does(study_init),
      command("import", "Add issues: a table, GitHub's JSON, or a replication package.")
          .required("source", &P::source, "file or folder")
          .as()
          .columns()
          .does(study_import),
      command("queue", "What you have not rated yet.").stage().as().limit().does(study_queue),
      command("rate", "Vote on an item, or label it.")
          .required("item", &P::item, "its key")
          .required("value", &P::value, "0 or 1 at inclusion, else a category; \"\" takes it back")
          .stage()
          .as()
          .option("--note", &P::note, "a remark")
          .does(study_rate),
      command("conflicts", "Items on which the raters differ.")
          .stage()
          .limit()
          .does(study_conflicts),
      command("decide", "The outcome of a discussion, or an adjudication.")
          .required("item", &P::item, "its key")
          .required("value", &P::value, "the outcome")
          .stage()
          .as()
          .option("--note", &P::note, "the reason")
          .does(study_decide),
      command("fact", "Note a version, a fixing commit or anything else of an item.")
          .required("item", &P::item, "its key")
          .required("field", &P::field, "such as \"fixing commit\"")
          .required("value", &P::value, "what it is")
          .as()
          .does(study_fact),
      command("show", "All that is known of an item, now or earlier.")
          .required("item", &P::item, "its key")
          .at()
          .does(study_show),
      command("history", "Who did what, when; the latest first.")
          .option("--item", &P::item, "only of this item")
          .limit()
          .does(study_history),
      command("settings", "Show the settings, or replace them by those of a file.")
          .option("--settings", &P::settings, "stages, raters and rules as JSON")
          .as()
          .at()
          .does(study_settings),
      command("export", "Write all as tables.")
          .option("-o,--out", &P::folder, "folder to write to")
          .at()
          .does(study_export)};
}

std::vector<Entry> add(CLI::App& app) {
  CLI::App* study = app.add_subcommand("study", "Import, label, agree, survey and report a study.");
  study->require_subcommand(1);
  std::vector<Entry> entries = {add_check(*study), add_agreement(*study), add_report(*study),
                                add_serve(*study)};
  for (Entry& entry : add_project_commands(*study)) entries.push_back(std::move(entry));
  return entries;
}

const CommandRegistrar registrar{60, add};

}  // namespace
}  // namespace kerasan::cli

// Commands of `kerasan study`, one file each; study_command.cpp declares their options.
#pragma once

#include <string>
#include <vector>

namespace kerasan::cli {

struct StudyCheckOptions {
  std::string folder;
  bool json = false;
};
int study_check(const StudyCheckOptions& options);

struct AgreementOptions {
  std::string source;
  std::string level = "nominal";
  std::string categories;
  int samples = 1000;
  bool json = false;
};
int study_agreement(const AgreementOptions& options);

// Commands on a project of one's own.
struct ProjectOptions {
  std::string project;
  std::string who;
  std::string source;                // import: file or folder
  std::vector<std::string> columns;  // import: "title=Summary"
  std::string folder = ".";          // export: where to
  std::vector<std::string> reviewers;
  std::string settings;  // file of JSON
  std::string item;
  std::string stage = "inclusion";
  std::string field;
  std::string value;
  std::string note;
  long at = 0;  // 0: now
  int limit = 20;
  bool json = false;
};
int study_init(const ProjectOptions& options);
int study_import(const ProjectOptions& options);
int study_rate(const ProjectOptions& options);
int study_decide(const ProjectOptions& options);
int study_fact(const ProjectOptions& options);
int study_queue(const ProjectOptions& options);
int study_conflicts(const ProjectOptions& options);
int study_show(const ProjectOptions& options);
int study_history(const ProjectOptions& options);
int study_settings(const ProjectOptions& options);
int study_export(const ProjectOptions& options);

struct StudyReportOptions {
  std::string source;
  std::string folder;
  std::string published;  // table of published numbers to compare with
};
int study_report(const StudyReportOptions& options);

struct ServeOptions {
  std::string project;
  int port = 0;  // 0: any that is free
  bool no_browser = false;
};
int study_serve(const ServeOptions& options);

// "" when the environment names no user.
std::string user_name();

}  // namespace kerasan::cli

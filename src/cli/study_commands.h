// Commands of `kerasan study`, one file each; study_command.cpp declares their options.
#pragma once

#include <string>

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

}  // namespace kerasan::cli

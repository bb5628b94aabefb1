#include "checks/written_files.h"

#include <algorithm>

#include "base/error.h"
#include "base/work_folder.h"
#include "checks/unpacked_save.h"
#include "formats/reader.h"
#include "model/fields.h"

namespace kerasan::checks {

using model::Json;
using model::string_or;

const std::optional<WrittenFile>& WrittenFiles::completed_by(const model::Event& event,
                                                             const model::Run& run) {
  if (at_ == run.events()) return written_;
  at_ = run.events();
  written_.reset();
  if (event.kind == "model" && string_or(event.body, "when", "") == "save") {
    saves_.push_back({event.pid, string_or(event.body, "id", ""), event.body});
    if (saves_.size() > kKept) saves_.pop_front();
  }
  if (event.kind == "saved_file") written_ = read(event, run);
  return written_;
}

WrittenFile WrittenFiles::read(const model::Event& event, const model::Run& run) const {
  const auto save = std::find_if(saves_.rbegin(), saves_.rend(), [&](const Save& s) {
    return s.pid == event.pid && s.model == string_or(event.body, "model", "");
  });
  if (save == saves_.rend()) return {{}, {}, "the model before the call was not recorded"};
  try {
    const WorkFolder folder;
    const UnpackedSave unpacked(event.body.value("files", Json::array()), folder.path(),
                                [&](const Json& bytes) { return run.tensor(bytes); });
    return {save->body, formats::read_model_file(unpacked.path()), {}};
  } catch (const InputError&) {
    return {{}, {}, "a saved file that cannot be read"};
  }
}

}  // namespace kerasan::checks

#include "cli/verify_saves.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>

#include "base/child.h"
#include "base/error.h"
#include "base/work_folder.h"
#include "checks/unpacked_save.h"
#include "cli/launch.h"
#include "model/fields.h"

namespace kerasan::cli {
namespace {

namespace fs = std::filesystem;
using checks::KeptSave;
using model::Json;
using model::string_or;

constexpr double kSecondsEach = 120, kSecondsInAll = 600;
constexpr std::size_t kMostBytes = 64 << 20;  // of the rows of an evaluation

// A file that is here no more, or an array that was not recorded.
struct NotThere {
  std::string why;
};

// The same part of every batch, one below the other: structures of arrays of equal shape.
class Rows {
 public:
  Rows(Judge& judge, fs::path folder) : judge_(judge), folder_(std::move(folder)) {}

  Json joined(const std::vector<Json>& parts) {
    const Json& first = parts.front();
    if (first.is_object() && first.contains("$tensor")) return array(parts);
    Json out = first;
    if (!first.is_structured()) return out;
    for (auto item = out.begin(); item != out.end(); ++item) {
      std::vector<Json> inner;
      for (const Json& part : parts) {
        if (part.type() != first.type() || part.size() != first.size())
          throw NotThere{"batches of different structure"};
        if (first.is_object() && !part.contains(item.key()))
          throw NotThere{"batches of different structure"};
        inner.push_back(first.is_object() ? part[item.key()]
                                          : part[static_cast<std::size_t>(item - out.begin())]);
      }
      *item = joined(inner);
    }
    return out;
  }

 private:
  Json array(const std::vector<Json>& parts) {
    const std::string name = (folder_ / (std::to_string(++count_) + ".bin")).string();
    std::ofstream out(name, std::ios::binary);
    Shape shape;
    std::string dtype;
    for (const Json& part : parts) {
      const auto tensor = judge_.tensor(part);
      if (!tensor || tensor->shape().empty()) throw NotThere{"rows that were not recorded"};
      if (shape.empty()) {
        shape = tensor->shape();
        shape[0] = 0;
        dtype = std::string(dtype_name(tensor->dtype()));
      }
      Shape rest = tensor->shape();
      shape[0] += rest[0];
      rest[0] = shape[0];
      if (rest != shape || dtype != dtype_name(tensor->dtype()))
        throw NotThere{"batches of different shapes"};
      const auto bytes = tensor->bytes();
      written_ += bytes.size();
      if (written_ > kMostBytes) throw NotThere{"more rows than are evaluated again"};
      out.write(reinterpret_cast<const char*>(bytes.data()),
                static_cast<std::streamsize>(bytes.size()));
    }
    return {{"$array", {{"file", name}, {"dtype", dtype}, {"shape", shape}}}};
  }

  Judge& judge_;
  fs::path folder_;
  std::size_t count_ = 0, written_ = 0;
};

// Classes of the program's own among a model and its layers.
void add_own_classes(const Json& body, std::set<std::string>& names) {
  if (body.value("builtin", Json(true)) == false) names.insert(string_or(body, "class", "?"));
  const Json layers = body.value("layers", Json::array());
  if (!layers.is_array()) return;
  for (const Json& layer : layers)
    if (layer.is_object()) add_own_classes(layer, names);
}

Json evaluation(const checks::KeptEvaluation* kept, const fs::path& folder, Judge& judge) {
  if (kept == nullptr) return nullptr;
  std::vector<Json> x, y, weights;
  Json size;
  for (const model::Event& event : kept->events) {
    if (event.kind != "step") continue;
    x.push_back(event.body.value("x", Json()));
    y.push_back(event.body.value("y", Json()));
    weights.push_back(event.body.value("sample_weight", Json()));
    if (size.is_null()) size = event.body.value("size", Json());
  }
  if (x.empty() || !size.is_number_integer()) return nullptr;
  fs::create_directories(folder);
  Rows rows(judge, folder);
  return {{"x", rows.joined(x)},
          {"y", rows.joined(y)},
          {"sample_weight", rows.joined(weights)},
          {"batch_size", size}};
}

class Verifier {
 public:
  Verifier(Judge& judge, const RunOptions& options, std::string probe, std::string trace)
      : judge_(judge), options_(options), probe_(std::move(probe)), trace_(std::move(trace)) {}

  void run() {
    const std::vector<KeptSave> saves = judge_.saves().latest();
    const auto began = std::chrono::steady_clock::now();
    for (std::size_t k = 0; k < saves.size() && !analysis_interrupted(); ++k) {
      const double spent =
          std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
      const std::string path = string_or(saves[k].before.body, "path", "");
      if (spent > kSecondsInAll) {
        not_verified(path, "no time was left");
        continue;
      }
      if (!options_.report.quiet)
        std::cerr << "kerasan: loading " << k + 1 << " of " << saves.size()
                  << " saved files in a fresh process: " << path << "\n";
      try {
        verify(saves[k], std::min(kSecondsEach, kSecondsInAll - spent));
      } catch (const NotThere& error) {
        not_verified(path, error.why);
      }
      judge_.drain(analysis_interrupted);
    }
  }

 private:
  void not_verified(const std::string& path, const std::string& why) {
    judge_.lost("not loaded in a fresh process: " + fs::path(path).filename().string() + ": " +
                why);
  }

  void verify(const KeptSave& save, double seconds) {
    const WorkFolder folder;
    const Json job = job_of(save, folder.path());
    const fs::path file = folder.path() / "job.json";
    std::ofstream(file) << job.dump(-1, ' ', true, Json::error_handler_t::replace);
    const model::Event* start = judge_.saves().start_of(save.pid);
    std::string python = start == nullptr ? "" : string_or(start->body, "executable", "");
    if (python.empty()) python = options_.python;
    Child child;
    child.command = {python, "-m", "kerasan_probe.reload", file.string()};
    for (const std::string& entry : environment_for(options_, probe_, trace_)) {
      const auto equals = entry.find('=');
      child.environment[entry.substr(0, equals)] = entry.substr(equals + 1);
    }
    child.environment["KERASAN_VERIFIES"] = Json{{"pid", save.pid}, {"save", save.number}}.dump();
    child.environment["KERASAN_BUDGET"] = "100";
    child.out = folder.path() / "out.txt";
    child.seconds = seconds;
    const ChildEnd end = run_child(child, analysis_interrupted);
    if (!end.good())
      not_verified(string_or(save.before.body, "path", ""), "the process " + end.words());
  }

  Json job_of(const KeptSave& save, const fs::path& folder) {
    const Json& before = save.before.body;
    const model::Event* framework = judge_.saves().framework_of(save.pid);
    if (framework == nullptr) throw NotThere{"the framework is not known"};
    const std::string saves = string_or(before, "saves", "");
    if (saves == "weights" && !before.value("builtin", false))
      throw NotThere{"weights of a class of the program's own"};
    Json job{{"framework", framework->body},
             {"path", before.value("path", Json())},
             {"stamp", save.after.body.value("stamp", Json())},
             {"model", before.value("id", Json())},
             {"saves", saves},
             {"class", string_or(before, "structure", "") == "sequential" ? "Sequential" : "Model"},
             {"config", before.value("config", Json())}};
    std::set<std::string> own;
    add_own_classes(before, own);
    job["custom"] = own;
    job["file"] = place_of_file(save, folder);
    for (const char* what : {"evaluate", "predict"}) {
      const auto* kept = judge_.saves().evaluation_of(save, std::string("Model.") + what);
      try {
        job[what] = evaluation(kept, folder / what, judge_);
      } catch (const NotThere&) {
        job[what] = nullptr;  // this is not compared, the rest is
      }
    }
    return job;
  }

  // As it was recorded; else where the program put it, if it was not written again since.
  std::string place_of_file(const KeptSave& save, const fs::path& folder) {
    if (save.file) return unpacked(save.file->body.value("files", Json::array()), folder / "saved");
    const model::Event* start = judge_.saves().start_of(save.pid);
    const std::string cwd = start == nullptr ? "" : string_or(start->body, "cwd", "");
    const fs::path path = fs::path(cwd) / string_or(save.before.body, "path", "");
    std::error_code error;
    const Json stamp = save.after.body.value("stamp", Json());
    if (!stamp.is_array() || stamp.empty() || !fs::is_regular_file(path, error) ||
        fs::file_size(path, error) != stamp[0])
      throw NotThere{"the file was not recorded and is not there as it was"};
    return path.string();
  }

  std::string unpacked(const Json& files, const fs::path& folder) {
    try {
      const checks::UnpackedSave save(files, folder,
                                      [&](const Json& bytes) { return judge_.tensor(bytes); });
      if (!save.path().empty()) return save.path();
    } catch (const InputError& error) {
      throw NotThere{error.what()};
    }
    throw NotThere{"a saved file that was not recorded"};
  }

  Judge& judge_;
  const RunOptions& options_;
  std::string probe_, trace_;
};

}  // namespace

void verify_saves(Judge& judge, const RunOptions& options, const std::string& probe,
                  const std::string& trace) {
  judge.drain(analysis_interrupted);
  Verifier(judge, options, probe, trace).run();
}

}  // namespace kerasan::cli

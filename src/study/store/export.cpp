#include "study/store/export.h"

#include <filesystem>
#include <fstream>

#include "base/error.h"

namespace kerasan::study {
namespace {

constexpr int kPage = 1000;

class File {
 public:
  File(const std::filesystem::path& path) : path_(path.string()), out_(path, std::ios::binary) {
    if (!out_) throw InputError(path_ + ": cannot be written");
  }
  void row(const std::vector<std::string>& fields) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      out_ << (i == 0 ? "" : ",") << csv_field(fields[i]);
    }
    out_ << "\n";
  }
  void text(const std::string& text) { out_ << text << "\n"; }
  std::string close() {
    out_.close();
    if (!out_) throw InputError(path_ + ": could not be written whole");
    return path_;
  }

 private:
  std::string path_;
  std::ofstream out_;
};

std::vector<std::string> fact_fields(const Project& project) {
  Statement rows = project.database().prepare("SELECT DISTINCT field FROM fact ORDER BY field");
  std::vector<std::string> out;
  while (rows.step()) out.push_back(rows.text(0));
  return out;
}

std::string rating_column(const StageSettings& stage, const std::string& rater) {
  return stage.name == kInclusion ? rater : stage.name + ":" + rater;
}

std::string rating_of(const ItemState& state, const StageSettings& stage,
                      const std::string& rater) {
  const auto found = state.stages.find(stage.name);
  if (found == state.stages.end()) return "";
  const auto rating = found->second.ratings.find(rater);
  return rating == found->second.ratings.end() ? "" : rating->second;
}

std::string write_items(const Project& project, const std::filesystem::path& path, EventId at) {
  File file(path);
  const Settings settings = project.settings(at);
  const std::vector<std::string> facts = fact_fields(project);
  std::vector<std::string> header = {"key",  "title",   "url",    "labels",
                                     "body", "created", "closed", "outcome"};
  for (const StageSettings& stage : settings.stages) {
    for (const std::string& rater : stage.raters) header.push_back(rating_column(stage, rater));
    header.push_back("final " + stage.name);
  }
  header.insert(header.end(), facts.begin(), facts.end());
  file.row(header);
  std::int64_t after = 0;
  for (auto page = project.items(after, kPage); !page.empty(); page = project.items(after, kPage)) {
    for (const Item& item : page) {
      after = item.id;
      const ItemState state = project.state(item, at);
      std::vector<std::string> row = {
          item.key,  item.title,   item.url,    item.labels,
          item.body, item.created, item.closed, outcome_name(state.outcome)};
      for (const StageSettings& stage : settings.stages) {
        for (const std::string& rater : stage.raters) row.push_back(rating_of(state, stage, rater));
        row.push_back(state.final_value(stage));
      }
      for (const std::string& field : facts) {
        const auto found = state.facts.find(field);
        row.push_back(found == state.facts.end() ? "" : found->second);
      }
      file.row(row);
    }
  }
  return file.close();
}

std::string write_history(const Project& project, const std::filesystem::path& path, EventId at) {
  File file(path);
  file.row({"change", "at", "who", "kind", "item", "stage", "value", "note"});
  EventId before = at == kNow ? kNow : at + 1;
  for (auto page = project.history("", before, kPage); !page.empty();
       page = project.history("", before, kPage)) {
    for (const Event& event : page) {
      before = event.id;
      file.row({std::to_string(event.id), event.at, event.who, event.kind, event.item, event.stage,
                event.value, event.note});
    }
  }
  return file.close();
}

}  // namespace

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\n\r;") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

std::vector<std::string> export_project(const Project& project, const std::string& folder,
                                        EventId at) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw InputError(folder + ": " + error.message());
  const std::filesystem::path base = folder;
  File settings(base / "settings.json");
  settings.text(to_json(project.settings(at)).dump(1));
  return {write_items(project, base / "items.csv", at),
          write_history(project, base / "history.csv", at), settings.close()};
}

nlohmann::json to_json(const ItemState& state, const Settings& settings) {
  nlohmann::json stages = nlohmann::json::object();
  for (const auto& [name, stage] : state.stages) {
    stages[name] = {{"ratings", stage.ratings},
                    {"decision", stage.decision},
                    {"decided_by", stage.decided_by},
                    {"decided", stage.decided},
                    {"note", stage.note}};
  }
  nlohmann::json finals = nlohmann::json::object();
  for (const StageSettings& stage : settings.stages) {
    finals[stage.name] = state.final_value(stage);
  }
  return {{"key", state.item.key},
          {"title", state.item.title},
          {"url", state.item.url},
          {"labels", state.item.labels},
          {"body", state.item.body},
          {"created", state.item.created},
          {"closed", state.item.closed},
          {"outcome", outcome_name(state.outcome)},
          {"stages", stages},
          {"final", finals},
          {"facts", state.facts}};
}

}  // namespace kerasan::study

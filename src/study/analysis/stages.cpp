#include "study/analysis/stages.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/error.h"
#include "study/import/csv.h"
#include "study/import/text.h"

namespace kerasan::study {
namespace {

Estimate estimate(const StageRatings& stage, std::string name, const Statistic& statistic,
                  int samples) {
  return {std::move(name), statistic(stage.ratings),
          bootstrap_interval(stage.ratings, statistic, 0.95, samples)};
}

void add_pairs(const StageRatings& stage, Weighting weighting, const std::string& prefix,
               int samples, std::vector<Estimate>& out) {
  for (std::size_t a = 0; a < stage.raters.size(); ++a) {
    for (std::size_t b = a + 1; b < stage.raters.size(); ++b) {
      const auto kappa = [a, b, weighting](const Ratings& ratings) {
        return cohen_kappa(ratings, a, b, weighting);
      };
      out.push_back(estimate(stage, prefix + ", " + stage.raters[a] + " and " + stage.raters[b],
                             kappa, samples));
    }
  }
}

std::optional<double> number(const std::string& text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::vector<double> values_of(const std::vector<std::string>& categories) {
  std::vector<double> values;
  for (const std::string& category : categories) {
    const auto value = number(category);
    if (!value) return {};
    values.push_back(*value);
  }
  return values;
}

std::vector<std::string> categories_of(const Table& table) {
  std::set<std::string> found;
  for (const Table::Row& row : table.rows) {
    for (std::size_t i = 1; i < row.fields.size(); ++i) {
      if (!blank(row.fields[i])) found.insert(trimmed(row.fields[i]));
    }
  }
  std::vector<std::string> sorted(found.begin(), found.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    const auto x = number(a);
    const auto y = number(b);
    return x && y && *x < *y;
  });
  return sorted;
}

}  // namespace

std::vector<Estimate> estimates(const StageRatings& stage, int samples) {
  std::vector<Estimate> out;
  out.push_back(estimate(stage, "percent agreement", percent_agreement, samples));
  if (stage.raters.size() > 2) {
    out.push_back(estimate(stage, "Fleiss' kappa", fleiss_kappa, samples));
  }
  add_pairs(stage, Weighting::none, "Cohen's kappa", samples, out);
  if (stage.level != Level::nominal) {
    add_pairs(stage, Weighting::linear, "linear-weighted kappa", samples, out);
    add_pairs(stage, Weighting::quadratic, "quadratic-weighted kappa", samples, out);
  }
  const auto alpha = [&](Level level) {
    return [level](const Ratings& ratings) { return krippendorff_alpha(ratings, level); };
  };
  out.push_back(estimate(stage, "Krippendorff's alpha, nominal", alpha(Level::nominal), samples));
  if (stage.level != Level::nominal) {
    out.push_back(estimate(stage, "Krippendorff's alpha, ordinal", alpha(Level::ordinal), samples));
  }
  if (stage.level == Level::interval) {
    out.push_back(
        estimate(stage, "Krippendorff's alpha, interval", alpha(Level::interval), samples));
  }
  return out;
}

nlohmann::json to_json(const StageRatings& stage, int samples) {
  nlohmann::json out = {{"stage", stage.name},
                        {"level", level_name(stage.level)},
                        {"raters", stage.raters},
                        {"categories", stage.ratings.categories()},
                        {"items", stage.ratings.items()},
                        {"note", stage.note},
                        {"estimates", nlohmann::json::array()},
                        {"conflicts", nlohmann::json::array()},
                        {"confusion", nlohmann::json::array()}};
  for (const Estimate& one : estimates(stage, samples)) {
    nlohmann::json entry = {{"name", one.name}, {"value", nullptr}, {"interval", nullptr}};
    if (one.value) entry["value"] = *one.value;
    if (one.interval) entry["interval"] = {one.interval->low, one.interval->high};
    if (one.interval) entry["samples_without_value"] = one.interval->undefined;
    out["estimates"].push_back(std::move(entry));
  }
  for (const Conflict& conflict : stage.conflicts) {
    out["conflicts"].push_back({{"item", conflict.item}, {"given", conflict.given}});
  }
  for (std::size_t a = 0; a < stage.raters.size(); ++a) {
    for (std::size_t b = a + 1; b < stage.raters.size(); ++b) {
      out["confusion"].push_back({{"rows", stage.raters[a]},
                                  {"columns", stage.raters[b]},
                                  {"counts", confusion_matrix(stage.ratings, a, b)}});
    }
  }
  return out;
}

StageRatings stage_of_table(const std::string& path, Level level,
                            std::vector<std::string> categories) {
  const Table table = read_table(path, path);
  if (table.header.size() < 3) {
    throw InputError(path + ": needs a column of items and at least two of raters");
  }
  if (categories.empty()) categories = categories_of(table);
  const std::vector<double> values = values_of(categories);
  if (level == Level::interval && values.empty()) {
    throw InputError(path + ": categories of an interval scale are numbers");
  }
  const std::vector<std::string> raters(table.header.begin() + 1, table.header.end());
  StageRatings stage{path, level, raters, Ratings(raters.size(), categories, values), {}, ""};
  std::vector<int> codes(raters.size());
  for (const Table::Row& row : table.rows) {
    std::set<std::string> distinct;
    std::vector<std::string> given;
    for (std::size_t i = 0; i < raters.size(); ++i) {
      const std::string text = trimmed(row.fields[i + 1]);
      codes[i] = stage.ratings.code(text);
      if (codes[i] == kMissing && !text.empty()) {
        throw InputError(path + ":" + std::to_string(row.number) + " (" + raters[i] + "): \"" +
                         shortened(text) + "\" is no category of the scale");
      }
      if (!text.empty()) distinct.insert(text);
      given.push_back(text);
    }
    stage.ratings.add(codes);
    if (distinct.size() > 1) stage.conflicts.push_back({row.fields[0], given});
  }
  return stage;
}

Level level_named(const std::string& name) {
  for (const Level level : {Level::nominal, Level::ordinal, Level::interval}) {
    if (name == level_name(level)) return level;
  }
  throw InputError("\"" + name + "\" is no level of measurement (nominal, ordinal, interval)");
}

const char* level_name(Level level) {
  if (level == Level::ordinal) return "ordinal";
  return level == Level::interval ? "interval" : "nominal";
}

}  // namespace kerasan::study

#include "report/terminal.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace kerasan::report {
namespace {

using model::Json;

// One screen: the first findings whole, some more as one line each, the rest as a number.
constexpr std::size_t kWhole = 3;
constexpr std::size_t kListed = 9;
constexpr std::size_t kGapsShown = 4;
constexpr std::size_t kValueWidth = 90;

class Paint {
 public:
  explicit Paint(bool on) : on_(on) {}
  std::string bold(const std::string& text) const { return wrap("1", text); }
  std::string red(const std::string& text) const { return wrap("1;31", text); }
  std::string green(const std::string& text) const { return wrap("32", text); }
  std::string dim(const std::string& text) const { return wrap("2", text); }

 private:
  std::string wrap(const char* code, const std::string& text) const {
    return on_ ? "\033[" + std::string(code) + "m" + text + "\033[0m" : text;
  }
  bool on_;
};

// Control characters of recorded text must not steer the user's terminal.
std::string clean(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return text;
}

std::string cut(std::string text, std::size_t width) {
  text = clean(std::move(text));
  if (text.size() <= width) return text;
  std::size_t end = width - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

std::string number(double value, const char* format = "%.9g") {
  char text[40];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string value_text(const Json& value) {
  if (value.is_number_float()) return number(value.get<double>());
  if (value.is_string()) return cut(value.get<std::string>(), kValueWidth);
  if (value.is_object() && value.size() == 1 && value.front().is_number()) {
    return value.begin().key() + " " + value_text(value.front());
  }
  return cut(value.dump(-1, ' ', false, Json::error_handler_t::replace), kValueWidth);
}

std::string counted(std::uint64_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string where_text(const Json& where) {
  if (!where.is_object()) return {};
  const auto field = [&](const char* key) {
    return where.contains(key) && !where[key].is_null() ? value_text(where[key]) : std::string();
  };
  std::string text = field("file");
  if (const std::string line = field("line"); !text.empty() && !line.empty()) text += ":" + line;
  for (const char* key : {"api", "layer", "step"}) {
    const std::string value = field(key);
    if (value.empty()) continue;
    if (!text.empty()) text += ", ";
    text += (std::string(key) == "api" ? "in " : std::string(key) + " ") + value;
  }
  return text;
}

// The number of {"loss": 0.5}; anything else as it is.
const Json& only_value(const Json& value) {
  return value.is_object() && value.size() == 1 ? value.front() : value;
}

// "6760", "1.2e+06".
std::string times_text(double factor) {
  return number(factor, factor >= 1000 && factor < 1e6 ? "%.0f" : "%.3g");
}

// "0.25, 120000 times the bound 2.1e-06"; empty unless both values are numbers.
std::string difference_text(const checks::Finding& finding) {
  if (finding.bound.is_null()) return {};
  const std::string bound = "bound " + value_text(finding.bound);
  const Json& claimed = only_value(finding.claimed);
  const Json& recomputed = only_value(finding.recomputed);
  if (!claimed.is_number() || !recomputed.is_number()) return bound;
  const double off = std::fabs(claimed.get<double>() - recomputed.get<double>());
  std::string text = number(off, "%.3g");
  if (!finding.bound.is_number()) return text + ", " + bound;
  const double allowed = finding.bound.get<double>();
  if (allowed > 0) text += ", " + times_text(off / allowed) + " times the";
  return text + (allowed > 0 ? " " : ", ") + "bound " + number(allowed, "%.3g");
}

void row(std::ostream& out, const Paint& paint, const std::string& name, const std::string& text) {
  if (text.empty()) return;
  out << "   " << paint.dim(name + std::string(14 - name.size(), ' ')) << text << "\n";
}

void print_whole(std::ostream& out, const Paint& paint, std::size_t rank,
                 const ReportedFinding& found) {
  const checks::Finding& f = found.finding;
  out << rank << ". " << paint.red(f.scenario) << ": " << clean(f.message) << "\n";
  row(out, paint, "claimed", value_text(f.claimed));
  row(out, paint, "what is so", value_text(f.recomputed));
  row(out, paint, "off by", difference_text(f));
  row(out, paint, "where", where_text(f.where));
  row(out, paint, "impact",
      std::to_string(f.impact) + " of 4: " + std::string(impact_words(f.impact)));
  if (found.occurrences > 1) row(out, paint, "seen", counted(found.occurrences, "time"));
  row(out, paint, "look further", "kerasan explain " + f.rule);
}

void print_findings(std::ostream& out, const Paint& paint, const Report& report) {
  const auto& all = report.findings;
  for (std::size_t i = 0; i < std::min(all.size(), kListed); ++i) {
    if (i < kWhole) {
      print_whole(out, paint, i + 1, all[i]);
      continue;
    }
    const checks::Finding& f = all[i].finding;
    out << i + 1 << ". " << paint.red(f.scenario) << " (impact " << f.impact
        << "): " << cut(f.message, kValueWidth) << "  [" << f.rule << "] " << where_text(f.where)
        << "\n";
  }
  const std::uint64_t rest = (all.size() > kListed ? all.size() - kListed : 0) + report.omitted;
  if (rest > 0) out << "   and " << rest << " more; --json FILE has them all\n";
}

void print_coverage(std::ostream& out, const Report& report) {
  out << "checked " << counted(report.checked(), "claim") << ": " << report.agreed << " agree, "
      << report.disagreed << " disagree; not checked " << report.not_checked
      << (report.gaps.empty() ? "\n" : ":\n");
  for (std::size_t i = 0; i < std::min(report.gaps.size(), kGapsShown); ++i) {
    const Gap& gap = report.gaps[i];
    out << "   " << gap.count << "  " << cut(gap.reason, kValueWidth) << " [" << gap.rule << "]\n";
  }
  if (report.gaps.size() > kGapsShown) {
    out << "   and " << counted(report.gaps.size() - kGapsShown, "other reason") << "\n";
  }
}

void print_watching(std::ostream& out, const Watching& watching) {
  if (watching.elapsed <= 0 && watching.steps_seen == 0) return;
  out << "steps recorded " << watching.steps_recorded << " of " << watching.steps_seen;
  if (watching.elapsed > 0) {
    out << "; the probe took " << number(100 * watching.probe_seconds / watching.elapsed, "%.1f")
        << " % of the run";
  }
  out << "\n";
}

// In what form products were made, where that is not single precision throughout.
void print_products(std::ostream& out, const Json& env) {
  const Json devices = env.value("accelerators", Json::array());
  const Json products = env.value("products", Json::object());
  const Json exact = Json::array({"float32"});
  const auto is_exact = [&](const Json& forms) { return forms == exact; };
  if (!products.is_object() || products.empty()) return;
  if (devices.empty() && std::ranges::all_of(products, is_exact)) return;
  std::string on, words;
  if (devices.is_array())
    for (const Json& name : devices) on += (on.empty() ? " on " : ", ") + value_text(name);
  for (const auto& [kind, forms] : products.items()) {
    words += (words.empty() ? " " : ", ") + kind;
    if (!forms.is_array()) continue;
    for (std::size_t i = 0; i < forms.size(); ++i)
      words += (i == 0 ? " " : " and ") + (forms[i].is_null() ? "unknown" : value_text(forms[i]));
  }
  out << "products of float32 numbers" << clean(on) << ":" << clean(words) << "\n";
}

void print_suppressions(std::ostream& out, const Report& report) {
  for (const Suppression& entry : report.suppressions) {
    out << (entry.hits > 0 ? "suppressed " + counted(entry.hits, "time") + " by "
                           : "unused suppression ")
        << entry.from << " (" << clean(entry.reason) << ")\n";
  }
}

std::string title(const Report& report) {
  const Json& env = report.environment;
  std::string names;
  const auto add = [&](const std::string& name, const char* key) {
    if (!env.contains(key) || !env[key].is_string()) return;
    names += (names.empty() ? " on " : ", ") + name + " " + value_text(env[key]);
  };
  // TensorFlow may be there without being what Keras runs on.
  const std::string backend = env.value("backend", Json("tensorflow")).dump();
  if (backend == "\"tensorflow\"") add("tensorflow", "tensorflow");
  add("keras", "keras");
  if (backend == "\"jax\"") add("jax", "backend_version");
  if (backend == "\"torch\"") add("torch", "backend_version");
  return names;
}

}  // namespace

Style style_for(int fd) {
  const char* no_color = std::getenv("NO_COLOR");
  return {isatty(fd) == 1 && (no_color == nullptr || *no_color == '\0'), false};
}

void print(std::ostream& out, const Report& report, const Style& style) {
  const Paint paint(style.colour);
  const std::size_t count = report.findings.size();
  if (report.program.failed()) out << "kerasan: " << program_words(report.program) << "\n";
  if (!report.nothing_checked.empty()) out << "kerasan: " << report.nothing_checked << "\n";
  if (count > 0) {
    out << paint.bold("kerasan: " + counted(count + report.omitted, "silent bug")) << title(report)
        << "\n";
    print_findings(out, paint, report);
  } else if (report.nothing_checked.empty() && !style.quiet) {
    out << paint.green("kerasan: no silent bug found") << title(report) << "\n";
  }
  if (style.quiet) return;
  print_coverage(out, report);
  print_products(out, report.environment);
  print_watching(out, report.watching);
  print_suppressions(out, report);
}

}  // namespace kerasan::report

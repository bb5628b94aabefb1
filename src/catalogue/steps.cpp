#include "catalogue/steps.h"

#include <map>

#include "trace/reader.h"

namespace kerasan::catalogue {
namespace {

using Json = nlohmann::json;

std::optional<int> integer(const Json& body, const char* key) {
  const auto found = body.find(key);
  if (found == body.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<int>();
}

// A batch of training by the number of its step event; an update outside of any by its count.
std::map<int, int> training_batches(const std::filesystem::path& trace) {
  std::map<int, int> batches;
  trace::TraceReader reader = trace::TraceReader::open(trace.string());
  reader.set_final();
  while (const auto record = reader.next()) {
    const Json& body = record->body;
    const std::string kind = body.value("kind", "");
    if (kind == "step" && body.value("phase", "") == "train") {
      const auto id = integer(body, "id");
      const auto index = integer(body, "index");
      if (id && index) batches[*id] = *index + 1;
    } else if (kind == "update") {
      const auto step = integer(body, "step");
      const auto iteration = integer(body, "iteration");
      if (step && iteration) batches.emplace(*step, *iteration + 1);
    }
  }
  return batches;
}

}  // namespace

void number_steps(const std::filesystem::path& trace, std::vector<Heard>& findings) {
  const std::map<int, int> batches = training_batches(trace);
  for (Heard& finding : findings) {
    if (!finding.step) continue;
    const auto batch = batches.find(*finding.step);
    if (batch != batches.end()) finding.batch = batch->second;
  }
}

}  // namespace kerasan::catalogue

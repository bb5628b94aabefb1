// values[i] for steps up to and including boundaries[i]; the last value beyond them.
#include "reference/schedules/schedule.h"

namespace kerasan::reference {
namespace {

const nlohmann::json& items(const Schedule& s, const char* name) {
  require(s.has(name), std::string(name) + " is not known");
  const auto& list = s.config().at(name);
  const auto& plain = list.is_object() && list.contains("$tuple") ? list.at("$tuple") : list;
  require(plain.is_array(), std::string(name) + " is not a list");
  for (const auto& item : plain) require(item.is_number(), std::string(name) + " holds no numbers");
  return plain;
}

Approx rate(const Schedule& s) {
  const auto &boundaries = items(s, "boundaries"), &values = items(s, "values");
  require(values.size() == boundaries.size() + 1, "values and boundaries do not match");
  std::size_t at = 0;
  while (at < boundaries.size() && s.step.value > boundaries[at].get<double>()) ++at;
  return Approx::rounded(values[at].get<double>(), precision_of(DType::kFloat32));
}

const ScheduleRegistrar registrar{"PiecewiseConstantDecay", &scheduled<rate>};

}  // namespace
}  // namespace kerasan::reference

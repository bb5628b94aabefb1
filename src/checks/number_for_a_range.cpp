// Claim: a single number given for a range stands for the range that the documentation names.
#include <algorithm>
#include <array>
#include <cmath>

#include "checks/call_arguments.h"
#include "checks/evaluation_compile.h"
#include "checks/finding_text.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

enum class Meaning { kFromZero, kBothWays, kThatNumber };

struct Documented {
  std::string_view cls;
  const char* argument;
  Meaning meaning;
};

// From the descriptions of the arguments. RandomContrast: "lower = upper" of [1 - lower, 1 +
// upper]. Not RandomZoom, whose one number is "used for both the upper and lower bound" without a
// sign.
constexpr std::array kDocumented{
    Documented{"RandomContrast", "factor", Meaning::kThatNumber},
    Documented{"RandomPosterization", "factor", Meaning::kThatNumber},
    Documented{"RandomBrightness", "factor", Meaning::kBothWays},
    Documented{"RandomColorDegeneration", "factor", Meaning::kFromZero},
    Documented{"RandomSaturation", "factor", Meaning::kFromZero},
    Documented{"RandomSharpness", "factor", Meaning::kFromZero},
    Documented{"RandomHue", "factor", Meaning::kFromZero},
    Documented{"RandomGaussianBlur", "factor", Meaning::kFromZero},
    Documented{"RandomInvert", "factor", Meaning::kFromZero},
    Documented{"RandomPerspective", "factor", Meaning::kFromZero},
    Documented{"RandomElasticTransform", "factor", Meaning::kFromZero},
    Documented{"RandomErasing", "factor", Meaning::kFromZero},
    Documented{"CutMix", "factor", Meaning::kFromZero},
    Documented{"Solarization", "addition_factor", Meaning::kFromZero},
    Documented{"Solarization", "threshold_factor", Meaning::kFromZero},
};

std::array<double, 2> range_of(Meaning meaning, double number) {
  if (meaning == Meaning::kFromZero) return {0, number};
  if (meaning == Meaning::kBothWays) return {-std::abs(number), std::abs(number)};
  return {number, number};
}

// Of two numbers.
const Json* pair_of(const Json* value) {
  const Json* list = value == nullptr ? nullptr : items(*value);
  const bool pair = list != nullptr && list->size() == 2;
  return pair && (*list)[0].is_number() && (*list)[1].is_number() ? list : nullptr;
}

class NumberForARange : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "number-for-a-range", "wrong-parameter-setting", 3,
        "Where a layer draws an amount from a range and takes a single number for it, the "
        "documentation says which range that is. The range that get_config of the new layer tells "
        "is that one."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "constructed") return;
    const std::string cls = model::string_or(event.body, "class", "");
    if (std::ranges::find(kDocumented, cls, &Documented::cls) == kDocumented.end()) return;
    const Json given = named_values(event.body.value("given", Json())),
               held = named_values(event.body.value("held", Json()));
    for (const Documented& one : kDocumented) {
      const Json* number = one.cls == cls ? model::find_field(given, one.argument) : nullptr;
      if (number == nullptr || !number->is_number()) continue;
      const Json* pair = pair_of(model::find_field(held, one.argument));
      if (pair == nullptr)
        verdicts.not_checked(info().name, "an argument that the configuration tells otherwise");
      else
        compare(event, run, one, number->get<double>(), *pair, verdicts);
    }
  }

 private:
  void compare(const model::Event& event, const model::Run& run, const Documented& one,
               double number, const Json& pair, Verdicts& verdicts) {
    const auto range = range_of(one.meaning, number);
    const double slack = 0x1p-10 * std::abs(number);  // it may be held in half precision
    if (std::abs(pair[0].get<double>() - range[0]) <= slack &&
        std::abs(pair[1].get<double>() - range[1]) <= slack)
      return verdicts.agrees(info().name);
    const std::string name(one.argument);
    Finding finding = finding_of(info());
    finding.claimed = name + "=" + pair.dump();
    finding.recomputed = name + "=" + Json(range).dump();
    finding.where = where_of(event, run, "where");
    finding.message = std::string(one.cls) + " was made with " + name + "=" +
                      number_or_text(number).dump() + ", which stands for " + Json(range).dump() +
                      ", but holds " + pair.dump() + ".";
    finding.identity = std::string(one.cls) + "|" + name + "|" + finding.where.dump();
    verdicts.disagrees(std::move(finding));
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<NumberForARange>(); }};

}  // namespace
}  // namespace kerasan::checks

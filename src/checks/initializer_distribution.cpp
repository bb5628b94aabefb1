// initializer-distribution: a new variable holds what its initializer is documented to give.
#include <map>

#include "checks/finding_text.h"
#include "checks/rule.h"
#include "model/fields.h"
#include "reference/initializer.h"

namespace kerasan::checks {
namespace {

using model::Json;

constexpr const char* kName = "initializer-distribution";
constexpr std::size_t kMostSeeds = 1000;

class InitializerDistribution : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        kName, "wrong-parameter-setting", 4,
        "A variable that a layer has just made holds what its built-in initializer is documented "
        "to "
        "give: a constant exactly, an orthogonal matrix within the bound of its making, a random "
        "sample within its range and, by tests that are wrong with a probability of 1e-9 at most, "
        "of its mean, variance and shape. Where that is documented, one integer seed gives the "
        "same "
        "values twice."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "initial") return;
    try {
      judge(event, run, verdicts);
    } catch (const std::exception& error) {
      verdicts.not_checked(kName, std::string("unreadable event: ") + error.what());
    }
  }

 private:
  void judge(const model::Event& event, const model::Run& run, Verdicts& verdicts) {
    const Json& body = event.body;
    const std::string cls = model::string_or(body, "class", "");
    if (body.value("builtin", Json()) != true)
      return verdicts.not_checked(kName, "an initializer of the program");
    const auto function = reference::find_initializer(cls);
    if (function == nullptr) return verdicts.not_checked(kName, "no reference for " + cls);
    const auto value = run.tensor(body.value("value", Json()));
    if (!value) return verdicts.not_checked(kName, "the variable was not recorded");
    const Json config = body.value("config", Json::object());
    const auto result = function({cls, config.is_object() ? config : Json::object(),
                                  reference::Bounded::exact(*value), value->dtype()});
    if (result.not_checked)
      verdicts.not_checked(kName, result.not_checked->reason);
    else if (result.departure)
      report(event, run, cls, *result.departure, verdicts);
    else
      verdicts.agrees(kName);
    if (body.value("repeats", Json()) == true) repeated(event, run, cls, config, *value, verdicts);
  }

  // One integer seed, one shape, one type: the same values.
  void repeated(const model::Event& event, const model::Run& run, const std::string& cls,
                const Json& config, const Tensor& value, Verdicts& verdicts) {
    const auto seed = config.is_object() ? config.value("seed", Json()) : Json();
    if (!seed.is_number_integer()) return;
    const std::string key = std::to_string(event.pid) + cls + config.dump() +
                            shape_text(value.shape()) + std::string(dtype_name(value.dtype()));
    const Json digest = event.body.value("value", Json());
    const auto [held, added] = seen_.size() < kMostSeeds || seen_.count(key)
                                   ? seen_.emplace(key, digest)
                                   : std::pair{seen_.end(), true};
    if (added) return;
    if (held->second == digest) return verdicts.agrees(kName);
    Finding f = begin(event, run, cls);
    f.claimed = {{"seed", seed}};
    f.recomputed = {{"values", "others than before"}};
    f.message = cls + " with seed " + seed.dump() + " gave \"" +
                model::string_or(event.body, "name", "") +
                "\" other values than a variable of the same shape and type before.";
    f.identity = std::string(kName) + "|" + cls + "|seed";
    verdicts.disagrees(std::move(f));
  }

  Finding begin(const model::Event& event, const model::Run& run, const std::string& cls) const {
    Finding f = finding_of(info());
    f.where = where_of(event, run, "place");
    f.where["layer"] = model::string_or(event.body, "layer", "");
    f.evidence = {{"initializer", cls}, {"config", event.body.value("config", Json())}};
    return f;
  }

  void report(const model::Event& event, const model::Run& run, const std::string& cls,
              const reference::Departure& d, Verdicts& verdicts) const {
    Finding f = begin(event, run, cls);
    f.claimed = {{d.quantity, number_or_text(d.claimed)}};
    f.recomputed = {{d.quantity, number_or_text(d.expected)}};
    f.bound = number_or_text(d.bound);
    f.message = cls + " gave \"" + model::string_or(event.body, "name", "") +
                "\" values of which " + d.quantity + " is " + number_text(d.claimed) + ", but " +
                number_text(d.expected) + " is documented, within " + number_text(d.bound) + ".";
    f.identity = std::string(kName) + "|" + cls + "|" + d.quantity.substr(0, 12);
    verdicts.disagrees(std::move(f));
  }

  std::map<std::string, Json> seen_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<InitializerDistribution>(); }};

}  // namespace
}  // namespace kerasan::checks

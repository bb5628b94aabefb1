// Rule hyperparameter-in-effect.
#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "checks/finding_text.h"
#include "checks/optimizer_step.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

// Hyperparameters are held in float32: source and held value may each be rounded once.
bool same(double a, double b) {
  return std::abs(a - b) <= 0x1p-23 * std::max(std::abs(a), std::abs(b));
}

std::optional<double> number_in(const Json& object, const std::string& name) {
  const auto it = object.find(name);
  if (it == object.end()) return std::nullopt;
  if (it->is_boolean()) return it->get<bool>() ? 1.0 : 0.0;
  return it->is_number() ? std::optional(it->get<double>()) : std::nullopt;
}

struct Followed {
  double held = 0, source = 0;  // at the last update where they agreed
  bool detached = false;        // the optimizer's own value was set by the program
};

class HyperparameterInEffect : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "hyperparameter-in-effect", "wrong-parameter-setting", 4,
        "A number, variable or schedule handed to an optimizer stays in effect: when its value "
        "changes, "
        "the optimizer uses the new value, unless the program set the optimizer's own attribute. A "
        "built-in schedule gives the rate of its documented formula at that step."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "update") return;
    const Json hyper = event.body.value("hyper", Json()),
               sources = event.body.value("sources", Json());
    if (!hyper.is_object() || !sources.is_object()) return;
    for (const auto& [name, source] : sources.items())
      if (source.is_object()) one(event, run, name, source, number_in(hyper, name), verdicts);
  }

 private:
  void one(const model::Event& event, const model::Run& run, const std::string& name,
           const Json& source, std::optional<double> held, Verdicts& verdicts) {
    const std::string kind = model::string_or(source, "kind", "");
    const auto now = number_in(source, "value");
    if (!held || !now)
      return verdicts.not_checked(info().name,
                                  name + " from a " + kind + " whose value is not known");
    if (same(*held, *now)) {
      if (kind != "schedule" || !by_formula(event, run, name, source, *held, verdicts))
        verdicts.agrees(info().name);
      followed_[{event.pid, model::string_or(event.body, "optimizer", ""), name}] = {*held, *now,
                                                                                     false};
      return;
    }
    if (kind != "variable" && kind != "schedule")
      return verdicts.not_checked(info().name, name + " set since construction");
    const auto key = std::tuple{event.pid, model::string_or(event.body, "optimizer", ""), name};
    // A value still as the variable was at the construction was not set by the program.
    if (const auto first = number_in(source, "first"); first && same(*held, *first))
      followed_.try_emplace(key, Followed{*held, *first, false});
    const auto found = followed_.find(key);
    if (found == followed_.end())
      return verdicts.not_checked(info().name,
                                  name + " differed from its " + kind + " when first seen");
    Followed& followed = found->second;
    // A held value that moved by itself was set by the program.
    if (!same(followed.held, *held)) followed.detached = true;
    if (followed.detached)
      return verdicts.not_checked(info().name, name + " set since construction");
    report(event, run, name, kind, *held, *now, followed, verdicts);
  }

  // True when the formula of a built-in schedule decided on the claim.
  bool by_formula(const model::Event& event, const model::Run& run, const std::string& name,
                  const Json& source, double held, Verdicts& verdicts) {
    const Json config = source.value("config", Json());
    const auto step = model::optional_integer(event.body, "iteration");
    if (!config.is_object() || !step || config.value("builtin", Json()) != true) return false;
    const std::string cls = model::string_or(config, "class", "");
    const auto function = reference::find_schedule(cls);
    if (function == nullptr || !config.value("config", Json()).is_object()) return false;
    const auto rate = function(config["config"], *step);
    if (rate.not_checked) {
      verdicts.not_checked(info().name, cls + ": " + rate.not_checked->reason);
      return true;
    }
    if (std::abs(held - rate.value) <= rate.bound) return false;
    Finding f = finding_of(info());
    f.claimed = {{name, held}};
    f.recomputed = {{name, rate.value}};
    f.bound = rate.bound;
    f.where = where_of_update(event, run);
    f.message = "At step " + std::to_string(*step) + " " + cls + " gives " + name + " " +
                number_text(held) + ", but its documented formula gives " +
                number_text(rate.value) + ".";
    f.evidence = {{"iteration", *step}, {"config", config["config"]}};
    f.identity = info().name + "|" + cls;
    verdicts.disagrees(std::move(f));
    return true;
  }

  void report(const model::Event& event, const model::Run& run, const std::string& name,
              const std::string& kind, double held, double now, const Followed& followed,
              Verdicts& verdicts) {
    Finding f = finding_of(info());
    f.claimed = {{name, held}};
    f.recomputed = {{name, now}};
    f.bound = 0x1p-23 * std::abs(now);
    f.where = where_of_update(event, run);
    const std::string cls = model::string_or(event.body, "class", "optimizer");
    f.message = "The " + kind + " given to " + cls + " as " + name + " went from " +
                number_text(followed.source) + " to " + number_text(now) +
                ", but the optimizer still holds " + number_text(held) + ".";
    const auto implied = name == "learning_rate" ? implied_rate(event.body, run) : std::nullopt;
    if (implied) {
      f.message.back() = ';';
      f.message += " the step it made implies a rate of " + number_text(*implied) + ".";
      f.evidence["implied_learning_rate"] = *implied;
    }
    f.evidence["value_when_last_equal"] = followed.source;
    f.identity = info().name + "|" + cls + "|" + name + "|" + kind;
    verdicts.disagrees(std::move(f));
  }

  // after = before - rate * gradient, for plain gradient descent: the median over the elements.
  static std::optional<double> implied_rate(const Json& body, const model::Run& run) {
    const Json hyper = body.value("hyper", Json::object());
    if (model::string_or(body, "class", "") != "SGD" ||
        number_in(hyper, "momentum").value_or(0) != 0)
      return std::nullopt;
    std::vector<double> rates;
    for (const auto& var : body.value("vars", Json::array())) {
      const auto before = run.tensor(var.value("before", Json())),
                 after = run.tensor(var.value("after", Json()));
      const auto grad = run.tensor(var.value("grad", Json()));
      if (!before || !after || !grad || grad->size() != before->size() ||
          after->size() != before->size())
        continue;
      const auto b = before->to_doubles(), a = after->to_doubles(), g = grad->to_doubles();
      for (std::size_t k = 0; k < g.size(); ++k)
        if (g[k] != 0) rates.push_back((b[k] - a[k]) / g[k]);
    }
    if (rates.empty()) return std::nullopt;
    std::nth_element(rates.begin(), rates.begin() + static_cast<std::ptrdiff_t>(rates.size() / 2),
                     rates.end());
    return rates[rates.size() / 2];
  }

  std::map<std::tuple<std::int64_t, std::string, std::string>, Followed> followed_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<HyperparameterInEffect>(); }};

}  // namespace
}  // namespace kerasan::checks

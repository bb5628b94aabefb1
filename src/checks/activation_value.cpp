// Claim: an activation function called on an array gives its documented value in the array's type.
#include <cmath>

#include "checks/finding_text.h"
#include "checks/measure_event.h"
#include "checks/rule.h"
#include "model/fields.h"
#include "reference/ops/activation.h"

namespace kerasan::checks {
namespace {

using model::Json;
using reference::Bounded;
using reference::Precision;

// Operations take their slopes and limits as numbers of single precision, whatever their tensors
// are: `single` asks for that reading.
double number_of(const Json& arguments, const char* name, double fallback, const model::Run& run,
                 bool single) {
  const Json value = arguments.value(name, Json());
  if (value.is_null()) return fallback;
  const auto held = numbers(value, run);
  if (!held || held->size() != 1) throw std::runtime_error(std::string(name) + " is no number");
  return single ? double(float(held->value[0])) : held->value[0];
}

// Throws where the function or its arguments have no reference.
Bounded value_of(const std::string& name, const Bounded& x, const Json& arguments,
                 const model::Run& run, Precision p, bool single) {
  const auto number = [&](const char* argument, double fallback) {
    return number_of(arguments, argument, fallback, run, single);
  };
  if (name == "relu")
    return reference::relu(x, number("alpha", 0), number("max_value", HUGE_VAL),
                           number("threshold", 0), p);
  if (name == "elu") return reference::elu(x, number("alpha", 1), p);
  if (name == "softmax") return reference::softmax(x, std::int64_t(number("axis", -1)), p);
  if (name == "gelu" && number("approximate", 0) != 0) throw std::runtime_error("approximate");
  return reference::activate(name, x, p);
}

class ActivationValue : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "activation-value", "wrong-calculation", 4,
        "An activation function of Keras that the program calls on an array of floating-point "
        "numbers gives a tensor of the array's type, no coarser, and each element of it is the "
        "documented value within the rounding of that type."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "activation_value") return;
    const std::string label = model::string_or(event.body, "function", "");
    try {
      judge(event, run, label, verdicts);
    } catch (const std::exception& error) {
      verdicts.not_checked(info().name, label + ": " + error.what());
    }
  }

 private:
  void judge(const model::Event& event, const model::Run& run, const std::string& label,
             Verdicts& verdicts) const {
    const auto skip = [&](const std::string& why) {
      verdicts.not_checked(info().name, label + ": " + why);
    };
    const auto x = run.tensor(event.body.value("x", Json()));
    const auto claimed = run.tensor(event.body.value("result", Json()));
    if (!x || !claimed) return skip("the values were not recorded");
    if (!is_float(x->dtype()) || !is_float(claimed->dtype())) return skip("integers");
    if (claimed->shape() != x->shape()) return skip("another shape than the argument's");
    const Precision p = reference::precision_of(x->dtype());
    const double u = unit_roundoff(x->dtype());
    const Json arguments = event.body.value("arguments", Json::object());
    Deviation d;
    for (const bool single : {false, true}) {
      const Bounded computed = value_of(label.substr(label.find('.') + 1), Bounded::exact(*x),
                                        arguments, run, p, single);
      const Deviation now = deviation(Bounded::exact(*claimed), computed, u);
      if (!single || now.factor < d.factor) d = now;
    }
    const bool coarser = unit_roundoff(claimed->dtype()) > u;
    if (coarser || d.factor > 0)
      return report(event, run, label, *x, *claimed, coarser, d, verdicts);
    if (d.compared == 0 && claimed->size() > 0) return skip("nothing finite to compare");
    if (d.wide * 2 > d.compared) return skip("bound too wide");
    verdicts.agrees(info().name);
  }

  void report(const model::Event& event, const model::Run& run, const std::string& label,
              const Tensor& x, const Tensor& claimed, bool coarser, const Deviation& d,
              Verdicts& verdicts) const {
    const std::string type{dtype_name(x.dtype())}, gave{dtype_name(claimed.dtype())};
    Finding f = finding_of(info());
    f.where = where_of(event, run, "where");
    f.where["api"] = label;
    f.claimed = d.factor > 0 ? number_or_text(d.claimed) : Json(gave);
    f.recomputed = d.factor > 0 ? number_or_text(d.value) : Json(type);
    if (d.factor > 0) f.bound = number_or_text(d.bound);
    f.message = label + " of an array of " + type + " gives ";
    if (coarser) f.message += "an array of " + gave + (d.factor > 0 ? ", with " : "");
    if (d.factor > 0)
      f.message += number_text(d.claimed) + " at " + index_of(claimed.shape(), d.index).dump() +
                   ", off by " + number_text(std::abs(d.claimed - d.value));
    f.message += ".";
    if (coarser) f.impact = 3;  // precision is lost
    f.evidence = {{"arguments", event.body.value("arguments", Json())},
                  {"given", type},
                  {"result", gave},
                  {"factor", number_or_text(d.factor)}};
    f.identity = label;
    verdicts.disagrees(std::move(f));
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ActivationValue>(); }};

}  // namespace
}  // namespace kerasan::checks

#include "checks/measure_event.h"

#include <cmath>

#include "checks/finding_text.h"
#include "model/fields.h"

namespace kerasan::checks {

using model::Json;
using reference::Bounded;

namespace {

std::optional<double> special(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (value.is_boolean()) return value.get<bool>() ? 1.0 : 0.0;
  if (!value.is_object() || !value.contains("$float")) return std::nullopt;
  const std::string text = value["$float"].is_string() ? value["$float"] : "nan";
  return text == "inf" ? HUGE_VAL : text == "-inf" ? -HUGE_VAL : NAN;
}

}  // namespace

Json plain_config(const Json& body, const model::Run& run) {
  Json config = body.value("config", Json::object());
  if (!config.is_object()) return Json::object();
  for (Json& value : config)
    if (const auto t = run.tensor(value)) {
      value = t->to_doubles();
      if (t->shape().empty()) value = value[0];
    } else if (value.is_object() && value.contains("$tuple")) {
      value = Json(value["$tuple"]);
    }
  return config;
}

std::optional<Bounded> numbers(const Json& value, const model::Run& run) {
  if (const auto t = run.tensor(value)) return Bounded::exact(*t);
  if (const auto one = special(value)) {
    Bounded out(Shape{});
    out.value[0] = *one;
    return out;
  }
  if (!value.is_array()) return std::nullopt;
  Bounded out(Shape{static_cast<std::int64_t>(value.size())});
  for (std::size_t k = 0; k < value.size(); ++k) {
    const auto one = special(value[k]);
    if (!one) return std::nullopt;
    out.value[k] = *one;
  }
  return out;
}

std::optional<Bounded> cast_numbers(const Json& value, const model::Run& run, DType precision) {
  auto out = numbers(value, run);
  if (!out || !is_float(precision)) return out;
  out->value = Tensor::from_doubles(precision, out->shape, out->value).to_doubles();
  return out;
}

DType precision_of(const Json& body, const model::Run& run) {
  const std::string name = model::string_or(body, "dtype", "");
  if (!name.empty()) return parse_dtype(name);
  const auto t = run.tensor(body.value("y_pred", Json()));
  return t && is_float(t->dtype()) ? t->dtype() : DType::kFloat32;
}

void MeasureRule::on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) {
  if (event.kind != kind_) return;
  const std::string cls = model::string_or(event.body, "class", "");
  try {
    if (event.body.contains("builtin") && event.body["builtin"] == false)
      return verdicts.not_checked(info().name, own_);
    judge(event, run, cls, verdicts);
  } catch (const std::exception& error) {
    verdicts.not_checked(info().name, cls + ": unreadable event: " + error.what());
  }
}

Deviation deviation(const Bounded& claimed, const Bounded& computed, double u) {
  Deviation worst;
  // Smaller numbers are flushed to zero; float16 keeps its subnormal ones.
  const double smallest = u == unit_roundoff(DType::kFloat16) ? 0x1p-24 : 0x1p-120;
  for (std::size_t k = 0; k < claimed.size(); ++k) {
    const double value = computed.value[k], said = claimed.value[k];
    const double bound = computed.bound[k] + u * (std::abs(value) + computed.bound[k]) + smallest;
    if (!std::isfinite(value) || std::isnan(bound) || std::abs(value) > 1e30) continue;
    ++worst.compared;
    if (bound > std::max(std::abs(value), 1e-3)) ++worst.wide;
    const double error = std::isfinite(said) ? std::abs(said - value) : HUGE_VAL;
    if (error <= bound || !std::isfinite(bound)) continue;
    const double factor = error / bound;
    if (factor < worst.factor) continue;
    worst = {k, factor, said, value, bound, worst.wide, worst.compared};
  }
  return worst;
}

namespace {

void report(const RuleInfo& rule, const model::Event& event, const model::Run& run,
            const Bounded& claimed, const Deviation& d, Verdicts& verdicts) {
  const Json& body = event.body;
  const std::string cls = model::string_or(body, "class", "");
  Finding f = finding_of(rule);
  f.claimed = number_or_text(d.claimed);
  f.recomputed = number_or_text(d.value);
  f.bound = number_or_text(d.bound);
  f.where = where_of(event, run, "where");
  f.message = cls + " gives " + number_text(d.claimed);
  if (claimed.size() > 1) f.message += " at " + index_of(claimed.shape, d.index).dump();
  f.message +=
      ", but of the values handed to it its definition gives " + number_text(d.value) + ".";
  f.evidence = {{"class", cls},
                {"config", body.value("config", Json())},
                {"factor", number_or_text(d.factor)},
                {"shape", claimed.shape}};
  f.identity = rule.name + "|" + cls;
  verdicts.disagrees(std::move(f));
}

}  // namespace

void judge_measure(const RuleInfo& rule, const model::Event& event, const model::Run& run,
                   const std::vector<Bounded>& accepted, double u, Verdicts& verdicts) {
  const std::string cls = model::string_or(event.body, "class", "");
  const auto claimed = numbers(event.body.value("result", Json()), run);
  if (!claimed) return verdicts.not_checked(rule.name, cls + ": the result was not recorded");
  std::optional<Deviation> nearest;
  bool wide = false, shapes = false;
  for (const Bounded& one : accepted) {
    if (one.size() != claimed->size()) continue;
    shapes = true;
    const Deviation d = deviation(*claimed, one, u);
    if (d.compared == 0 && claimed->size() > 0)
      return verdicts.not_checked(rule.name, cls + ": nothing finite to compare");
    wide = wide || d.wide * 2 > d.compared;
    if (d.factor == 0 && !wide) return verdicts.agrees(rule.name);
    if (!nearest || d.factor < nearest->factor) nearest = d;
  }
  if (!shapes)
    return verdicts.not_checked(
        rule.name, cls + ": shape " + shape_text(claimed->shape) + " differs from the reference");
  if (wide) return verdicts.not_checked(rule.name, cls + ": bound too wide");
  report(rule, event, run, *claimed, *nearest, verdicts);
}

}  // namespace kerasan::checks

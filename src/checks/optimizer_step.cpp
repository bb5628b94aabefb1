#include "checks/optimizer_step.h"

#include <algorithm>
#include <cmath>

#include "checks/products_of.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;
using reference::Bounded;

constexpr double kLargest = 1e15;  // the squares of larger values may overflow

bool ordinary(const Bounded& values) {
  return std::all_of(values.value.begin(), values.value.end(),
                     [](double v) { return std::abs(v) < kLargest; });
}

bool set(const Json& config, const char* name) {
  const auto it = config.find(name);
  return it != config.end() && !it->is_null() && *it != false && *it != 0;
}

std::map<std::string, double> numbers(const Json& hyper) {
  std::map<std::string, double> out;
  for (const auto& [name, value] : hyper.items()) {
    if (value.is_boolean())
      out[name] = value.get<bool>() ? 1 : 0;
    else if (value.is_number())
      out[name] = value.get<double>();
  }
  return out;
}

// More than one clipping, or a limit that is not a number, is no documented case.
std::string read_clipping(const Json& config, const std::map<std::string, double>& hyper,
                          Clipping& clipping) {
  for (const char* name : {"clipvalue", "clipnorm", "global_clipnorm"}) {
    if (!set(config, name) && !hyper.count(name)) continue;
    if (!clipping.kind.empty()) return "several clippings";
    const auto held = hyper.find(name);
    const Json given = config.value(name, Json());
    if (held == hyper.end() && !given.is_number()) return std::string(name) + " is not a number";
    clipping = {name, held != hyper.end() ? held->second : given.get<double>()};
    if (!(clipping.limit > 0)) return std::string(name) + " is not positive";
  }
  return {};
}

// In a compiled step only what the framework's own code did is known.
std::string read_model(const model::Event& event, const model::Run& run) {
  const std::string id = model::string_or(event.body, "model", "");
  if (id.empty()) {
    const bool known =
        event.body.value("exact_grad", Json()) == true || !event.body.contains("exclusive");
    if (known || event.body["exclusive"] == true) return {};
    return "a function of the program that may write the variables itself";
  }
  if (event.body.value("exclusive", Json()) == true) return {};  // the graph tells it
  const model::Model* held = run.model(event.pid, id);
  if (held == nullptr) return "the model is not known";
  if (!held->raw.value("builtin", false)) return "the train step may be the program's";
  for (const auto& layer : held->raw.value("layers", Json::array())) {
    if (!layer.value("builtin", false)) return "a layer of the program may assign weights";
    // Its forward pass assigns the kernel that it wraps.
    if (layer.value("class", "") == "SpectralNormalization") return "a layer that assigns weights";
  }
  return {};
}

bool sparse(const model::Run& run, const model::Event& event, const std::string& id) {
  if (const Json* named = model::find_field(event.body, "sparse"); named != nullptr)
    if (std::find(named->begin(), named->end(), id) != named->end()) return true;
  if (event.body.value("exclusive", Json()) == true) return false;
  if (model::string_or(event.body, "model", "").empty()) return !event.body.contains("exclusive");
  const model::Model* held = run.model(event.pid, model::string_or(event.body, "model", ""));
  if (held == nullptr) return false;
  const Json* layers = model::find_field(held->raw, "layers");
  if (layers == nullptr) return true;
  for (const auto& layer : *layers)
    if (const Json* weights = model::find_field(layer, "weights"); weights != nullptr)
      for (const auto& weight : *weights)
        if (model::string_or(weight, "id", "") == id)
          return model::string_or(layer, "class", "") == "Embedding";
  return true;  // a weight whose layer is not known
}

std::optional<Bounded> value(const model::Run& run, const Json& row, const char* key) {
  const auto tensor = run.tensor(row.value(key, Json()));
  return tensor ? std::optional(Bounded::exact(*tensor)) : std::nullopt;
}

std::string read_slots(const model::Run& run, const Json& row, const char* key,
                       std::map<std::string, Bounded>& slots) {
  const Json held_slots = row.value(key, Json::object());
  for (const auto& [name, held] : held_slots.items()) {
    const auto tensor = run.tensor(held);
    if (!tensor) return "slot " + name + " was not recorded";
    slots[name] = Bounded::exact(*tensor);
    if (!ordinary(slots[name])) return "values that are not finite, or too large to square";
  }
  return {};
}

std::string read_constraint(const Json& row, reference::Aftermath& more) {
  if (!set(row, "constraint")) return {};
  const Json object = row.value("constraint_config", Json());
  if (!object.is_object() || object.value("builtin", Json()) != true)
    return "a constraint of the program changes the variable after the step";
  more.constraint = model::string_or(row, "constraint", "");
  more.constraint_config = object.value("config", Json::object());
  return {};
}

std::string read_row(const model::Run& run, const Json& row, StepOfVariable& out) {
  if (auto reason = read_constraint(row, out.more); !reason.empty()) return reason;
  const auto tensor = run.tensor(row.value("before", Json()));
  auto before = value(run, row, "before"), after = value(run, row, "after");
  if (!before || !after || before->shape != after->shape) return "the variable was not recorded";
  auto& call = out.call;
  call.precision = tensor->dtype();
  call.products = products_of(run);
  call.before = std::move(*before);
  call.after = std::move(*after);
  call.gradient = value(run, row, "grad");
  if (call.gradient && call.gradient->shape != call.before.shape)
    return "the gradient has another shape";
  call.decays = row.value("decays", Json()) != false;
  if (!ordinary(call.before) || (call.gradient && !ordinary(*call.gradient)))
    return "values that are not finite, or too large to square";
  for (const auto& [key, slots] :
       {std::pair{"slots_before", &call.slots_before}, {"slots_after", &call.slots_after}})
    if (auto reason = read_slots(run, row, key, *slots); !reason.empty()) return reason;
  out.unmoved = call.before.value == call.after.value &&
                row.value("slots_before", Json()) == row.value("slots_after", Json());
  return {};
}

std::string read_head(const model::Event& event, const model::Run& run, OptimizerStep& step,
                      const std::map<std::string, double>& hyper) {
  const Json& body = event.body;
  if (body.value("builtin", Json()) == false) return "an optimizer class of the program";
  if (set(body, "transforms")) return "functions of the program transform the gradients";
  const Json held = body.value("hyper", Json::object());
  for (const auto& [name, value] : held.items())
    if (value.is_null()) return name + " is not known";
  const Json config = body.value("config", Json());
  if (!config.is_object() || config.contains("error")) return "the configuration was not recorded";
  for (const char* name : {"ema_momentum", "ema_overwrite_frequency", "gradient_accumulation_steps",
                           "loss_scale_factor"})
    if (set(config, name) && !config[name].is_number())
      return std::string(name) + " is not a number";
  const auto began = model::optional_integer(body, "iteration"),
             ended = model::optional_integer(body, "iteration_after");
  if (!began) return "the iteration is not known";
  if (ended && *ended != *began + 1) return "not one step, but " + std::to_string(*ended - *began);
  if (auto reason = read_clipping(config, hyper, step.clipping); !reason.empty()) return reason;
  return read_model(event, run);
}

// Of k accumulated gradients the last step takes the average; others move nothing (documented).
constexpr const char* kAccumulated = "accumulated";

struct Options {
  double scale = 1;              // the gradients handed over are divided by this
  std::int64_t accumulated = 1;  // steps that make one update
};

Options read_options(const Json& body) {
  Options options;
  const Json& config = body["config"];
  if (set(config, "loss_scale_factor")) options.scale = config["loss_scale_factor"].get<double>();
  const Json scale = body.value("loss_scale", Json());
  if (scale.is_number()) options.scale *= scale.get<double>();
  if (set(config, "gradient_accumulation_steps"))
    options.accumulated =
        std::max<std::int64_t>(1, config["gradient_accumulation_steps"].get<std::int64_t>());
  return options;
}

// The gradient as the optimizer has it before clipping.
std::string prepare_gradient(const Options& options, StepOfVariable& var) {
  auto& call = var.call;
  const double u = unit_roundoff(call.precision);
  var.waits = (call.iteration + 1) % options.accumulated != 0;
  call.iteration /= options.accumulated;
  if (!call.gradient) return {};
  Bounded& g = *call.gradient;
  for (std::size_t k = 0; k < g.size() && options.scale != 1; ++k) {
    g.value[k] /= options.scale;
    g.bound[k] += 2 * u * std::abs(g.value[k]);
  }
  if (options.accumulated == 1) return {};
  const auto sum = call.slots_before.find(kAccumulated);
  if (sum == call.slots_before.end() || sum->second.shape != g.shape)
    return "the gradients accumulated before are not known";
  const double count = var.waits ? 1 : static_cast<double>(options.accumulated);
  for (std::size_t k = 0; k < g.size(); ++k) {
    const double total = g.value[k] + sum->second.value[k];
    g.bound[k] = (g.bound[k] + 3 * u * std::abs(total)) / count;
    g.value[k] = total / count;
  }
  return {};
}

void read_averages(const Json& config, const Options& options, std::int64_t iteration,
                   reference::Aftermath& more) {
  more.averages = set(config, "use_ema");
  if (!more.averages) return;
  more.momentum = config.value("ema_momentum", Json(0.99)).get<double>();
  if (!set(config, "ema_overwrite_frequency")) return;
  const auto every = config["ema_overwrite_frequency"].get<std::int64_t>();
  more.overwritten = every > 0 && (iteration + 1) / options.accumulated % every == 0;
}

// What a step that only accumulates leaves behind.
reference::UpdateResult waiting(const StepOfVariable& var) {
  const auto& call = var.call;
  reference::UpdateVariant form{
      "the gradient is accumulated", call.slots_before, call.before, {}, true};
  form.slots.erase(kAccumulated);
  form.slots.erase("average");
  if (call.gradient) form.slots[kAccumulated] = *call.gradient;
  reference::UpdateResult result{{form}, {}};
  if (var.more.constraint.empty()) return result;
  // Whether the constraint is applied meanwhile is not documented.
  reference::Aftermath constraint = var.more;
  constraint.averages = false;
  auto constrained = reference::and_then(result, call, constraint);
  if (constrained.not_checked) return constrained;
  result.variants.push_back(std::move(constrained.variants.front()));
  return result;
}

// Whether each row of a variable follows from its own values alone.
bool row_by_row(const std::string& class_name) {
  return class_name != "Adafactor" && class_name != "Lamb" && class_name != "Muon";
}

}  // namespace

reference::UpdateResult outcomes(const StepOfVariable& var, const reference::UpdateCall& call) {
  if (var.waits) return waiting(var);
  const auto function = reference::find_optimizer(call.class_name);
  if (function == nullptr) return {{}, reference::NotChecked{"optimizer " + call.class_name}};
  return reference::and_then(function(call), call, var.more);
}

OptimizerStep read_step(const model::Event& event, const model::Run& run) {
  OptimizerStep step;
  step.class_name = model::string_or(event.body, "class", "");
  const Json hyper = event.body.value("hyper", Json::object());
  const auto held = numbers(hyper.is_object() ? hyper : Json::object());
  step.unchecked = read_head(event, run, step, held);
  if (!step.unchecked.empty()) return step;
  step.all_gradients = event.body.value("exact_grad", Json()) == true;
  const Options options = read_options(event.body);
  step.direct = options.scale == 1 && options.accumulated == 1;
  std::map<std::string, int> rows;
  for (const auto& row : event.body.value("vars", Json::array()))
    ++rows[model::string_or(row, "id", "")];
  for (const auto& row : event.body.value("vars", Json::array())) {
    StepOfVariable one;
    one.name = model::string_or(row, "name", model::string_or(row, "id", ""));
    one.unchecked = read_row(run, row, one);
    if (one.unchecked.empty() && !one.call.gradient &&
        sparse(run, event, model::string_or(row, "id", ""))) {
      one.sparse = row_by_row(step.class_name) && one.more.constraint.empty();
      one.unchecked = "the gradient may be sparse";
    }
    if (rows[model::string_or(row, "id", "")] > 1) one.unchecked = "the variable is updated twice";
    one.call.class_name = step.class_name;
    one.call.config = event.body["config"];
    one.call.hyper = held;
    one.call.iteration = *model::optional_integer(event.body, "iteration");
    read_averages(event.body["config"], options, one.call.iteration, one.more);
    one.call.update_alone = one.more.constraint.empty() && !one.more.overwritten;
    if (one.unchecked.empty()) one.unchecked = prepare_gradient(options, one);
    step.variables.push_back(std::move(one));
  }
  return step;
}

Json where_of_update(const model::Event& event, const model::Run& run) {
  Json where = Json::object();
  if (const auto* call =
          run.call(event.pid, model::optional_integer(event.body, "call").value_or(-1)))
    where = where_of(*call);
  if (const Json* place = model::find_field(event.body, "where");
      place != nullptr && place->is_object()) {
    where["file"] = model::string_or(*place, "file", "");
    where["line"] = model::optional_integer(*place, "line").value_or(0);
  }
  if (const auto step = model::optional_integer(event.body, "step"))
    where["step"] = *step;
  else if (const auto iteration = model::optional_integer(event.body, "iteration"))
    where["iteration"] = *iteration;
  if (!where.contains("api")) where["api"] = "Optimizer.apply_gradients";
  return where;
}

}  // namespace kerasan::checks

#include "checks/evaluation_watch.h"

#include <algorithm>
#include <cmath>

#include "checks/evaluation_model.h"
#include "checks/evaluation_predictions.h"
#include "checks/products_of.h"
#include "model/fields.h"
#include "reference/loss.h"

namespace kerasan::checks {

using model::Json;
using reference::Bounded;

namespace {

bool on_batch(const std::string& api) {
  return api == "Model.test_on_batch" || api == "Model.train_on_batch";
}

bool fits(const std::string& api) { return api == "Model.fit" || api == "Model.fit_generator"; }

// Class weights are documented to count in training only; the weights that reached a validation may
// hold them, and then either value may be meant.
bool may_hold_class_weights(const model::Call& call, const Json& step) {
  const auto given = call.args.find("class_weight");
  return fits(call.api) && given != call.args.end() && !given->value("v", Json()).is_null() &&
         !step.value("sample_weight", Json()).is_null();
}

constexpr const char* kNoPredictions = "a batch without recorded predictions or targets";
constexpr const char* kNoPenalties = "regularisation losses were not recorded";

// The loss that a step logged of its own batch.
std::optional<double> logged_loss(const Json& step, const model::Run& run) {
  const Json logs = step.value("logs", Json());
  if (kerasan::model::string_or(step, "logs_are", "") != "batch" || !logs.is_object())
    return std::nullopt;
  return sum_of(logs.value("loss", Json()), run);
}

std::string digest_text(const Json& step) {
  const std::string text = step.value("x", Json()).dump() + step.value("y", Json()).dump() +
                           step.value("sample_weight", Json()).dump();
  return text.find("$array") == std::string::npos ? text + "\n" : std::string();
}

std::string weight_text(const Json& weights) {
  if (!weights.is_object() || weights.empty()) return {};
  std::vector<std::string> digests;
  for (const auto& value : weights) digests.push_back(value.dump());
  std::sort(digests.begin(), digests.end());
  std::string text;
  for (const auto& d : digests) text += d;
  return text.find("$array") == std::string::npos ? text : std::string();
}

// One weight for each row value, or nullopt with shapes that do not fit.
std::optional<std::vector<double>> row_weights(const Tensor& weight, std::size_t rows,
                                               std::size_t batch) {
  std::vector<double> given = weight.to_doubles();
  if (given.size() == rows) return given;
  if (given.size() != batch || batch == 0 || rows % batch != 0) return std::nullopt;
  std::vector<double> out;
  for (double w : given) out.insert(out.end(), rows / batch, w);
  return out;
}

Claim empty_claim(std::string name, bool metric, const std::string& of_all,
                  const std::string& own) {
  Claim claim;
  claim.name = std::move(name);
  claim.is_metric = metric;
  claim.unchecked = of_all.empty() ? own : of_all;
  return claim;
}

}  // namespace

void EvaluationWatch::begin(const Json& body, const model::Run& run, const StepOutputs& told,
                            Phase& phase) {
  const std::size_t outputs = told.count;
  phase.named = outputs > 1 && !told.names.empty();
  phase.model = kerasan::model::string_or(body, "model", "");
  const model::Model* model = run.model(phase.model);
  if (model == nullptr) {
    phase.reason = "the model was not recorded";
    return;
  }
  phase.spec = compile_spec(model->raw, outputs, told.names);
  phase.one_output = model->raw.value("outputs", Json::array()).size() == 1;
  phase.reason = phase.spec ? why_not_recomputable(model->raw, kerasan::model::string_or(
                                                                   body, "phase", "") == "train")
                            : "the model was not compiled";
  if (!phase.spec) return;
  if (const model::Model* saved = run.model(saved_as(model->raw)))
    take_meanings(compile_spec(saved->raw, outputs, told.names), *phase.spec);
  phase.losses.resize(outputs);
  phase.loss_reasons.resize(outputs);
  phase.metrics.resize(phase.spec->metrics.size());
  phase.metric_reasons.resize(phase.spec->metrics.size());
  for (std::size_t k = 0; k < outputs; ++k) phase.loss_reasons[k] = phase.spec->losses[k].unknown;
  for (std::size_t m = 0; m < phase.metrics.size(); ++m)
    phase.metric_reasons[m] = phase.spec->metrics[m].unknown;
}

void EvaluationWatch::output(std::size_t k, const Bounded& target, const Bounded& predicted,
                             DType dtype, const Json& weight, const model::Run& run, Phase& phase) {
  const LossSpec& spec = phase.spec->losses[k];
  const Shape& shape = predicted.shape;
  const std::size_t batch = static_cast<std::size_t>(shape.empty() ? 1 : shape[0]);
  const std::size_t width = shape.size() < 2 ? 1 : static_cast<std::size_t>(shape.back());
  const std::size_t rows = width == 0 ? 0 : predicted.size() / width;
  std::vector<double> weights;
  if (!weight.is_null()) {
    const auto given = run.tensor(weight);
    const auto fitted = given ? row_weights(*given, rows, batch) : std::nullopt;
    if (!fitted) {
      phase.reason = "sample weights that were not recorded or do not fit the rows";
      return;
    }
    weights = *fitted;
  }
  if (!spec.canonical.empty() && phase.loss_reasons[k].empty()) {
    const auto loss = reference::find_loss(spec.canonical)({spec.config, target, predicted, dtype});
    if (loss.not_checked)
      phase.loss_reasons[k] = spec.canonical + ": " + loss.not_checked->reason;
    else
      phase.losses[k].add_batch(loss.rows, static_cast<double>(batch), weights);
  }
  for (std::size_t m = 0; m < phase.metrics.size(); ++m) {
    const std::string& of = phase.spec->metrics[m].output;
    const bool only = phase.spec->losses.size() == 1;
    if (only || of == phase.spec->outputs[k])
      metric(m, target, predicted, dtype, weights, phase);
    else if (of.empty())
      phase.metric_reasons[m] = "which output the metric belongs to is not known";
  }
}

void EvaluationWatch::step(const Json& body, const model::Run& run, Phase& phase) {
  const Json predictions = body.value("predictions", Json()), y = body.value("y", Json());
  const StepOutputs told = outputs_of(predictions);
  const std::size_t outputs = told.count;
  if (phase.batches == 0) begin(body, run, told, phase);
  phase.validation = truth(body, "validation", false);
  phase.logs_are_batch = kerasan::model::string_or(body, "logs_are", "") == "batch";
  phase.reset = body.value("metric_state_reset", Json()) == Json(true);
  const std::string digests = digest_text(body);
  phase.data =
      digests.empty() || (phase.batches > 0 && phase.data.empty()) ? "" : phase.data + digests;
  const std::string weights = weight_text(body.value("weights", Json()));
  // One evaluation has one set of weights; batches of several epochs must not be mixed.
  if (phase.batches > 0 && weights != phase.weights)
    phase.reason = "batches of several evaluations not told apart";
  phase.weights = weights;
  phase.batches += 1;
  phase.logged.add_batch(logged_loss(body, run),
                         static_cast<double>(model::optional_integer(body, "size").value_or(0)),
                         !body.value("sample_weight", Json()).is_null());
  if (!phase.reason.empty()) return;
  if (!truth(body, "complete", true)) phase.reason = "a batch was not completely recorded";
  const model::Model* model = run.model(phase.model);
  if (phase.spec->losses.size() != outputs) phase.reason = "the number of outputs changed";
  for (const Json& values : {y, body.value("sample_weight", Json())})
    if (const auto reason = not_by_output(values, told, phase.spec->outputs); !reason.empty())
      phase.reason = reason;
  double batch_rows = 0;
  for (std::size_t k = 0; k < outputs && phase.reason.empty(); ++k) {
    const std::string& name = phase.spec->outputs[k];
    const auto prediction = run.tensor(for_output(predictions, k, name));
    const auto target = run.tensor(for_output(y, k, name));
    if (!prediction || !target || !is_float(prediction->dtype())) {
      phase.reason = kNoPredictions;
      return;
    }
    if (prediction->shape().size() >= 3 && has_masking(model->raw))
      phase.reason = "an output that may carry a mask";
    const double steps = static_cast<double>(
        prediction->shape().size() >= 3 ? prediction->shape()[1] : time_steps(body, run));
    const auto predicted =
        with_allowance(*prediction, relative_error(model->raw, steps, products_of(run)),
                       last_.amplification(for_output(predictions, k, name), run));
    output(k, Bounded::exact(*target), predicted, prediction->dtype(),
           for_output(body.value("sample_weight", Json()), k, name), run, phase);
    if (k == 0)
      batch_rows = static_cast<double>(prediction->shape().empty() ? 1 : prediction->shape()[0]);
  }
  phase.rows += batch_rows;
  const Json penalties = body.value("losses", Json());
  const auto penalty = penalties.is_null() ? std::optional<double>() : sum_of(penalties, run);
  if (!penalty && may_have_penalties(model->raw)) phase.total_reason = kNoPenalties;
  const double value = penalty.value_or(0);
  const double slack = reference::gamma(largest_weight(model->raw) + 8, 0x1p-24) * std::abs(value);
  phase.regularisation.add({value - slack, value, value + slack}, batch_rows);
}

// Where only predictions or penalties are missing, the batch losses still tell the total.
void EvaluationWatch::take_logged(const Phase& phase, Claim& total) {
  const bool missing = total.unchecked == kNoPredictions || total.unchecked == kNoPenalties;
  if (!missing || !phase.one_output || phase.spec->losses.size() != 1 ||
      phase.spec->losses[0].canonical.empty() || !phase.spec->losses[0].unknown.empty())
    return;
  if (const auto mean = phase.logged.mean()) {
    total.unchecked.clear();
    total.candidates = {*mean};
    total.plain_mean = phase.logged.plain_mean();
  }
}

std::vector<Claim> EvaluationWatch::claims(const Phase& phase) {
  Claim total = empty_claim("loss", false, phase.reason, phase.total_reason);
  std::vector<Claim> outputs, metrics;
  if (!phase.spec) return {total};
  double plain = phase.rows > 0 ? phase.regularisation.value / phase.rows : 0;
  for (std::size_t k = 0; k < phase.losses.size(); ++k) {
    const LossSpec& spec = phase.spec->losses[k];
    if (spec.canonical.empty() && spec.unknown.empty()) continue;
    const std::string name = spec.output.empty() && phase.losses.size() > 1
                                 ? "the loss of output " + std::to_string(k + 1)
                                 : spec.output + "_loss";
    Claim one = empty_claim(name, false, phase.reason, phase.loss_reasons[k]);
    if (one.unchecked.empty()) one.candidates = phase.losses[k].candidates();
    if (total.unchecked.empty()) total.unchecked = one.unchecked;
    if (total.candidates.empty())
      for (const auto& c : one.candidates) total.candidates.push_back({c.meaning, {}});
    for (std::size_t c = 0; c < total.candidates.size(); ++c)
      if (!one.candidates.empty())
        total.candidates[c].range.add(one.candidates[std::min(c, one.candidates.size() - 1)].range,
                                      spec.weight);
    plain += spec.weight * phase.losses[k].plain_mean();
    if (phase.batches > 1) one.plain_mean = phase.losses[k].plain_mean();
    outputs.push_back(one);
  }
  for (auto& c : total.candidates)
    if (phase.rows > 0) c.range.add(phase.regularisation, 1 / phase.rows);
  if (total.candidates.empty() && total.unchecked.empty())
    total.unchecked = "a model without a loss";
  if (phase.batches > 1) total.plain_mean = plain;
  take_logged(phase, total);
  for (std::size_t m = 0; m < phase.metrics.size(); ++m) {
    Claim one =
        empty_claim(phase.spec->metrics[m].name, true, phase.reason, phase.metric_reasons[m]);
    if (phase.metrics[m].empty() && one.unchecked.empty()) one.unchecked = "no batch of its output";
    for (const auto& s : phase.metrics[m]) take_metric(s, one);
    if (!one.unchecked.empty()) one.candidates.clear();
    if (phase.batches > 1 && !phase.metrics[m].empty() && phase.metrics[m][0].state == nullptr)
      one.plain_mean = phase.metrics[m][0].totals.plain_mean();
    metrics.push_back(one);
  }
  std::vector<Claim> all{total};
  if (outputs.size() > 1) all.insert(all.end(), outputs.begin(), outputs.end());
  all.insert(all.end(), metrics.begin(), metrics.end());
  return all;
}

namespace {

// A list as {name: value}: `metrics_names` is documented to give the labels of its values.
Json labelled(const Json& result, const model::Model* model) {
  const Json* list = items(result);
  if (list == nullptr || model == nullptr || !model->raw.contains("compile") ||
      !model->raw["compile"].is_object())
    return result;
  const Json names = model->raw["compile"].value("metrics_names", Json());
  if (!names.is_array() || names.size() != list->size()) return result;
  Json out = Json::object();
  for (std::size_t k = 0; k < names.size(); ++k)
    if (names[k].is_string()) out[names[k].get<std::string>()] = (*list)[k];
  return out.size() == names.size() ? out : result;
}

}  // namespace

void EvaluationWatch::take_result(const Json& result, Evaluation& evaluation, const Phase& phase) {
  const bool several_outputs = phase.losses.size() > 1;
  std::vector<Claim> kept;
  const Json* list = items(result);
  for (std::size_t k = 0; k < evaluation.claims.size(); ++k) {
    Claim claim = evaluation.claims[k];
    Json value;
    if (list != nullptr && k < list->size())
      value = (*list)[k];
    else if (result.is_object())
      value = result.value(claim.name, Json());
    else if (result.is_number() && k == 0)
      value = result;
    if (value.is_object() && value.contains("$float"))
      claim.unchecked = "a value that is not finite";
    else if (!value.is_number())
      continue;
    else
      claim.claimed = value.get<double>();
    const bool fits = list == nullptr || list->size() == evaluation.claims.size();
    if (k > 0 && list != nullptr &&
        (!fits || (several_outputs && (claim.is_metric || phase.named))))
      claim.unchecked = "which value of the list is which is not known";
    kept.push_back(claim);
  }
  evaluation.claims = kept;
}

Evaluation EvaluationWatch::finish(const Phase& phase, const model::Call& call, std::int64_t pid,
                                   const model::Run& run) {
  Evaluation out;
  out.pid = pid;
  out.call = call.id;
  out.model = phase.model;
  out.api = call.api;
  out.validation = phase.validation;
  out.rows = std::max(phase.rows, phase.logged.rows());
  out.batches = phase.batches;
  out.weights = phase.weights;
  out.data = phase.data;
  out.claims = claims(phase);
  if (const model::Model* model = run.model(phase.model)) {
    out.loaded = model->raw.contains("origin") && model->raw["origin"].is_object();
    out.saved_as = saved_as(model->raw);
  }
  return out;
}

Evaluation EvaluationWatch::of_rows(const Json& step_of_all, const model::Call& call,
                                    const Json& result, std::int64_t pid, const model::Run& run) {
  Phase phase;
  step(step_of_all, run, phase);
  Evaluation out = finish(phase, call, pid, run);
  take_result(labelled(result, run.model(pid, out.model)), out, phase);
  return out;
}

std::pair<std::vector<Claim>, std::vector<Claim>> EvaluationWatch::batch_of_epoch(
    Json body, bool first, const model::Run& run) {
  body.erase("weights");  // they move from batch to batch
  Phase alone;
  step(body, run, alone);
  if (first) epoch_ = Phase{};
  step(body, run, epoch_);
  return {claims(alone), claims(epoch_)};
}

std::vector<Evaluation> EvaluationWatch::on_event(const model::Event& event,
                                                  const model::Run& run) {
  std::vector<Evaluation> out;
  const Json& body = event.body;
  if (event.kind == "application") last_.take(event);
  if (event.kind == "step") {
    const model::Call* call =
        run.call(event.pid, model::optional_integer(body, "call").value_or(-1));
    const std::string phase = kerasan::model::string_or(body, "phase", "");
    if (call == nullptr ||
        (phase != "test" && !(phase == "train" && call->api == "Model.train_on_batch")))
      return out;
    Phase& current = open_[{event.pid, call->id}].current;
    step(body, run, current);
    if (may_hold_class_weights(*call, body))
      current.reason = "class weights among the weights of a validation";
  } else if (event.kind == "phase") {
    const auto found = open_.find({event.pid, model::optional_integer(body, "call").value_or(-1)});
    if (found == open_.end() || kerasan::model::string_or(body, "phase", "") == "train") return out;
    Phase& current = found->second.current;
    if (!truth(body, "complete", false) && current.reason.empty())
      current.reason = "not every batch was recorded";
    if (static_cast<double>(kerasan::model::optional_integer(body, "steps")
                                .value_or(static_cast<std::int64_t>(current.batches))) !=
        current.batches)
      current.reason = "batches of several evaluations not told apart";
    found->second.done.push_back(std::move(current));
    current = Phase{};
  } else if (event.kind == "return") {
    const auto found = open_.find({event.pid, model::optional_integer(body, "id").value_or(-1)});
    const model::Call* call = run.call(event.pid, model::optional_integer(body, "id").value_or(-1));
    if (found == open_.end() || call == nullptr) return out;
    Open open = std::move(found->second);
    open_.erase(found);
    if (on_batch(call->api) && open.done.empty() && open.current.batches == 1)
      open.done.push_back(open.current);
    for (std::size_t k = 0; k < open.done.size(); ++k) {
      Evaluation one = finish(open.done[k], *call, event.pid, run);
      Json result = body.value("result", Json());
      if (fits(call->api)) result = validation_result(result, k);
      if (on_batch(call->api) && !open.done[k].logs_are_batch && !open.done[k].reset) continue;
      const Json named = labelled(result, run.model(event.pid, one.model));
      const bool known = named.is_object() && std::ranges::all_of(one.claims, [&](const Claim& c) {
                           return named.contains(c.name);
                         });
      take_result(known ? named : result, one, open.done[k]);
      if (on_batch(call->api) && !open.done[k].reset)
        std::erase_if(one.claims, [](const Claim& c) { return c.is_metric; });
      if (fits(call->api))
        for (Claim& c : one.claims) c.name = "val_" + c.name;
      out.push_back(std::move(one));
    }
  }
  return out;
}

const std::vector<Evaluation>& Evaluations::completed_by(const model::Event& event,
                                                         const model::Run& run) {
  if (followed_ != run.events()) {
    followed_ = run.events();
    completed_.clear();
    error_ = nullptr;
    try {
      completed_ = watch_.on_event(event, run);
    } catch (...) {
      error_ = std::current_exception();
    }
  }
  if (error_) std::rethrow_exception(error_);
  return completed_;
}

}  // namespace kerasan::checks

#include "reference/layers/recurrent_reverse.h"

#include <algorithm>
#include <cmath>

#include "reference/layers/recurrent.h"
#include "reference/ops/config.h"
#include "reference/ops/matmul.h"
#include "reference/ops/shape.h"
#include "reference/registry.h"

namespace kerasan::reference {
namespace {

void set_weight(const LayerCall& call, const ReverseCell& cell, const std::string& name,
                Bounded by_weight, LayerGradient& out) {
  if (!cell.place) return set_gradient(out, call, name, std::move(by_weight));
  const std::size_t at = cell.place(name);
  require(by_weight.size() == call.weights.at(at).size(), "a derivative of another size");
  by_weight.shape = call.weights[at].shape;
  out.weights[at] = std::move(by_weight);
}

// The rows of `a` that step t masks (keep = false) or not; the others zero.
Normed rows_where(const Normed& a, const Bounded* mask, std::int64_t t, bool keep) {
  Normed out{Bounded(a.shape)};
  if (mask == nullptr) return keep ? a : out;
  const auto width = a.width(), steps = std::size_t(mask->shape[1]);
  for (std::size_t r = 0; r < a.norm.size(); ++r) {
    if ((mask->value[r * steps + std::size_t(t)] != 0) != keep) continue;
    out.norm[r] = a.norm[r];
    for (std::size_t i = r * width; i < (r + 1) * width; ++i)
      out.value[i] = a.value[i], out.bound[i] = a.bound[i];
  }
  return out;
}

void put(Bounded& sequence, const Bounded& step, std::int64_t t) {
  const auto batch = std::size_t(step.shape[0]), steps = std::size_t(sequence.shape[1]);
  const std::size_t width = batch == 0 ? 0 : step.size() / batch;
  for (std::size_t i = 0; i < step.size(); ++i) {
    const std::size_t to = (i / width * steps + std::size_t(t)) * width + i % width;
    sequence.value[to] = step.value[i], sequence.bound[to] = step.bound[i];
  }
}

// [batch, steps, ...] as [batch steps, ...].
Bounded as_rows(const Bounded& x) {
  Shape shape(x.shape.begin() + 1, x.shape.end());
  shape[0] = x.shape[0] * x.shape[1];
  return reshape(x, shape);
}

class Through {
 public:
  Through(const LayerCall& call, const ReverseCell& cell)
      : call_(call), cell_(cell), p_(recurrence_of(call)) {
    const Bounded& x = call.inputs.at(0);
    require(x.shape.size() >= 3 && x.shape[1] > 0 && x.shape.back() > 0,
            "input of unexpected rank");
    require(!get_flag(call.config, "time_major", false), "time_major");
    require(!call.tensors.contains("constants"), "constants");
    mask_ = call.masks.empty() || !call.masks[0] ? nullptr : &*call.masks[0];
    require(mask_ == nullptr || mask_->shape == Shape({x.shape[0], x.shape[1]}),
            "mask of another shape");
    steps_ = x.shape[1];
    projected_ = project(cell, as_rows(x), p_);
    projected_.shape[0] = x.shape[1];
    projected_.shape.insert(projected_.shape.begin(), x.shape[0]);
    if (call.roundings != nullptr) call.roundings->settle(projected_);
    forward();
  }

  LayerGradient run(const std::vector<Bounded>& seeds) {
    const bool all = get_flag(call_.config, "return_sequences", false);
    CellStates states;
    for (const Normed& s : before_[0]) states.emplace_back(Bounded(s.shape));
    Normed output = states[cell_.output];
    if (!all) output = seeds.at(0);
    if (seeds.size() > 1) {
      require(seeds.size() == 1 + states.size(), "another number of outputs");
      for (std::size_t s = 0; s < states.size(); ++s) states[s] = seeds[1 + s];
    }
    Bounded by_projected(projected_.shape);
    const bool zeros = get_flag(call_.config, "zero_output_for_mask", false);
    for (std::int64_t i = steps_; i-- > 0;) {
      const std::int64_t t = time(i);
      if (all) output = plus(output, Normed(step_of(seeds.at(0), i)), p_);
      CellStates own = mask_ == nullptr ? std::move(states) : CellStates();
      for (std::size_t s = 0; s < states.size(); ++s)
        if (mask_ != nullptr) own.push_back(rows_where(states[s], mask_, t, true));
      Normed& last = own[cell_.output];
      if (all || mask_ != nullptr || i + 1 == steps_)
        last = plus(last, rows_where(output, mask_, t, true), p_);
      const CellStates& before = before_[std::size_t(i)];
      StepGradient step = kept_.empty()
                              ? cell_.reverse(step_of(projected_, t), before, own)
                              : cell_.reverse_kept(kept_[std::size_t(i)].get(), before, own);
      if (call_.roundings != nullptr) call_.roundings->settle(step.input);
      settle(call_, step.states);
      if (mask_ == nullptr)
        states = std::move(step.states);
      else
        for (std::size_t s = 0; s < states.size(); ++s)
          states[s] = joined(std::move(step.states[s]), rows_where(states[s], mask_, t, false));
      output = zeros ? Normed(Bounded(output.shape)) : rows_where(output, mask_, t, false);
      for (const auto& [name, value] : step.weights) weights_[name].add(value);
      put(by_projected, step.input, t);
    }
    // What is left came to steps that repeat what was before any other.
    require(!given(call_) || std::ranges::all_of(output.value, [](double v) { return v == 0; }),
            kBeforeAny);
    return finish(by_projected, states);
  }

 private:
  static bool given(const LayerCall& call) {
    return call.inputs.size() > 1 || !call.initial_states.empty() ||
           call.tensors.contains("initial_state");
  }
  std::int64_t time(std::int64_t i) const {
    return get_flag(call_.config, "go_backwards", false) ? steps_ - 1 - i : i;
  }
  void forward() {
    before_.push_back(initial_states(call_, cell_.state_shapes()));
    const bool keeps = cell_.keep && double(projected_.size()) <= kMostKept;
    for (std::int64_t i = 0; i < steps_; ++i) {
      const CellStates& held = before_.back();
      CellStates next;
      if (keeps) {
        KeptStep step = cell_.keep(step_of(projected_, time(i)), held);
        next = std::move(step.after);
        kept_.push_back(std::move(step.work));
      }
      if (i + 1 == steps_) break;
      if (!keeps) next = cell_.step(step_of(projected_, time(i)), held);
      settle(call_, next);
      for (std::size_t s = 0; mask_ != nullptr && s < next.size(); ++s)
        next[s] = joined(rows_where(next[s], mask_, time(i), true),
                         rows_where(held[s], mask_, time(i), false));
      before_.push_back(std::move(next));
    }
  }
  // Those that each step took, in the order of time.
  Bounded outputs_before() const {
    const Shape& one = before_[0][0].shape;
    Bounded out(Shape{one[0], steps_, one.at(1)});
    for (std::int64_t i = 0; i < steps_; ++i) put(out, before_[std::size_t(i)][0], time(i));
    return out;
  }
  LayerGradient finish(const Bounded& by_projected, const CellStates& by_states) {
    const auto sink = [&](const std::string& name, const Bounded& by) { weights_[name].add(by); };
    Bounded by_input = unproject(cell_, as_rows(call_.inputs[0]), as_rows(by_projected), sink, p_);
    by_input.shape = call_.inputs[0].shape;
    if (cell_.leaves_recurrent && !kept_.empty())
      weights_["recurrent_kernel"].add(
          matmul_by_weight(as_rows(outputs_before()), as_rows(by_projected), p_));
    LayerGradient out = gradient_by_input(call_, std::move(by_input));
    for (auto& [name, sum] : weights_)
      set_weight(call_, cell_, name, std::move(sum).finish(p_), out);
    for (std::size_t i = 1; i < call_.inputs.size(); ++i) out.inputs.push_back(by_states.at(i - 1));
    if (call_.inputs.size() == 1)
      out.tensors["initial_state"].assign(by_states.begin(), by_states.end());
    return out;
  }

  const LayerCall& call_;
  const ReverseCell& cell_;
  Precision p_;
  const Bounded* mask_ = nullptr;
  std::int64_t steps_ = 0;
  Bounded projected_;
  // Of projected elements: each keeps some ten numbers.
  static constexpr double kMostKept = 4e6;
  std::vector<CellStates> before_;                 // the states before each step
  std::vector<std::shared_ptr<const void>> kept_;  // the work of each step, or none
  std::map<std::string, RunningSum> weights_;
};

// A cell called on one step: the output, then the states after it.
LayerGradient recurrent_cell_reverse(const LayerCall& call, const std::vector<Bounded>& seeds) {
  const Precision p = recurrence_of(call);
  const ReverseCell cell = make_reverse_cell(call);
  const std::vector<Shape> shapes = cell.state_shapes();
  CellStates before(call.inputs.begin() + 1, call.inputs.end());
  const auto given = call.tensors.find("states");
  if (given != call.tensors.end()) before.assign(given->second.begin(), given->second.end());
  require(before.size() == shapes.size() && seeds.size() == 1 + shapes.size(),
          "states were not recorded");
  CellStates by(seeds.begin() + 1, seeds.end());
  by[cell.output] = plus(by[cell.output], Normed(seeds[0]), p);
  const Bounded& x = call.inputs[0];
  const StepGradient step = cell.reverse(project(cell, x, p), before, by);
  LayerGradient out = gradient_by_input(call, {});
  std::map<std::string, RunningSum> weights;
  for (const auto& [name, value] : step.weights) weights[name].add(value);
  const auto sink = [&](const std::string& name, const Bounded& by) { weights[name].add(by); };
  out.inputs[0] = unproject(cell, x, step.input, sink, p);
  for (auto& [name, sum] : weights) set_weight(call, cell, name, std::move(sum).finish(p), out);
  out.inputs[0].shape = x.shape;
  if (given != call.tensors.end())
    out.tensors["states"].assign(step.states.begin(), step.states.end());
  else
    for (const Normed& state : step.states) out.inputs.push_back(state);
  return out;
}

Registry<ReverseCellFactory>& cells() {
  static Registry<ReverseCellFactory> registry;
  return registry;
}

LayerGradient recurrent_layer_reverse(const LayerCall& call, const std::vector<Bounded>& seeds) {
  const LayerCall inner = cell_call(call);
  const ReverseCell cell = make_reverse_cell(inner);
  return Through(call, cell).run(seeds);
}

const LayerGradientRegistrar registrar{"RNN", &reversed_many<recurrent_layer_reverse>};

}  // namespace

ReverseCellRegistrar::ReverseCellRegistrar(std::string_view cell, ReverseCellFactory factory) {
  cells().add(cell, factory);
  const bool steps = cell.ends_with("Cell") || cell.ends_with("Cells");
  LayerGradientRegistrar(cell, steps ? &reversed_many<recurrent_cell_reverse>
                                     : &reversed_many<recurrent_layer_reverse>);
}

std::vector<Shape> ReverseCell::state_shapes() const {
  return shapes.empty() ? std::vector<Shape>(states, Shape{units}) : shapes;
}

ReverseCell make_reverse_cell(const LayerCall& call) {
  const ReverseCellFactory factory = cells().find(call.class_name);
  require(factory != nullptr, "no derivative for cell " + call.class_name);
  for (const char* name : {"dropout", "recurrent_dropout"})
    require(!call.training || get_number(call.config, name, 0) == 0, "random in training");
  return factory(call);
}

Bounded project(const ReverseCell& cell, const Bounded& rows, Precision p) {
  if (cell.project) return cell.project(rows);
  Bounded out = matmul(rows, cell.kernel, p);
  if (cell.bias.size() > 0) add_bias(out, cell.bias, p, double(rows.shape.back()));
  return out;
}

Bounded unproject(const ReverseCell& cell, const Bounded& rows, const Bounded& by_projected,
                  const WeightSink& sink, Precision p) {
  if (cell.unproject) return cell.unproject(rows, by_projected, sink);
  sink("kernel", matmul_by_weight(rows, by_projected, p));
  if (cell.by_bias) sink("bias", cell.by_bias(sum_rows(by_projected, p)));
  return matmul_by_input(by_projected, cell.kernel, p);
}

Bounded negated(Bounded a) {
  for (double& v : a.value) v = -v;
  return a;
}

}  // namespace kerasan::reference

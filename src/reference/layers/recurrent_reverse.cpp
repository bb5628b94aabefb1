#include "reference/layers/recurrent_reverse.h"

#include <cmath>

#include "reference/ops/config.h"
#include "reference/ops/matmul.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

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
  const auto width = std::size_t(step.shape[1]), steps = std::size_t(sequence.shape[1]);
  for (std::size_t i = 0; i < step.size(); ++i) {
    const std::size_t to = (i / width * steps + std::size_t(t)) * width + i % width;
    sequence.value[to] = step.value[i], sequence.bound[to] = step.bound[i];
  }
}

Bounded as_rows(const Bounded& x) {
  return reshape(x, {std::int64_t(x.size()) / x.shape.back(), x.shape.back()});
}

class Through {
 public:
  Through(const LayerCall& call, const ReverseCell& cell)
      : call_(call), cell_(cell), p_(precision_of(call)) {
    const Bounded& x = call.inputs.at(0);
    require(x.shape.size() == 3 && x.shape[1] > 0 && x.shape[2] > 0, "input of unexpected rank");
    require(call.inputs.size() == 1, "initial states");
    require(!get_flag(call.config, "stateful", false), "states that are kept");
    require(!get_flag(call.config, "time_major", false), "time_major");
    for (const char* name : {"dropout", "recurrent_dropout"})
      require(!call.training || get_number(call.config, name, 0) == 0, "random in training");
    mask_ = call.masks.empty() || !call.masks[0] ? nullptr : &*call.masks[0];
    require(mask_ == nullptr || mask_->shape == Shape({x.shape[0], x.shape[1]}),
            "mask of another shape");
    steps_ = x.shape[1];
    projected_ = matmul(x, cell.kernel, p_);
    if (cell.bias.size() > 0) add_bias(projected_, cell.bias, p_, double(x.shape[2]));
    forward();
  }

  LayerGradient run(const std::vector<Bounded>& seeds) {
    const bool all = get_flag(call_.config, "return_sequences", false);
    CellStates states(cell_.states, Bounded(Shape{call_.inputs[0].shape[0], cell_.units}));
    Normed output = states[0];
    if (!all) output = seeds.at(0);
    if (seeds.size() > 1) {
      require(seeds.size() == 1 + cell_.states, "another number of outputs");
      for (std::size_t s = 0; s < cell_.states; ++s) states[s] = seeds[1 + s];
    }
    Bounded by_projected(projected_.shape);
    const bool zeros = get_flag(call_.config, "zero_output_for_mask", false);
    for (std::int64_t i = steps_; i-- > 0;) {
      const std::int64_t t = time(i);
      if (all) output = plus(output, Normed(step_of(seeds.at(0), i)), p_);
      CellStates own;
      for (const Normed& s : states) own.push_back(rows_where(s, mask_, t, true));
      own[0] = plus(own[0], rows_where(output, mask_, t, true), p_);
      StepGradient step = cell_.reverse(step_of(projected_, t), before_[std::size_t(i)], own);
      for (std::size_t s = 0; s < states.size(); ++s)
        states[s] = joined(std::move(step.states[s]), rows_where(states[s], mask_, t, false));
      output = zeros ? Normed(Bounded(output.shape)) : rows_where(output, mask_, t, false);
      for (const auto& [name, value] : step.weights) weights_[name].add(value);
      put(by_projected, step.input, t);
    }
    return finish(by_projected);
  }

 private:
  std::int64_t time(std::int64_t i) const {
    return get_flag(call_.config, "go_backwards", false) ? steps_ - 1 - i : i;
  }
  void forward() {
    before_.emplace_back(cell_.states, Bounded(Shape{call_.inputs[0].shape[0], cell_.units}));
    for (std::int64_t i = 0; i + 1 < steps_; ++i) {
      const CellStates& held = before_.back();
      CellStates next = cell_.step(step_of(projected_, time(i)), held);
      for (std::size_t s = 0; s < next.size(); ++s)
        next[s] = joined(rows_where(next[s], mask_, time(i), true),
                         rows_where(held[s], mask_, time(i), false));
      before_.push_back(std::move(next));
    }
  }
  LayerGradient finish(const Bounded& by_projected) {
    const Bounded rows = as_rows(by_projected);
    Bounded by_input = matmul_by_input(rows, cell_.kernel, p_);
    by_input.shape = call_.inputs[0].shape;
    LayerGradient out = gradient_by_input(call_, std::move(by_input));
    weights_["kernel"].add(matmul_by_weight(call_.inputs[0], rows, p_));
    if (cell_.by_bias) weights_["bias"].add(cell_.by_bias(sum_rows(rows, p_)));
    for (auto& [name, sum] : weights_) set_gradient(out, call_, name, std::move(sum).finish(p_));
    return out;
  }

  const LayerCall& call_;
  const ReverseCell& cell_;
  Precision p_;
  const Bounded* mask_ = nullptr;
  std::int64_t steps_ = 0;
  Bounded projected_;
  std::vector<CellStates> before_;  // the states before each step
  std::map<std::string, RunningSum> weights_;
};

}  // namespace

LayerGradient recurrent_reverse(const LayerCall& call, const std::vector<Bounded>& seeds,
                                ReverseCellFactory factory) {
  const ReverseCell cell = factory(call);
  return Through(call, cell).run(seeds);
}

Bounded negated(Bounded a) {
  for (double& v : a.value) v = -v;
  return a;
}

}  // namespace kerasan::reference

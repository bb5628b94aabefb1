#include "checks/sampled_roundings.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>

#include "base/pieces.h"
#include "base/vectorised.h"
#include "reference/ops/gemm.h"
#include "reference/ops/lines.h"

namespace kerasan::checks {
namespace {

using reference::Bounded;
using reference::Rounding;

constexpr double kDeviations = 10;

// The values that the step gives without any rounding.
class Exact : public reference::Roundings {
 public:
  Rounding kind() const override { return Rounding::kNone; }
  void settle(Bounded& outcome) override {
    if (!reference::is_exact(outcome)) std::fill(outcome.bound.begin(), outcome.bound.end(), 0.0);
  }
};

// Adds to each value its deviation, which is then 0, as often as is shared and that of its column
// and a sign of its own, a bit of `signs`; of at most 64 elements.
KERASAN_VECTORISED
void add_errors(reference::lines::Line to, const double* of_column, double shared,
                std::uint64_t signs) {
  for (std::size_t i = 0; i < to.size; ++i) {
    const double own = (signs >> i & 1) != 0 ? 1 : -1;
    to.value[i] += to.bound[i] * (shared + of_column[i] + own);
    to.bound[i] = 0;
  }
}

// Errors of the deviations that the roundings of each operation have. Elements may round each on
// its own, or together: those of a row (of the first axis), those of a channel (of the last), or
// all.
class Errors : public reference::Roundings {
 public:
  explicit Errors(std::uint64_t seed) : random_(seed) {}
  Rounding kind() const override { return Rounding::kIndependent; }
  void settle(Bounded& outcome) override {
    if (reference::is_exact(outcome)) return;
    const auto width = std::size_t(outcome.shape.empty() ? 1 : outcome.shape.back());
    const std::size_t row =
        outcome.shape.size() < 2 ? outcome.size() : outcome.size() / std::size_t(outcome.shape[0]);
    std::vector<double> of_column(width);
    for (double& v : of_column) v = normal_(random_);
    const double all = normal_(random_);
    double of_row = 0;
    for (std::size_t i = 0; i < outcome.size(); i += width) {
      if (i % row == 0) of_row = normal_(random_);
      for (std::size_t k = 0; k < width; k += 64)
        add_errors(
            {&outcome.value[i + k], &outcome.bound[i + k], std::min<std::size_t>(64, width - k)},
            &of_column[k], all + of_row, random_());
    }
  }

 private:
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
};

// Bounds `of` by the root of the mean square of what the samples moved: the element, and all of
// them together. What no sample moved in a whole row is a row of a table that was not looked up.
void bound(Bounded& of, const std::vector<const Bounded*>& samples) {
  for (const Bounded* sample : samples) {
    if (sample->size() != of.size()) throw NotFollowed("samples of several shapes");
    for (std::size_t i = 0; i < of.size(); ++i) {
      const double error = sample->value[i] - of.value[i];
      of.bound[i] += error * error / double(samples.size());
    }
  }
  double all = 0;
  for (const double square : of.bound) all += square / double(of.size());
  const std::size_t width = of.shape.size() == 2 ? std::size_t(of.shape[1]) : of.size();
  for (std::size_t row = 0; row < of.size(); row += width) {
    bool any = width == of.size();
    for (std::size_t i = row; i < row + width; ++i)
      any = any || of.value[i] != 0 || of.bound[i] != 0;
    for (std::size_t i = row; any && i < row + width; ++i)
      of.bound[i] = kDeviations * std::sqrt(of.bound[i] + all);
  }
}

// In the same order for each pass of a step.
std::vector<Bounded*> arrays_of(Followed& followed) {
  std::vector<Bounded*> out;
  for (auto& [id, gradient] : followed.gradients) out.push_back(&gradient);
  for (auto& [id, state] : followed.states)
    for (auto& [name, forms] : state.after)
      for (Bounded& form : forms) out.push_back(&form);
  return out;
}

}  // namespace

Followed follow_by_samples(const model::Json& model, const model::Json& step, const model::Run& run,
                           const Applications& applications, std::size_t count) {
  std::vector<Followed> passes(1 + count);
  for_pieces(passes.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t k = begin; k < end; ++k) {
      Exact exact;
      Errors errors(k);
      reference::Roundings& roundings = k == 0 ? static_cast<reference::Roundings&>(exact) : errors;
      passes[k] = TrainingPass(model, step, run, applications, &roundings).followed();
    }
  });
  Followed followed = std::move(passes[0]);
  const std::vector<Bounded*> arrays = arrays_of(followed);
  std::vector<std::vector<const Bounded*>> samples(arrays.size());
  for (std::size_t k = 1; k < passes.size(); ++k) {
    const auto moved = arrays_of(passes[k]);
    for (std::size_t i = 0; i < arrays.size(); ++i) samples[i].push_back(moved.at(i));
  }
  for (std::size_t i = 0; i < arrays.size(); ++i) bound(*arrays[i], samples[i]);
  return followed;
}

}  // namespace kerasan::checks

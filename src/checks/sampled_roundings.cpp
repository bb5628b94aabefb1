#include "checks/sampled_roundings.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <random>

#include "base/vectorised.h"

namespace kerasan::checks {
namespace {

using reference::Bounded;
using reference::Rounding;

constexpr std::size_t kSamples = 3;
constexpr double kDeviations = 10;
constexpr const char* kAnotherWay = "a sample of the step that took another way";

// The deviations that the roundings of each operation have, its arguments taken as exact.
class Deviations : public reference::Roundings {
 public:
  Rounding kind() const override { return Rounding::kIndependent; }
  void settle(Bounded& outcome) override {
    of_.emplace_back(outcome.bound.begin(), outcome.bound.end());
    std::fill(outcome.bound.begin(), outcome.bound.end(), 0.0);
  }
  const std::vector<float>& of(std::size_t operation) const { return of_.at(operation); }
  std::size_t count() const { return of_.size(); }

 private:
  std::vector<std::vector<float>> of_;
};

// value += deviation (shared + that of its column + a sign of its own, a bit of `signs`), of at most
// 64 elements.
KERASAN_VECTORISED
void add_errors(double* value, const float* deviation, const double* of_column, double shared,
                std::uint64_t signs, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    const double own = (signs >> i & 1) != 0 ? 1 : -1;
    value[i] += double(deviation[i]) * (shared + of_column[i] + own);
  }
}

// Errors of such deviations. Elements may round each on its own, or together: those of a row (of
// the first axis), those of a channel (of the last), or all.
class Errors : public reference::Roundings {
 public:
  Errors(const Deviations& deviations, std::uint64_t seed)
      : deviations_(deviations), random_(seed) {}
  Rounding kind() const override { return Rounding::kNone; }
  void settle(Bounded& outcome) override {
    const std::vector<float>& deviation = deviations_.of(next_++);
    if (deviation.size() != outcome.size()) throw NotFollowed(kAnotherWay);
    std::fill(outcome.bound.begin(), outcome.bound.end(), 0.0);
    if (std::all_of(deviation.begin(), deviation.end(), [](float d) { return d == 0; })) return;
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
        add_errors(&outcome.value[i + k], &deviation[i + k], &of_column[k], all + of_row, random_(),
                   std::min<std::size_t>(64, width - k));
    }
  }

 private:
  const Deviations& deviations_;
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  std::size_t next_ = 0;
};

// Bounds by the root of the mean square of what the samples moved: the element, and all together.
class Spread {
 public:
  explicit Spread(Bounded& of) : of_(of) { std::fill(of.bound.begin(), of.bound.end(), 0.0); }
  void add(const Bounded& sample) {
    if (sample.size() != of_.size()) throw NotFollowed(kAnotherWay);
    for (std::size_t i = 0; i < sample.size(); ++i) {
      const double error = sample.value[i] - of_.value[i];
      of_.bound[i] += error * error / double(kSamples);
    }
  }
  // `own`: what the last operation rounds. A row of a table that was not looked up has no error.
  void finish(const std::vector<float>& own) {
    const std::size_t width = of_.shape.size() == 2 ? std::size_t(of_.shape[1]) : of_.size();
    double all = 0;
    for (const double square : of_.bound) all += square / double(of_.size());
    for (std::size_t row = 0; row < of_.size(); row += width) {
      bool any = width == of_.size();
      for (std::size_t i = row; i < row + width; ++i)
        any = any || of_.value[i] != 0 || of_.bound[i] != 0 || own[i] != 0;
      for (std::size_t i = row; any && i < row + width; ++i)
        of_.bound[i] = kDeviations * std::sqrt(of_.bound[i] + all);
    }
  }

 private:
  Bounded& of_;
};

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
                           const Applications& applications) {
  Deviations deviations;
  Followed followed = TrainingPass(model, step, run, applications, &deviations).followed();
  std::array<Followed, kSamples> samples;
  for (std::size_t k = 0; k < kSamples; ++k) {
    Errors errors(deviations, k + 1);
    samples[k] = TrainingPass(model, step, run, applications, &errors).followed();
  }
  const std::vector<Bounded*> arrays = arrays_of(followed);
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    Spread spread(*arrays[i]);
    for (Followed& sample : samples) spread.add(*arrays_of(sample).at(i));
    // They were settled last, in this order.
    spread.finish(deviations.of(deviations.count() - arrays.size() + i));
  }
  followed.sampled = true;
  return followed;
}

}  // namespace kerasan::checks

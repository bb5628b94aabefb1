#include "study/statistics/ratings.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"

namespace kerasan::study {
namespace {

constexpr std::size_t kFree = static_cast<std::size_t>(-1);

std::size_t hash(std::span<const int> codes) {
  std::uint64_t h = 1469598103934665603ULL;  // FNV-1a
  for (const int code : codes) {
    h = (h ^ static_cast<std::uint64_t>(static_cast<std::uint32_t>(code))) * 1099511628211ULL;
    h ^= h >> 29;
  }
  return static_cast<std::size_t>(h);
}

}  // namespace

Ratings::Ratings(std::size_t raters, std::vector<std::string> categories,
                 std::vector<double> values)
    : raters_(raters),
      categories_(std::move(categories)),
      values_(std::move(values)),
      slots_(64, kFree) {
  if (values_.empty()) {
    values_.resize(categories_.size());
    std::iota(values_.begin(), values_.end(), 1.0);
  }
  if (values_.size() != categories_.size()) {
    throw InputError("a scale has one value for each of its categories");
  }
}

std::size_t Ratings::find(std::span<const int> codes) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash(codes) & mask;
  while (slots_[slot] != kFree && !std::ranges::equal(patterns_[slots_[slot]].codes, codes)) {
    slot = (slot + 1) & mask;
  }
  return slot;
}

void Ratings::add(std::span<const int> codes, std::int64_t count) {
  if (codes.size() != raters_) throw InputError("an item has one rating for each rater");
  for (const int code : codes) {
    if (code < kMissing || code >= static_cast<int>(categories_.size())) {
      throw InputError("a rating is outside the scale");
    }
  }
  std::size_t slot = find(codes);
  if (slots_[slot] != kFree) {
    patterns_[slots_[slot]].count += static_cast<double>(count);
    return;
  }
  slots_[slot] = patterns_.size();
  patterns_.push_back({{codes.begin(), codes.end()}, static_cast<double>(count)});
  if (patterns_.size() * 2 < slots_.size()) return;
  slots_.assign(slots_.size() * 2, kFree);
  for (std::size_t i = 0; i < patterns_.size(); ++i) slots_[find(patterns_[i].codes)] = i;
}

int Ratings::code(const std::string& category) const {
  const auto found = std::find(categories_.begin(), categories_.end(), category);
  return found == categories_.end() ? kMissing : static_cast<int>(found - categories_.begin());
}

double Ratings::items() const {
  double sum = 0;
  for (const Pattern& pattern : patterns_) sum += pattern.count;
  return sum;
}

Ratings Ratings::recounted(const std::vector<double>& counts) const {
  Ratings out = *this;
  for (std::size_t i = 0; i < counts.size(); ++i) out.patterns_[i].count = counts[i];
  return out;
}

Ratings Ratings::pair(std::size_t a, std::size_t b) const {
  Ratings out(2, categories_, values_);
  for (const Pattern& pattern : patterns_) {
    const int codes[] = {pattern.codes[a], pattern.codes[b]};
    out.add(codes, static_cast<std::int64_t>(pattern.count));
  }
  return out;
}

}  // namespace kerasan::study

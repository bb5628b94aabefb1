#include "reference/reduction.h"

#include <cmath>

#include "reference/ranged.h"

namespace kerasan::reference {

std::optional<std::vector<double>> spread_over(const Shape& shape, const Bounded& given) {
  Shape own = given.shape;
  while (own.size() > shape.size() && own.back() == 1) own.pop_back();
  if (own.size() > shape.size()) return std::nullopt;
  own.resize(shape.size(), 1);
  for (std::size_t k = 0; k < shape.size(); ++k)
    if (own[k] != 1 && own[k] != shape[k]) return std::nullopt;
  std::vector<double> out(element_count(shape));
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::size_t from = 0, stride = 1, rest = i;
    for (std::size_t k = shape.size(); k-- > 0;) {
      const auto d = static_cast<std::size_t>(shape[k]);
      if (own[k] != 1) from += rest % d * stride;
      stride *= static_cast<std::size_t>(own[k]);
      rest /= d;
    }
    out[i] = given.value[from];
  }
  return out;
}

namespace {

Bounded scalar(const Ranged& value) {
  Bounded out(Shape{});
  out.value[0] = value.value;
  out.bound[0] = value.bound();
  return out;
}

Bounded reduced(const Bounded& rows, const std::vector<double>& weights,
                const std::vector<bool>& kept, std::string_view kind, double u) {
  if (kind == "none") {
    Bounded out = rows;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const Ranged one = rounded(Ranged(kept[r] ? weights[r] : 0) * at(rows, r), 2 * u);
      out.value[r] = one.value;
      out.bound[r] = one.bound();
    }
    return out;
  }
  RangedSum sum, weight;
  double count = 0;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (!kept[r]) continue;
    sum.add(Ranged(weights[r]) * at(rows, r));
    weight.add(weights[r]);
    count += 1;
  }
  // The roundings of a mask's share and of the division.
  const Ranged total = sum.result(u, 6);
  if (kind == "sum") return scalar(total);
  const Ranged by = kind == "mean_with_sample_weight" ? weight.result(u, 2) : Ranged(count);
  if (by.value == 0) return scalar(Ranged(0));
  return scalar(rounded(total / by, 2 * u));
}

}  // namespace

Reduced reduce(const LossRows& loss, const Reduction& reduction, double u) {
  Reduced out{{}, loss.not_checked};
  if (out.not_checked) return out;
  const auto unfit = [&](const char* what) {
    out.not_checked = NotChecked{std::string(what) + " do not fit the loss values"};
    return out;
  };
  std::vector<double> weights(loss.rows.size(), 1);
  std::vector<bool> kept(loss.rows.size(), true);
  if (reduction.weights) {
    const auto fitted = spread_over(loss.rows.shape, *reduction.weights);
    if (!fitted) return unfit("sample weights");
    weights = *fitted;
  }
  if (reduction.mask) {
    const auto fitted = spread_over(loss.rows.shape, *reduction.mask);
    if (!fitted) return unfit("the mask");
    for (std::size_t r = 0; r < kept.size(); ++r) kept[r] = (*fitted)[r] != 0;
  }
  const bool over_batch = reduction.kind == "auto" || reduction.kind == "mean";
  const std::string_view kind = over_batch ? "sum_over_batch_size" : reduction.kind;
  out.accepted.push_back(reduced(loss.rows, weights, kept, kind, u));
  if (loss.ignored.empty() || kind == "none" || kind == "sum") return out;
  for (std::size_t r = 0; r < kept.size(); ++r)
    if (loss.ignored[r]) kept[r] = false;
  out.accepted.push_back(reduced(loss.rows, weights, kept, kind, u));
  return out;
}

}  // namespace kerasan::reference

#include "reference/ops/reverse.h"

#include <cmath>
#include <numeric>

#include "reference/ops/channels.h"
#include "reference/ops/config.h"
#include "reference/ops/lines.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
Bounded product(const Bounded& a, const Bounded& b, Precision p) {
  require(a.size() == b.size(), "sizes differ in a product");
  Bounded y(a.shape);
  lines::multiply({y.value.data(), y.bound.data(), y.size()}, a.value.data(), a.bound.data(),
                  b.value.data(), b.bound.data(), p.u, p.tiny);
  return y;
}

Bounded sum_of(std::vector<Bounded>&& parts, Precision p) {
  if (parts.size() == 1) return std::move(parts[0]);
  return sum_of(std::span<const Bounded>(parts), p);
}

Bounded sum_of(std::span<const Bounded> parts, Precision p) {
  require(!parts.empty(), "an empty sum");
  if (parts.size() == 1) return parts[0];
  const double g = gamma(double(parts.size()), p);
  Bounded y(parts[0].shape);
  for (const Bounded& part : parts) {
    require(part.size() == y.size(), "sizes differ in a sum");
    for (std::size_t i = 0; i < y.size(); ++i) {
      y.value[i] += part.value[i];
      y.bound[i] += part.bound[i] + g * (std::fabs(part.value[i]) + part.bound[i]);
    }
  }
  return y;
}

void RunningSum::add(const Bounded& part) {
  if (count_ == 0) {
    sum_ = Bounded(part.shape);
    sizes_.resize(part.size());
  }
  require(part.size() == sum_.size(), "sizes differ in a sum");
  count_ += 1;
  for (std::size_t i = 0; i < part.size(); ++i) {
    sum_.value[i] += part.value[i];
    sum_.bound[i] += part.bound[i];
    sizes_[i] += std::fabs(part.value[i]) + part.bound[i];
  }
}

Bounded RunningSum::finish(Precision p) && {
  require(count_ > 0, "an empty sum");
  const double g = count_ > 1 ? gamma(count_, p) : 0;
  for (std::size_t i = 0; i < sum_.size(); ++i) sum_.bound[i] += g * sizes_[i];
  return std::move(sum_);
}

Bounded sum_groups(const Bounded& x, const std::vector<std::size_t>& group, Shape shape,
                   Precision p) {
  Bounded y(std::move(shape));
  const double count = y.size() == 0 ? 1 : double(x.size()) / double(y.size());
  const double g = gamma(count + 1, p);
  if (channels::are_last(group, y.size())) {
    channels::add_sum({y.value.data(), y.bound.data(), y.size()}, x.value.data(), x.bound.data(),
                      x.size() / y.size(), g);
    return y;
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    y.value[group[i]] += x.value[i];
    y.bound[group[i]] += x.bound[i] + g * (std::fabs(x.value[i]) + x.bound[i]);
  }
  return y;
}

Bounded sum_rows(const Bounded& x, Precision p) {
  require(!x.shape.empty(), "a scalar has no rows");
  const auto n = std::size_t(x.shape.back());
  Bounded y(Shape{x.shape.back()});
  const double g = gamma(n == 0 ? 1 : double(x.size() / n) + 1, p);
  if (n > 0)
    channels::add_sum({y.value.data(), y.bound.data(), n}, x.value.data(), x.bound.data(),
                      x.size() / n, g);
  return y;
}

Bounded sum_to(const Bounded& x, const Shape& shape, Precision p) {
  return x.shape == shape ? x : sum_groups(x, broadcast_index(shape, x.shape), shape, p);
}

// Moves the number of each element along instead of the element.
Bounded move_back(Mover forward, const LayerCall& call, const Bounded& seed) {
  LayerCall numbered = call;
  Bounded& x = numbered.inputs[0];
  std::iota(x.value.begin(), x.value.end(), 1.0);  // 0 is padding
  std::fill(x.bound.begin(), x.bound.end(), 0.0);
  const Bounded from = forward(numbered);
  require(from.size() == seed.size(), "sizes differ in a derivative");
  Bounded y(x.shape), sizes(x.shape), count(x.shape);
  for (std::size_t i = 0; i < seed.size(); ++i) {
    if (from.value[i] == 0) continue;
    const auto at = std::size_t(from.value[i]) - 1;
    y.value[at] += seed.value[i];
    y.bound[at] += seed.bound[i];
    sizes.value[at] += std::fabs(seed.value[i]) + seed.bound[i];
    count.value[at] += 1;
  }
  const Precision p = precision_of(call);
  for (std::size_t i = 0; i < y.size(); ++i)
    if (count.value[i] > 1) y.bound[i] += gamma(count.value[i], p) * sizes.value[i];
  return y;
}

LayerGradient gradient_by_input(const LayerCall& call, Bounded by_input) {
  LayerGradient out;
  out.inputs.push_back(std::move(by_input));
  out.weights.resize(call.weights.size());
  return out;
}

void set_gradient(LayerGradient& gradient, const LayerCall& call, std::string_view weight,
                  Bounded value) {
  for (std::size_t k = 0; k < call.weights.size() && k < call.weight_names.size(); ++k)
    if (call.weight_names[k] == weight) {
      require(value.size() == call.weights[k].size(), "a derivative of another size");
      value.shape = call.weights[k].shape;
      gradient.weights[k] = std::move(value);
      return;
    }
  throw Unsupported("weight " + std::string(weight) + " was not recorded");
}

}  // namespace kerasan::reference

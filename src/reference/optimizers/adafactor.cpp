// Adafactor (Shazeer & Stern 2018, algorithms 4 to 6), with the means of rows and columns in place
// of their sums, as the slots are; "relative_step" takes min(learning rate, 1 / sqrt(t)) times
// max(epsilon_2, RMS of the variable).
#include "reference/optimizers/elementwise.h"

namespace kerasan::reference {
namespace {

Approx root_mean_square(const Step& s, const Bounded& x) {
  return root(s.sum_of_squares(x) / s.exact(static_cast<double>(x.size())));
}

// The last two axes, and how often they repeat.
struct Factored {
  std::size_t outer = 1, rows = 1, columns = 1;
  explicit Factored(const Shape& shape) {
    const std::size_t rank = shape.size();
    rows = static_cast<std::size_t>(shape[rank - 2]);
    columns = static_cast<std::size_t>(shape[rank - 1]);
    for (std::size_t axis = 0; axis + 2 < rank; ++axis)
      outer *= static_cast<std::size_t>(shape[axis]);
  }
  std::size_t at(std::size_t o, std::size_t r, std::size_t c) const {
    return (o * rows + r) * columns + c;
  }
};

Bounded slot_of_size(const Step& s, const std::string& name, std::size_t size) {
  const auto found = s.call.slots_before.find(name);
  require(found != s.call.slots_before.end() && found->second.size() == size,
          "slot " + name + " was not recorded");
  return found->second;
}

// beta old + (1 - beta) mean of g^2 + epsilon_1 over one of the axes.
Bounded follow(const Step& s, const Bounded& old, const Bounded& squares, const Factored& f,
               const Approx& beta, bool over_columns) {
  Bounded out = old;
  const std::size_t kept = over_columns ? f.rows : f.columns,
                    gone = over_columns ? f.columns : f.rows;
  for (std::size_t o = 0; o < f.outer; ++o)
    for (std::size_t i = 0; i < kept; ++i) {
      double sum = 0, carried = 0;
      for (std::size_t j = 0; j < gone; ++j) {
        const std::size_t k = over_columns ? f.at(o, i, j) : f.at(o, j, i);
        sum += squares.value[k];
        carried += squares.bound[k];
      }
      const double n = static_cast<double>(gone);
      const Approx mean = Approx{sum, carried + gamma(n, s.precision.u) * (sum + carried),
                                 s.precision.u, s.precision.tiny} /
                          s.exact(n);
      const Approx one = average(s.at(old, o * kept + i), mean, beta);
      out.value[o * kept + i] = one.value;
      out.bound[o * kept + i] = one.bound;
    }
  return out;
}

Bounded factored_root(const Step& s, const Bounded& rows, const Bounded& columns, const Factored& f,
                      const Bounded& g) {
  Bounded out(g.shape);
  for (std::size_t o = 0; o < f.outer; ++o) {
    double sum = 0, carried = 0;
    for (std::size_t r = 0; r < f.rows; ++r) {
      sum += rows.value[o * f.rows + r];
      carried += rows.bound[o * f.rows + r];
    }
    const double n = static_cast<double>(f.rows);
    const Approx mean = Approx{sum, carried + gamma(n, s.precision.u) * (sum + carried),
                               s.precision.u, s.precision.tiny} /
                        s.exact(n);
    for (std::size_t r = 0; r < f.rows; ++r)
      for (std::size_t c = 0; c < f.columns; ++c) {
        const std::size_t k = f.at(o, r, c);
        const Approx v = s.at(rows, o * f.rows + r) / mean * s.at(columns, o * f.columns + c);
        const Approx u = s.at(g, k) / root(v);
        out.value[k] = u.value;
        out.bound[k] = u.bound;
      }
  }
  return out;
}

UpdateResult adafactor(const Step& s) {
  require(s.call.gradient.has_value(), "the gradient is not known");
  const Bounded& g = *s.call.gradient;
  const Approx one = s.exact(1), t = s.count();
  const Approx beta = one - power(t, s.hyper("beta_2_decay", -0.8));
  const Approx small = s.hyper("epsilon_1", 1e-30);
  const Bounded squares = s.each([&](std::size_t k) { return s.at(g, k) * s.at(g, k) + small; });
  UpdateVariant out{"as published", {}, {}, {}, true};
  Bounded step;
  if (g.shape.size() >= 2) {
    const Factored f(g.shape);
    out.slots["r"] = follow(s, slot_of_size(s, "r", f.outer * f.rows), squares, f, beta, true);
    out.slots["c"] = follow(s, slot_of_size(s, "c", f.outer * f.columns), squares, f, beta, false);
    step = factored_root(s, s.slot_after("r", out.slots["r"]), s.slot_after("c", out.slots["c"]), f,
                         g);
  } else {
    const Bounded v = s.slot("v");
    out.slots["v"] =
        s.each([&](std::size_t k) { return average(s.at(v, k), s.at(squares, k), beta); });
    const Bounded held = s.slot_after("v", out.slots["v"]);
    step = s.each([&](std::size_t k) { return s.at(g, k) / root(s.at(held, k)); });
  }
  const Approx clip = larger(one, root_mean_square(s, step) / s.hyper("clip_threshold", 1));
  Approx rate = s.rate;
  if (s.flag("relative_step")) {
    const Approx falling = one / root(t);
    if (falling.value < rate.value) rate = falling;
  }
  const Bounded decayed = s.each([&](std::size_t k) { return s.weight(k); });
  UpdateResult result;
  for (const Bounded* weights : {&s.call.before, &decayed}) {  // measured before or after decay
    const Approx scale = larger(s.hyper("epsilon_2", 1e-3), root_mean_square(s, *weights));
    UpdateVariant form = out;
    form.after =
        s.each([&](std::size_t k) { return s.weight(k) - rate * scale * (s.at(step, k) / clip); });
    result.variants.push_back(std::move(form));
    if (s.call.number("weight_decay", 0) == 0) break;
  }
  return result;
}

const OptimizerRegistrar registrar{"Adafactor", &stepped<adafactor>};

}  // namespace
}  // namespace kerasan::reference

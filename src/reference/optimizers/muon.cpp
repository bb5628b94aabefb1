// Muon (Jordan et al. 2024; Liu et al. 2025): momentum, orthogonalized by a Newton-Schulz iteration
// X <- a X + b (X X^T) X + c (X X^T)^2 X of X / |X|. Variables that are not matrices, and those
// exempted, take AdamW's step; which do, their slots tell.
#include "reference/optimizers/elementwise.h"

namespace kerasan::reference {
namespace {

// A matrix with no more rows than columns, and how far (Frobenius norm) a run may be from it.
struct Matrix {
  std::size_t rows = 0, columns = 0;
  std::vector<double> x;
  double error = 0;
};

double frobenius(const std::vector<double>& x) {
  double sum = 0;
  for (const double v : x) sum += v * v;
  return std::sqrt(sum);
}

// a times b, or a times the transpose of b.
std::vector<double> times(const std::vector<double>& a, const std::vector<double>& b, std::size_t n,
                          std::size_t inner, std::size_t m, bool transposed) {
  std::vector<double> out(n * m, 0);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k < inner; ++k)
      for (std::size_t j = 0; j < m; ++j)
        out[i * m + j] += a[i * inner + k] * (transposed ? b[j * inner + k] : b[k * m + j]);
  return out;
}

struct Polynomial {
  double a, b, c;
  // The largest |p'| where singular values may be, [0, s]: odd polynomials of a matrix move by no
  // more than that times the Frobenius norm of its error (mean value theorem on the divided
  // differences that its derivative consists of).
  double steepest(double s) const {
    double most = std::abs(a);
    const auto slope = [&](double t) {
      return std::abs(a + 3 * b * t * t + 5 * c * t * t * t * t);
    };
    const double bend = c == 0 ? -1 : -3 * b / (10 * c);  // t^2 where p'' = 0
    if (bend > 0 && bend < s * s) most = std::max(most, slope(std::sqrt(bend)));
    return std::max(most, slope(s));
  }
  double highest(double s) const {
    double most = 0;
    for (int k = 0; k <= 1000; ++k) {
      const double t = s * k / 1000;
      most = std::max(most, std::abs(a * t + b * t * t * t + c * t * t * t * t * t));
    }
    return most + steepest(s) * s / 1000;
  }
};

void iterate(Matrix& m, const Polynomial& p, double& largest, Precision precision) {
  const double n = static_cast<double>(m.rows), k = static_cast<double>(m.columns);
  const double s = largest + m.error, size = frobenius(m.x);
  const auto gram = times(m.x, m.x, m.rows, m.columns, m.rows, true);
  const auto square = times(gram, gram, m.rows, m.rows, m.rows, false);
  std::vector<double> sum(gram.size());
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = p.b * gram[i] + p.c * square[i];
  const auto moved = times(sum, m.x, m.rows, m.rows, m.columns, false);
  for (std::size_t i = 0; i < m.x.size(); ++i) m.x[i] = p.a * m.x[i] + moved[i];
  // Roundings of the products: gamma_n |A| |B|, and norms of magnitudes are Frobenius norms.
  const double g = product_error(k + n + n + 6, precision);
  const double f = size + m.error, poly = std::abs(p.b) * f * f + std::abs(p.c) * f * f * f * f;
  m.error = m.error * p.steepest(s) + 3 * g * (std::abs(p.a) * f + poly * f);
  largest = p.highest(s);
}

Bounded orthogonalized(const Step& s, const Bounded& x, std::int64_t steps) {
  Matrix m;
  const auto rows = static_cast<std::size_t>(x.shape[0]),
             columns = static_cast<std::size_t>(x.shape[1]);
  const bool turned = rows > columns;
  m.rows = std::min(rows, columns);
  m.columns = std::max(rows, columns);
  require(double(m.rows) * double(m.rows) * double(m.columns) * double(steps) < kMaxProducts / 8,
          "a large matrix");
  m.x.resize(x.size());
  double bound = 0;
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) {
      m.x[turned ? j * rows + i : i * columns + j] = x.value[i * columns + j];
      bound += x.bound[i * columns + j] * x.bound[i * columns + j];
    }
  const double norm = frobenius(m.x);
  // Original: X / (|X| + 1e-7), which leaves very small ones small.
  require(norm > 1e-3, "a momentum of about zero");
  for (double& v : m.x) v /= norm;
  m.error = std::sqrt(bound) / norm + 2e-7 / norm +
            gamma(static_cast<double>(x.size()) + 4, s.precision.u);
  double largest = 1;
  const Precision products = precision_of(s.call.precision, s.call.products.matmul);
  const Polynomial p{s.call.number("muon_a", 3.4445), s.call.number("muon_b", -4.775),
                     s.call.number("muon_c", 2.0315)};
  for (std::int64_t k = 0; k < steps; ++k) iterate(m, p, largest, products);
  Bounded out(x.shape);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) {
      out.value[i * columns + j] = m.x[turned ? j * rows + i : i * columns + j];
      out.bound[i * columns + j] = m.error;
    }
  return out;
}

// Keller Jordan's factor by shape, or Liu's by the root mean square wanted.
std::vector<Approx> scales_of(const Step& s, const Shape& shape) {
  const double rows = double(shape[0]), columns = double(shape[1]);
  const auto rate = s.call.config.find("rms_rate");
  if (rate == s.call.config.end() || rate->is_null())  // disabled: with or without the former
    return {s.exact(1), root(s.exact(std::max(1.0, rows / columns)))};
  return {root(s.exact(std::max(rows, columns))) * s.hyper("rms_rate", 0.2)};
}

UpdateResult muon(const Step& s) {
  const Approx mu = s.hyper("momentum", 0.95);
  require(s.call.before.shape.size() == 2, "a variable that is not a matrix without a second slot");
  require(s.call.gradient.has_value(), "the gradient is not known");
  const Bounded &g = *s.call.gradient, m = s.slot("momentum");
  UpdateResult result;
  for (const bool averages : {false, true}) {  // m = mu m + g, or an average of both
    UpdateVariant out{averages ? "momentum is an average" : "momentum is a sum", {}, {}, {}, true};
    out.slots["momentum"] = s.each([&](std::size_t k) {
      return averages ? average(s.at(m, k), s.at(g, k), mu) : mu * s.at(m, k) + s.at(g, k);
    });
    const Bounded held = s.slot_after("momentum", out.slots["momentum"]);
    const Bounded direction = s.flag("nesterov") ? s.each([&](std::size_t k) {
      return averages ? average(s.at(held, k), s.at(g, k), mu) : s.at(g, k) + mu * s.at(held, k);
    })
                                                 : held;
    const Bounded step =
        orthogonalized(s, direction, static_cast<std::int64_t>(s.call.number("ns_steps", 5)));
    for (const Approx& scale : scales_of(s, direction.shape)) {
      out.after =
          s.each([&](std::size_t k) { return s.weight(k) - s.rate * scale * s.at(step, k); });
      result.variants.push_back(out);
    }
  }
  return result;
}

// AdamW under Muon's names for its settings.
UpdateResult either(const UpdateCall& call) {
  if (!call.slots_before.count("v") && !call.slots_after.count("v")) return stepped<muon>(call);
  UpdateCall adam = call;  // its slot "momentum" is Adam's "m"
  for (auto* slots : {&adam.slots_before, &adam.slots_after})
    if (const auto held = slots->find("momentum"); held != slots->end())
      slots->insert_or_assign("m", held->second);
  const double decay = call.number("adam_weight_decay", 0);
  adam.hyper["beta_1"] = call.number("adam_beta_1", 0.9);
  adam.hyper["beta_2"] = call.number("adam_beta_2", 0.999);
  adam.hyper["weight_decay"] = decay;
  adam.hyper["momentum"] = 0;
  adam.hyper["learning_rate"] *= call.number("adam_lr_ratio", 1);
  UpdateResult result = find_optimizer("Adam")(adam);
  // Whether the ratio of the rates holds for the decay too is not documented.
  if (const double ratio = call.number("adam_lr_ratio", 1); ratio != 1 && decay != 0) {
    adam.hyper["weight_decay"] = decay / ratio;
    UpdateResult whole = find_optimizer("Adam")(adam);
    for (UpdateVariant& form : whole.variants) result.variants.push_back(std::move(form));
  }
  for (UpdateVariant& form : result.variants)
    if (const auto held = form.slots.find("m"); held != form.slots.end())
      form.slots.insert_or_assign("momentum", held->second);
  return result;
}

const OptimizerRegistrar registrar{"Muon", &either};

}  // namespace
}  // namespace kerasan::reference

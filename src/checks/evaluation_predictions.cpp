#include "checks/evaluation_predictions.h"

#include <algorithm>
#include <cmath>

#include "model/fields.h"

namespace kerasan::checks {
namespace {

// Bias, activation (8 units: 4 ulps) and the layer's own arithmetic.
constexpr double kPerLayer = 16;

bool recurrent(const std::string& name) {
  return name.find("LSTM") != std::string::npos || name.find("GRU") != std::string::npos ||
         name.find("RNN") != std::string::npos;
}

double fan_in(const model::Json& weight) {
  const auto& shape = weight.value("shape", model::Json::array());
  if (!shape.is_array() || shape.size() < 2) return 0;
  if (kerasan::model::string_or(weight, "name", "").find("embedding") != std::string::npos)
    return 0;
  double product = 1;
  for (std::size_t k = 0; k + 1 < shape.size(); ++k)
    if (shape[k].is_number()) product *= shape[k].get<double>();
  return product;
}

double precision_of(const model::Json& layer) {
  const std::string name = kerasan::model::string_or(layer, "compute_dtype", "float32");
  const bool known = name == "float16" || name == "bfloat16" || name == "float64";
  return unit_roundoff(known ? parse_dtype(name) : DType::kFloat32);
}

// What rounding the factors adds to the products of one layer.
double factor_share(const std::string& name, bool has_matrix, const reference::Products& p) {
  const auto holds = [&](const char* part) { return name.find(part) != std::string::npos; };
  const bool attends = holds("Attention");
  if (!has_matrix && !attends && name != "Dot") return 0;
  const bool loops = recurrent(name) || holds("Bidirectional");
  const double error = holds("Conv") ? p.convolution
                       : loops       ? std::max(p.matmul, p.recurrent)
                                     : p.matmul;
  return (attends ? 4 : 1) * error * (2 + error);
}

}  // namespace

double relative_error(const model::Json& model, double time_steps, const reference::Products& p) {
  double sum = 0;
  for (const auto& layer : model.value("layers", model::Json::array())) {
    double widest = kPerLayer;
    for (const auto& weight : layer.value("weights", model::Json::array()))
      widest += fan_in(weight);
    if (recurrent(kerasan::model::string_or(layer, "class", "")))
      widest *= std::max(1.0, time_steps);
    const double u = precision_of(layer);
    sum += reference::gamma(widest, u);
    if (u == unit_roundoff(DType::kFloat32))
      sum += factor_share(kerasan::model::string_or(layer, "class", ""), widest > kPerLayer, p) *
             std::max(1.0, time_steps);
  }
  return sum;
}

reference::Bounded with_allowance(const Tensor& predictions, double g,
                                  const std::optional<std::vector<double>>& amplification) {
  reference::Bounded out(predictions.shape());
  out.value = predictions.to_doubles();
  const double u = std::max(unit_roundoff(predictions.dtype()), 0x1p-53);
  double largest = 0, odds = 1;
  bool probabilities = true;
  for (double p : out.value) {
    largest = std::max(largest, std::abs(p));
    probabilities = probabilities && p >= 0 && p <= 1;
    if (p > 0 && p < 1) odds = std::max(odds, std::abs(std::log(p / (1 - p))));
  }
  for (std::size_t k = 0; k < out.size(); ++k) {
    const double p = out.value[k];
    out.bound[k] = probabilities ? g * odds * p * (1 - p) + 8 * u * p : g * largest;
    if (amplification && amplification->size() == out.size())
      out.bound[k] = std::max(out.bound[k], g * (*amplification)[k]);
  }
  return out;
}

std::optional<double> sum_of(const model::Json& value, const model::Run& run) {
  if (value.is_number()) return value.get<double>();
  if (value.is_array()) {
    double sum = 0;
    for (const auto& item : value) {
      const auto one = sum_of(item, run);
      if (!one) return std::nullopt;
      sum += *one;
    }
    return sum;
  }
  const auto tensor = run.tensor(value);
  if (!tensor) return std::nullopt;
  double sum = 0;
  for (double v : tensor->to_doubles()) sum += v;
  return sum;
}

}  // namespace kerasan::checks

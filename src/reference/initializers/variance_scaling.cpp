// VarianceScaling and those of its family: Glorot & Bengio 2010, He et al. 2015, LeCun et al. 1998.
#include <cmath>

#include "reference/initializers/distribution.h"

namespace kerasan::reference {
namespace {

struct Fans {
  double in = 1, out = 1;
};

// Units of the input and the output of a kernel (..., in, out), each of which counts once for each
// position of the window before them.
Fans fans(const InitializerCall& call) {
  for (const char* axes : {"input_axes", "output_axes"})
    require(!get_ints(call.config, axes), "axes of its own");
  const Shape& shape = call.values.shape;
  if (shape.empty()) return {};
  if (shape.size() == 1) return {double(shape[0]), double(shape[0])};
  double window = 1;
  for (std::size_t axis = 0; axis + 2 < shape.size(); ++axis) window *= double(shape[axis]);
  return {window * double(shape[shape.size() - 2]), window * double(shape.back())};
}

// `named`: of GlorotNormal and its like only "a truncated normal with stddev = ..." is documented,
// before or after truncation; of VarianceScaling, after.
InitializerResult scaled(const InitializerCall& call, double scale, const std::string& mode,
                         const std::string& distribution, bool named) {
  const Fans fan = fans(call);
  require(mode == "fan_in" || mode == "fan_out" || mode == "fan_avg", "mode " + mode);
  const double n = mode == "fan_in" ? fan.in : mode == "fan_out" ? fan.out : (fan.in + fan.out) / 2;
  const double variance = scale / std::max(1.0, n), deviation = std::sqrt(variance);
  if (distribution == "uniform")
    return judged({{Distribution::kUniform, 0, std::sqrt(3 * variance)}}, call);
  if (distribution == "untruncated_normal")
    return judged({{Distribution::kNormal, 0, deviation}}, call);
  require(distribution == "truncated_normal" || distribution == "normal",
          "distribution " + distribution);
  const double widened =
      deviation / std::sqrt(Distribution{Distribution::kTruncated, 0, 1}.variance());
  if (!named) return judged({{Distribution::kTruncated, 0, widened}}, call);
  return judged({{Distribution::kTruncated, 0, widened}, {Distribution::kTruncated, 0, deviation}},
                call);
}

InitializerResult variance_scaling(const InitializerCall& call) {
  return scaled(call, get_number(call.config, "scale", 1), get_text(call.config, "mode", "fan_in"),
                get_text(call.config, "distribution", "truncated_normal"), false);
}

InitializerResult glorot_normal(const InitializerCall& call) {
  return scaled(call, 1, "fan_avg", "truncated_normal", true);
}
InitializerResult glorot_uniform(const InitializerCall& call) {
  return scaled(call, 1, "fan_avg", "uniform", true);
}
InitializerResult he_normal(const InitializerCall& call) {
  return scaled(call, 2, "fan_in", "truncated_normal", true);
}
InitializerResult he_uniform(const InitializerCall& call) {
  return scaled(call, 2, "fan_in", "uniform", true);
}
InitializerResult lecun_normal(const InitializerCall& call) {
  return scaled(call, 1, "fan_in", "truncated_normal", true);
}
InitializerResult lecun_uniform(const InitializerCall& call) {
  return scaled(call, 1, "fan_in", "uniform", true);
}

struct Both {
  Both(const char* class_name, const char* name, InitializerFunction function)
      : by_class(class_name, function), by_name(name, function) {}
  InitializerRegistrar by_class, by_name;
};

const Both scaling{"VarianceScaling", "variance_scaling", &initialized<variance_scaling>};
const Both gn{"GlorotNormal", "glorot_normal", &initialized<glorot_normal>};
const Both gu{"GlorotUniform", "glorot_uniform", &initialized<glorot_uniform>};
const Both hn{"HeNormal", "he_normal", &initialized<he_normal>};
const Both hu{"HeUniform", "he_uniform", &initialized<he_uniform>};
const Both ln{"LecunNormal", "lecun_normal", &initialized<lecun_normal>};
const Both lu{"LecunUniform", "lecun_uniform", &initialized<lecun_uniform>};

}  // namespace
}  // namespace kerasan::reference

// RandomUniform, RandomNormal and TruncatedNormal, as documented.
#include "reference/initializers/distribution.h"

namespace kerasan::reference {
namespace {

InitializerResult uniform(const InitializerCall& call) {
  const double low = get_number(call.config, "minval", -0.05),
               high = get_number(call.config, "maxval", 0.05);
  return judged({{Distribution::kUniform, (low + high) / 2, (high - low) / 2}}, call);
}

InitializerResult normal(const InitializerCall& call) {
  return judged({{Distribution::kNormal, get_number(call.config, "mean", 0),
                  get_number(call.config, "stddev", 0.05)}},
                call);
}

InitializerResult truncated(const InitializerCall& call) {
  return judged({{Distribution::kTruncated, get_number(call.config, "mean", 0),
                  get_number(call.config, "stddev", 0.05)}},
                call);
}

const InitializerRegistrar uniform_class{"RandomUniform", &initialized<uniform>},
    uniform_name{"random_uniform", &initialized<uniform>};
const InitializerRegistrar normal_class{"RandomNormal", &initialized<normal>},
    normal_name{"random_normal", &initialized<normal>};
const InitializerRegistrar truncated_class{"TruncatedNormal", &initialized<truncated>},
    truncated_name{"truncated_normal", &initialized<truncated>};

}  // namespace
}  // namespace kerasan::reference

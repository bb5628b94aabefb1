// mean of max(1 - t p, 0).
#include "reference/losses/margin.h"

namespace kerasan::reference {
namespace {

LossRows apply(const LossCall& call) { return rowwise(call, Reduce::kMean, 4, margin(call)); }

const LossRegistrar registrar{"Hinge", &apply};

}  // namespace
}  // namespace kerasan::reference

// Layers whose calculation is the program's or another library's: only their shape and dtype can be
// claimed, and other rules do that.
#include "reference/ops/guard.h"

namespace kerasan::reference {
namespace {

Bounded of_the_program(const LayerCall&) {
  throw Unsupported("a function of the program: only shape and dtype can be claimed");
}

Bounded of_a_library(const LayerCall&) {
  throw Unsupported("a model of another library: only shape and dtype can be claimed");
}

const LayerRegistrar registrars[] = {
    {"Lambda", &checked<of_the_program>},           {"JaxLayer", &checked<of_a_library>},
    {"FlaxLayer", &checked<of_a_library>},          {"TFSMLayer", &checked<of_a_library>},
    {"TorchModuleWrapper", &checked<of_a_library>},
};

}  // namespace
}  // namespace kerasan::reference

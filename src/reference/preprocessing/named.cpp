// What is named and not recomputed: layers on text, whose arrays are not part of a trace, and
// layers whose numbers the documentation does not determine.
#include "reference/ops/guard.h"

namespace kerasan::reference {
namespace {

Bounded on_text(const LayerCall&) { throw Unsupported("text is not recorded"); }

Bounded scaled_freely(const LayerCall&) {
  throw Unsupported("its scaling is not documented to the number");
}

Bounded of_columns(const LayerCall&) { throw Unsupported("feature columns"); }

const LayerRegistrar registrars[] = {
    {"STFTSpectrogram", &checked<scaled_freely>}, {"MelSpectrogram", &checked<scaled_freely>},
    {"DenseFeatures", &checked<of_columns>},      {"StringLookup", &checked<on_text>},
    {"TextVectorization", &checked<on_text>},
};

}  // namespace
}  // namespace kerasan::reference

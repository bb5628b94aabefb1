// How the framework multiplied, from the latest `arithmetic` event.
#pragma once

#include "model/run.h"
#include "reference/products.h"

namespace kerasan::checks {

reference::Products products_of(const model::Run& run);

}  // namespace kerasan::checks

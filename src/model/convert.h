// From the JSON of an event frame to a typed event.
#pragma once

#include "base/error.h"
#include "model/run.h"

namespace kerasan::model {

// Throws InputError unless `body` is an object with a string "kind"; `t` and `pid` default to
// 0 when absent and must be numbers when present.
Event to_event(Json body);

}  // namespace kerasan::model

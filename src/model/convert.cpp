#include "model/convert.h"

#include "model/fields.h"

namespace kerasan::model {

Event to_event(Json body) {
  Event event;
  event.kind = require_string(body, "kind");
  event.t = number_or(body, "t", 0);
  event.pid = optional_integer(body, "pid").value_or(0);
  event.body = std::move(body);
  return event;
}

}  // namespace kerasan::model

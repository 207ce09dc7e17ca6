#pragma once

#include "alerts/saved_search.h"
#include "base/clock.h"

namespace fit::alerts {

// When a find at `time` is delivered: at once, at the next 8:00, or on the next Monday at 8:00 in the time
// zone, and never in the quiet hours but at their end. A local time that a change of daylight time skips is
// the moment of the change; of one that comes twice the first is meant. A time zone that this machine does
// not know is UTC.
Timestamp due_time(const AlertOptions& options, Timestamp time);

}  // namespace fit::alerts

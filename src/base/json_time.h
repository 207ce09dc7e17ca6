#pragma once

#include <optional>

#include "base/clock.h"
#include "base/json.h"

namespace fit {

// A time in RFC 3339 form, or null.
inline Json time_or_null(const std::optional<Timestamp>& time) {
  return time ? Json(to_rfc3339(*time)) : Json(nullptr);
}

}  // namespace fit

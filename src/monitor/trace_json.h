#pragma once

#include <span>
#include <string>

#include "base/trace.h"

namespace fit::monitor {

// What all spans of a process say about it.
struct TraceSource {
  std::string service_name;
  std::string version;
  std::string instance;  // different for each process
};

// The spans as a request to an OTLP receiver: ExportTraceServiceRequest in JSON (OTLP 1.x).
std::string trace_json(const TraceSource& source, std::span<const SpanRecord> spans);

}  // namespace fit::monitor

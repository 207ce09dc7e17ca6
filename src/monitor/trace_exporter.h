#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/background_task.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/trace.h"
#include "monitor/trace_json.h"
#include "net/http_client.h"

namespace fit::monitor {

// Where spans are sent, and in which portions.
struct TraceExporterOptions {
  std::string endpoint;                   // of an OTLP receiver, without /v1/traces
  std::vector<std::string> headers = {};  // each "Name: value"
  TraceSource source = {};
  std::size_t most_queued = 8192;  // spans that wait; further ones are dropped
  std::size_t batch = 512;         // spans of one request
  std::chrono::milliseconds period{2'000};
  std::chrono::milliseconds timeout{10'000};  // of one request
};

// Reads the endpoint and the header fields of settings. kInvalid naming OTEL_EXPORTER_OTLP_ENDPOINT or
// OTEL_EXPORTER_OTLP_HEADERS.
Result<TraceExporterOptions> trace_exporter_options(const std::string& endpoint, const std::string& headers);

// Sends spans to an OTLP receiver over HTTP, in JSON, on a thread of its own. Spans that find the queue full,
// and those of requests that fail, are dropped and counted. take() is thread-safe and does not block; start()
// and stop() are for the owner. Borrows the metrics.
class TraceExporter final : public SpanSink {
 public:
  TraceExporter(TraceExporterOptions options, Metrics& metrics, Log log);
  ~TraceExporter() override { stop(); }

  // Call it once.
  void start();
  // Sends the spans that wait, within two seconds. Later calls do nothing.
  void stop();

  void take(SpanRecord record) override;

 private:
  // Sends what waits, in batches. After a request that failed the rest is dropped; after one that was stopped
  // the rest waits again.
  void send_all(std::chrono::milliseconds timeout, const std::stop_token& stop);
  Result<void> send(std::span<const SpanRecord> spans, std::chrono::milliseconds timeout,
                    const std::stop_token& stop);
  void note_rejected(std::string_view body);

  const TraceExporterOptions options_;
  const Log log_;
  Counter& sent_;
  Counter& dropped_full_;
  Counter& dropped_failed_;
  Counter& dropped_rejected_;
  net::HttpClient http_;

  std::mutex mutex_;
  std::vector<SpanRecord> queue_;  // the oldest first
  bool is_failing_ = false;        // of the sending thread
  BackgroundTask task_;
};

}  // namespace fit::monitor

#include "monitor/trace_exporter.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <ranges>
#include <utility>

#include "base/format.h"
#include "base/json.h"
#include "base/text.h"

namespace fit::monitor {
namespace {

constexpr std::chrono::milliseconds kLastTimeout{2'000};
constexpr std::uint64_t kMostOfResponse = 1 << 20;

Counter& dropped(Metrics& metrics, const char* reason) {
  return metrics.counter("fit_trace_spans_dropped_total", "Spans that were not delivered",
                         {{"reason", reason}});
}

// A value as OpenTelemetry's settings write it: "%20" is a blank. Other texts after "%" stay.
std::string decoded(std::string_view text) {
  std::string value;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const char* const digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      value += static_cast<char>(byte);
      i += 2;
    } else {
      value += text[i];
    }
  }
  return value;
}

}  // namespace

Result<TraceExporterOptions> trace_exporter_options(const std::string& endpoint, const std::string& headers) {
  TraceExporterOptions options{.endpoint = endpoint};
  while (options.endpoint.ends_with('/')) options.endpoint.pop_back();
  if (!options.endpoint.starts_with("http://") && !options.endpoint.starts_with("https://")) {
    return invalid("OTEL_EXPORTER_OTLP_ENDPOINT", "must be an http or https URL");
  }
  for (const auto range : std::views::split(headers, ',')) {
    const std::string_view part = trim(std::string_view(range.begin(), range.end()));
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return invalid("OTEL_EXPORTER_OTLP_HEADERS", "must be NAME=VALUE, separated by commas");
    }
    const std::string value = decoded(trim(part.substr(equals + 1)));
    const std::string_view name = trim(part.substr(0, equals));
    const auto breaks_line = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
    if (std::ranges::any_of(value, breaks_line) || std::ranges::any_of(name, breaks_line)) {
      return invalid("OTEL_EXPORTER_OTLP_HEADERS", "must not have line breaks");
    }
    options.headers.push_back(fit::format("{}: {}", name, value));
  }
  return options;
}

TraceExporter::TraceExporter(TraceExporterOptions options, Metrics& metrics, Log log)
    : options_(std::move(options)),
      log_(std::move(log)),
      sent_(metrics.counter("fit_trace_spans_sent_total", "Spans that the receiver of traces has accepted")),
      dropped_full_(dropped(metrics, "queue_full")),
      dropped_failed_(dropped(metrics, "failed")),
      dropped_rejected_(dropped(metrics, "rejected")),
      http_({.allow_private_addresses = true}) {}

void TraceExporter::start() {
  task_.start([this](const std::stop_token& stop) {
    while (task_.wait_for(options_.period)) send_all(options_.timeout, stop);
  });
}

void TraceExporter::stop() {
  if (task_.is_stopped()) return;
  task_.stop();
  send_all(kLastTimeout, {});
}

void TraceExporter::take(SpanRecord record) {
  bool is_batch = false;
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= options_.most_queued) {
      dropped_full_.add();
      return;
    }
    queue_.push_back(std::move(record));
    is_batch = queue_.size() == options_.batch;
  }
  if (is_batch) task_.wake();
}

void TraceExporter::send_all(std::chrono::milliseconds timeout, const std::stop_token& stop) {
  std::vector<SpanRecord> waiting;
  {
    const std::lock_guard lock(mutex_);
    waiting.swap(queue_);
  }
  for (std::size_t first = 0; first < waiting.size(); first += options_.batch) {
    const auto begin = waiting.begin() + static_cast<std::ptrdiff_t>(first);
    const auto count = std::min(options_.batch, waiting.size() - first);
    const auto sent = send(std::span(begin, count), timeout, stop);
    if (sent) {
      if (std::exchange(is_failing_, false)) log_.info("spans can be sent again");
      continue;
    }
    if (stop.stop_requested()) {  // stop() sends them
      const std::lock_guard lock(mutex_);
      queue_.insert(queue_.begin(), std::make_move_iterator(begin), std::make_move_iterator(waiting.end()));
      return;
    }
    // A receiver that does not answer must not hold up the batches behind this one.
    dropped_failed_.add(static_cast<double>(waiting.size() - first));
    if (!std::exchange(is_failing_, true)) {
      log_.warning("spans cannot be sent, and are dropped",
                   {{"endpoint", options_.endpoint}, {"reason", sent.error().describe()}});
    }
    return;
  }
}

Result<void> TraceExporter::send(std::span<const SpanRecord> spans, std::chrono::milliseconds timeout,
                                 const std::stop_token& stop) {
  const std::string body = trace_json(options_.source, spans);
  net::HttpClient::Request request{.method = "POST",
                                   .url = options_.endpoint + "/v1/traces",
                                   .headers = options_.headers,
                                   .body = as_bytes(body)};
  request.headers.emplace_back("Content-Type: application/json");
  const net::HttpLimits limits{
      .total_timeout = timeout, .max_bytes = kMostOfResponse, .retries = 1, .stop = stop};
  FIT_TRY(const net::HttpReply reply, http_.send("OTEL_EXPORTER_OTLP_ENDPOINT", request, limits));
  if (reply.status < 200 || reply.status >= 300) {
    return Error{
        ErrorCode::kBadGateway, fit::format("the receiver answered with status {}", reply.status), {}, {}};
  }
  sent_.add(static_cast<double>(spans.size()));
  note_rejected(as_text(reply.body));
  return {};
}

// A receiver may accept a request and reject some of its spans.
void TraceExporter::note_rejected(std::string_view body) {
  const auto reply = parse_json("reply", body);
  if (!reply || !reply->is_object() || !reply->contains("partialSuccess")) return;
  const Json& partial = (*reply)["partialSuccess"];
  const std::string text = json_text(partial, "rejectedSpans");
  std::int64_t rejected = json_number(partial, "rejectedSpans", 0);
  if (!text.empty() && std::ranges::all_of(text, is_digit) && text.size() < 18) rejected = std::stoll(text);
  if (rejected <= 0) return;
  dropped_rejected_.add(static_cast<double>(rejected));
  log_.warning("the receiver of traces has rejected spans",
               {{"spans", rejected}, {"reason", json_text(partial, "errorMessage")}});
}

}  // namespace fit::monitor

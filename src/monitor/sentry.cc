#include "monitor/sentry.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/format.h"
#include "base/json.h"
#include "base/secure_random.h"
#include "base/text.h"
#include "base/version.h"
#include "monitor/scrub.h"

namespace fit::monitor {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLastReportTimeout{2'000};
constexpr const char* kRequestId = "request_id";
constexpr std::uint64_t kMostOfReply = 1 << 20;
constexpr std::chrono::seconds kShortestPause{1};
constexpr std::chrono::seconds kLongestPause{3600};

// The fields of a line that a report has as tags.
constexpr std::array<std::string_view, 11> kTags = {
    "attempt", "class", "code", "job", "kind", "queue", "route", "space", "status", "tenant", "request_id"};
// The fields that say why.
constexpr std::array<std::string_view, 2> kReasons = {"error", "reason"};

std::string text_of(const LogField& field) {
  if (const auto* text = std::get_if<std::string>(&field.value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&field.value)) return std::to_string(*number);
  if (const auto* real = std::get_if<double>(&field.value)) return fit::format("{}", *real);
  return std::get<bool>(field.value) ? "true" : "false";
}

Json frame_json(const StackFrame& frame) {
  Json json = {{"package", frame.module}, {"instruction_addr", fit::format("{:#x}", frame.offset)}};
  json["addr_mode"] = "rel:0";
  if (!frame.function.empty()) json["function"] = frame.function;
  json["in_app"] = frame.module == "fit";
  return json;
}

Json exception_json(const ErrorReport& report) {
  Json exception = {{"type", report.message}, {"value", scrubbed(report.reason)}};
  if (report.is_crash) exception["mechanism"] = {{"type", "signalhandler"}, {"handled", false}};
  if (!report.stack.empty()) {
    // Sentry has the innermost frame last.
    Json frames = Json::array();
    for (auto frame = report.stack.rbegin(); frame != report.stack.rend(); ++frame) {
      frames.push_back(frame_json(*frame));
    }
    exception["stacktrace"] = {{"frames", std::move(frames)}};
  }
  return exception;
}

}  // namespace

Result<SentryDsn> SentryDsn::parse(std::string_view field, std::string_view text) {
  const Error error = invalid(std::string(field), "must have the form https://KEY@HOST/PROJECT");
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return error;
  const std::string_view scheme = text.substr(0, scheme_end);
  std::string_view rest = text.substr(scheme_end + 3);
  const std::size_t at = rest.find('@');
  const std::size_t slash = rest.rfind('/');
  if ((scheme != "https" && scheme != "http") || at == std::string_view::npos ||
      slash == std::string_view::npos || slash < at) {
    return error;
  }
  // Older addresses have a secret key behind the public one; nobody needs it.
  const std::string_view key = rest.substr(0, std::min(at, rest.find(':')));
  const std::string_view host_and_path = rest.substr(at + 1, slash - at - 1);
  const std::string_view project = rest.substr(slash + 1);
  const auto is_word = [](std::string_view word) {
    return !word.empty() && std::ranges::all_of(word, [](unsigned char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
             c == '-';
    });
  };
  if (!is_word(key) || !is_word(project) || host_and_path.empty() || host_and_path.starts_with('/')) {
    return error;
  }
  const std::size_t path = std::min(host_and_path.find('/'), host_and_path.size());
  return SentryDsn{.url = fit::format("{}://{}{}/api/{}/envelope/", scheme, host_and_path.substr(0, path),
                                      host_and_path.substr(path), project),
                   .public_key = std::string(key)};
}

std::string envelope(const ReportSource& source, const ErrorReport& report) {
  const std::string id = fit::format("{:016x}{:016x}", secure_random_number(), secure_random_number());
  Json event = {{"event_id", id},
                {"timestamp", to_rfc3339(report.time)},
                {"platform", "native"},
                {"level", report.is_crash ? "fatal" : "error"},
                {"release", source.release},
                {"environment", source.environment}};
  if (!report.module.empty()) event["logger"] = report.module;
  event["message"] = {{"formatted", report.message}};
  event["exception"] = {{"values", Json::array({exception_json(report)})}};
  Json tags = Json::object();
  for (const auto& [name, value] : report.tags) {
    // An id has letters and digits only, and connects the report with the log.
    tags[name] = name == kRequestId ? value : scrubbed(value);
  }
  event["tags"] = std::move(tags);
  if (report.trace.has_trace()) {
    event["contexts"]["trace"] = {{"trace_id", report.trace.trace_id()}, {"span_id", report.trace.span_id()}};
  }
  const std::string payload = dump_json(event);
  const Json header = {{"event_id", id}, {"sent_at", to_rfc3339(now())}};
  const Json item = {{"type", "event"}, {"length", payload.size()}, {"content_type", "application/json"}};
  return dump_json(header) + "\n" + dump_json(item) + "\n" + payload + "\n";
}

Sentry::Sentry(Options options, Metrics& metrics, Log log)
    : options_(std::move(options)),
      log_(std::move(log)),
      sent_(metrics.counter("fit_error_reports_sent_total", "Reports of unexpected errors that were sent")),
      dropped_(metrics.counter("fit_error_reports_dropped_total",
                               "Reports of unexpected errors that were not delivered")),
      http_({.allow_private_addresses = true}) {}

void Sentry::start() {
  log_.observe_errors([this](const LogLine& line) { observe(line); });
  task_.start([this](const std::stop_token& stop) {
    do send_all(options_.timeout, stop);
    while (task_.wait());
  });
}

void Sentry::stop() {
  if (task_.is_stopped()) return;
  log_.observe_errors({});
  task_.stop();
  send_all(kLastReportTimeout, {});
}

void Sentry::observe(const LogLine& line) {
  ErrorReport report{
      .message = std::string(line.message), .module = std::string(line.module), .trace = line.work.trace};
  if (!line.work.request_id.empty()) report.tags[kRequestId] = line.work.request_id;
  for (const LogField& field : line.fields) {
    if (std::ranges::contains(kTags, field.name)) report.tags[std::string(field.name)] = text_of(field);
    if (std::ranges::contains(kReasons, field.name)) report.reason = text_of(field);
  }
  const auto status = report.tags.find("status");
  if (status != report.tags.end() && status->second >= "502" && status->second <= "504") return;
  this->report(std::move(report));
}

void Sentry::report(ErrorReport report) {
  if (report.time == Timestamp{}) report.time = now();
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= options_.most_queued || !is_within_rate()) {
      dropped_.add();
      return;
    }
    queue_.push_back(std::move(report));
  }
  task_.wake();
}

// Called with the mutex locked.
bool Sentry::is_within_rate() {
  const auto time = Clock::now();
  if (time - minute_ >= std::chrono::minutes(1)) {
    minute_ = time;
    in_minute_ = 0;
  }
  return ++in_minute_ <= options_.most_a_minute;
}

void Sentry::send_all(std::chrono::milliseconds timeout, const std::stop_token& stop) {
  for (;;) {
    ErrorReport report;
    {
      const std::lock_guard lock(mutex_);
      if (queue_.empty()) return;
      report = std::move(queue_.front());
      queue_.pop_front();
    }
    if (Clock::now() < paused_until_) {
      dropped_.add();
      continue;
    }
    const auto sent = send(report, timeout, stop);
    if (sent) {
      sent_.add();
      is_failing_ = false;
      continue;
    }
    dropped_.add();
    if (!std::exchange(is_failing_, true)) {
      log_.warning("a report of an error cannot be sent", {{"reason", sent.error().describe()}});
    }
  }
}

Result<void> Sentry::send(const ErrorReport& report, std::chrono::milliseconds timeout,
                          const std::stop_token& stop) {
  const std::string body = envelope(options_.source, report);
  const net::HttpClient::Request request{
      .method = "POST",
      .url = options_.dsn.url,
      .headers = {"Content-Type: application/x-sentry-envelope",
                  fit::format("X-Sentry-Auth: Sentry sentry_version=7, sentry_client=fit/{}, sentry_key={}",
                              kVersion, options_.dsn.public_key)},
      .body = as_bytes(body)};
  const net::HttpLimits limits{
      .total_timeout = timeout, .max_bytes = kMostOfReply, .retries = 0, .stop = stop};
  FIT_TRY(const net::HttpReply reply, http_.send("SENTRY_DSN", request, limits));
  if (reply.status >= 200 && reply.status < 300) return {};
  if (reply.status == 429) {
    const std::string wait = reply.header("retry-after");
    std::int64_t seconds = 60;
    std::from_chars(wait.data(), wait.data() + wait.size(), seconds);
    paused_until_ = Clock::now() + std::clamp(std::chrono::seconds(seconds), kShortestPause, kLongestPause);
  }
  return Error{
      ErrorCode::kBadGateway, fit::format("the server answered with status {}", reply.status), {}, {}};
}

}  // namespace fit::monitor

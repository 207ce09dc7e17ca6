#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/clock.h"
#include "base/format.h"
#include "base/json.h"
#include "base/text.h"

namespace fit {
namespace {

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

constexpr std::size_t kMaxTextBytes = 1000;

// The end of a URL that begins before `at`.
std::size_t end_of_url(std::string_view text, std::size_t at) {
  return std::min(text.find_first_of(" \t\r\n\"'<>", at), text.size());
}

// The text in the form in which it is logged: URLs without user, password and query, which may be
// credentials, and at most kMaxTextBytes.
std::string loggable(std::string_view text) {
  const std::size_t whole = text.size();
  if (whole > kMaxTextBytes) text = utf8_prefix(text, kMaxTextBytes);
  std::string shown;
  while (true) {
    const std::size_t scheme = text.find("://");
    if (scheme == std::string_view::npos) break;
    const std::size_t host = scheme + 3;
    const std::string_view url = text.substr(0, end_of_url(text, host));
    const std::size_t authority_end = std::min(url.find_first_of("/?#", host), url.size());
    const std::size_t at = url.substr(0, authority_end).rfind('@');
    shown += url.substr(0, host);
    const std::size_t from = at == std::string_view::npos || at < host ? host : at;
    if (from != host) shown += "***";
    const std::size_t query = std::min(url.find_first_of("?#", from), url.size());
    shown += url.substr(from, query - from);
    if (query < url.size()) shown += "?***";
    text.remove_prefix(url.size());
  }
  shown += text;
  if (whole > kMaxTextBytes) shown += fit::format("... ({} bytes)", whole);
  return shown;
}

Json field_json(const LogField& field) {
  if (const auto* text = std::get_if<std::string>(&field.value)) return Json(loggable(*text));
  return std::visit([](const auto& value) { return Json(value); }, field.value);
}

// Simple words are written without quotes, other texts as JSON strings, which escape control characters.
std::string text_value(const LogField& field) {
  if (!std::holds_alternative<std::string>(field.value)) return dump_json(field_json(field));
  std::string text = loggable(std::get<std::string>(field.value));
  const bool bare = !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\';
  });
  return bare ? text : dump_json(Json(text));
}

std::string escape_controls(std::string_view text) {
  std::string quoted = dump_json(Json(text));
  return quoted.substr(1, quoted.size() - 2);
}

}  // namespace

struct Log::Sink {
  LogLevel level;
  LogFormat format;
  std::shared_ptr<spdlog::logger> logger;  // empty: drops all lines
};

Log::Log(LogLevel level, LogFormat format) : sink_(std::make_shared<Sink>()) {
  sink_->level = level;
  sink_->format = format;
  sink_->logger = std::make_shared<spdlog::logger>("fit", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  sink_->logger->set_level(spdlog::level::trace);
  sink_->logger->set_pattern("%v");
  sink_->logger->flush_on(spdlog::level::info);
}

Log Log::silent() {
  return Log(std::make_shared<Sink>(LogLevel::kError, LogFormat::kText, nullptr));
}

std::string Log::format_line(LogFormat format, LogLevel level, std::string_view time,
                             std::string_view message, LogFields fields) {
  if (format == LogFormat::kJson) {
    Json line = {{"time", time}, {"level", level_name(level)}, {"message", message}};
    for (const LogField& field : fields) line[std::string(field.name)] = field_json(field);
    return dump_json(line);
  }
  std::string line = fit::format("{} {:<7} {}", time, level_name(level), escape_controls(message));
  for (const LogField& field : fields) line += fit::format(" {}={}", field.name, text_value(field));
  return line;
}

void Log::write(LogLevel level, std::string_view message, LogFields fields) const {
  if (!sink_->logger || level < sink_->level) return;
  sink_->logger->info("{}", format_line(sink_->format, level, to_rfc3339(now()), message, fields));
}

void Log::debug(std::string_view message, LogFields fields) const {
  write(LogLevel::kDebug, message, fields);
}
void Log::info(std::string_view message, LogFields fields) const {
  write(LogLevel::kInfo, message, fields);
}
void Log::warning(std::string_view message, LogFields fields) const {
  write(LogLevel::kWarning, message, fields);
}
void Log::error(std::string_view message, LogFields fields) const {
  write(LogLevel::kError, message, fields);
}
void Log::error(std::string_view message, const Error& error) const {
  write(LogLevel::kError, message, {{"error", error.describe()}});
}

Result<LogLevel> parse_log_level(std::string_view field, std::string_view text) {
  for (const LogLevel level : {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError}) {
    if (text == level_name(level)) return level;
  }
  return invalid(std::string(field), "must be debug, info, warning or error");
}

Result<LogFormat> parse_log_format(std::string_view field, std::string_view text) {
  if (text == "text") return LogFormat::kText;
  if (text == "json") return LogFormat::kJson;
  return invalid(std::string(field), "must be text or json");
}

}  // namespace fit

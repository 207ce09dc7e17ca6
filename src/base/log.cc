#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <ranges>
#include <shared_mutex>
#include <vector>

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

}  // namespace

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

namespace {

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
  std::atomic<LogLevel> lowest;  // of all modules
  std::atomic<bool> is_alike;    // whether all modules have that level
  LogFormat format = LogFormat::kText;
  std::shared_ptr<spdlog::logger> logger;  // empty: drops all lines
  std::shared_mutex mutex;                 // guards what follows
  LogLevels levels;
  Observer observer;

  void set(LogLevels given) {
    const std::lock_guard lock(mutex);
    lowest = given.lowest();
    is_alike = given.modules.empty();
    levels = std::move(given);
  }
  bool drops(LogLevel level, std::string_view file) {
    if (!logger || level < lowest) return true;
    if (is_alike) return false;
    const std::shared_lock lock(mutex);
    return level < levels.of(module_of(file));
  }
};

Log::Log(LogLevels levels, LogFormat format) : sink_(std::make_shared<Sink>()) {
  sink_->set(std::move(levels));
  sink_->format = format;
  sink_->logger = std::make_shared<spdlog::logger>("fit", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  sink_->logger->set_level(spdlog::level::trace);
  sink_->logger->set_pattern("%v");
  sink_->logger->flush_on(spdlog::level::info);
}

Log Log::silent() {
  auto sink = std::make_shared<Sink>();
  sink->set(LogLevel::kError);
  return Log(std::move(sink));
}

std::string_view Log::module_of(std::string_view file) {
  constexpr std::string_view kSources = "/src/";
  const std::size_t sources = file.rfind(kSources);
  if (sources != std::string_view::npos) {
    file.remove_prefix(sources + kSources.size());
  } else if (file.starts_with(kSources.substr(1))) {
    file.remove_prefix(kSources.size() - 1);
  }
  const std::size_t name = file.rfind('/');
  return name == std::string_view::npos ? "main" : file.substr(0, name);
}

LogLevels Log::levels() const {
  const std::shared_lock lock(sink_->mutex);
  return sink_->levels;
}

void Log::set_levels(LogLevels levels) const {
  sink_->set(std::move(levels));
}

void Log::observe_errors(Observer observer) const {
  const std::lock_guard lock(sink_->mutex);
  sink_->observer = std::move(observer);
}

std::string Log::format_line(LogFormat format, LogLevel level, std::string_view time,
                             std::string_view message, std::span<const LogField> fields) {
  if (format == LogFormat::kJson) {
    Json line = {{"time", time}, {"level", level_name(level)}, {"message", message}};
    for (const LogField& field : fields) line[std::string(field.name)] = field_json(field);
    return dump_json(line);
  }
  std::string line = fit::format("{} {:<7} {}", time, level_name(level), escape_controls(message));
  for (const LogField& field : fields) line += fit::format(" {}={}", field.name, text_value(field));
  return line;
}

void Log::write(LogLevel level, std::string_view message, LogFields fields, const Place& place) const {
  const Work& work = current_work();
  if (level == LogLevel::kError) {
    const std::shared_lock lock(sink_->mutex);
    if (sink_->observer) {
      sink_->observer({.level = level,
                       .module = module_of(place.file_name()),
                       .message = message,
                       .fields = {fields.begin(), fields.size()},
                       .work = work});
    }
  }
  if (sink_->drops(level, place.file_name())) return;
  std::vector<LogField> all(fields);
  const bool has_id = std::ranges::contains(all, std::string_view("request_id"), &LogField::name);
  if (!has_id && !work.request_id.empty()) all.emplace_back("request_id", work.request_id);
  if (work.trace.has_trace()) all.emplace_back("trace_id", work.trace.trace_id());
  if (sink_->format == LogFormat::kJson) all.emplace_back("module", module_of(place.file_name()));
  sink_->logger->info("{}", format_line(sink_->format, level, to_rfc3339(now()), message, all));
}

void Log::debug(std::string_view message, LogFields fields, const Place& place) const {
  write(LogLevel::kDebug, message, fields, place);
}
void Log::info(std::string_view message, LogFields fields, const Place& place) const {
  write(LogLevel::kInfo, message, fields, place);
}
void Log::warning(std::string_view message, LogFields fields, const Place& place) const {
  write(LogLevel::kWarning, message, fields, place);
}
void Log::error(std::string_view message, LogFields fields, const Place& place) const {
  write(LogLevel::kError, message, fields, place);
}
void Log::error(std::string_view message, const Error& error, const Place& place) const {
  write(LogLevel::kError, message, {{"error", error.describe()}}, place);
}

Result<LogLevels> LogLevels::parse(std::string_view field, std::string_view text) {
  LogLevels levels;
  if (text.empty()) return parse_log_level(field, text).error();
  bool is_first = true;
  for (const auto range : std::views::split(text, ',')) {
    const std::string_view part = trim(std::string_view(range.begin(), range.end()));
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) {
      if (!is_first)
        return invalid(std::string(field), "must name a module before each further level: search=debug");
      FIT_TRY(levels.others, parse_log_level(field, part));
    } else {
      const std::string module(part.substr(0, equals));
      const bool is_module = !module.empty() && std::ranges::all_of(module, [](char c) {
        return (c >= 'a' && c <= 'z') || c == '/' || c == '_';
      });
      if (!is_module) return invalid(std::string(field), "must name a module, such as search, before each =");
      FIT_TRY(levels.modules[module], parse_log_level(field, part.substr(equals + 1)));
    }
    is_first = false;
  }
  return levels;
}

std::string LogLevels::text() const {
  std::string text(level_name(others));
  for (const auto& [module, level] : modules) text += fit::format(",{}={}", module, level_name(level));
  return text;
}

LogLevel LogLevels::of(std::string_view module) const {
  while (!module.empty()) {
    if (const auto found = modules.find(std::string(module)); found != modules.end()) return found->second;
    const std::size_t slash = module.rfind('/');
    module = slash == std::string_view::npos ? std::string_view() : module.substr(0, slash);
  }
  return others;
}

LogLevel LogLevels::lowest() const {
  LogLevel lowest = others;
  for (const auto& [module, level] : modules) lowest = std::min(lowest, level);
  return lowest;
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
  return invalid(std::string(field), "must be text, json or auto");
}

}  // namespace fit

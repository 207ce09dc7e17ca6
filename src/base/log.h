#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <source_location>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"
#include "base/result.h"
#include "base/trace.h"

namespace fit {

// The severity of a log line, ascending. A Log drops lines below its own level.
enum class LogLevel { kDebug, kInfo, kWarning, kError };
// The form of log lines: key=value text for terminals, or one JSON object a line.
enum class LogFormat { kText, kJson };

Result<LogLevel> parse_log_level(std::string_view field, std::string_view text);
Result<LogFormat> parse_log_format(std::string_view field, std::string_view text);

// The least severity of the lines that are written, for each module. A module is a folder of src/, and covers
// its sub-folders unless they are named themselves: "search", "ingest", "ingest/sources".
struct LogLevels {
  LogLevel others = LogLevel::kInfo;        // of the modules that `modules` does not name
  std::map<std::string, LogLevel> modules;  // by name

  LogLevels() = default;
  LogLevels(LogLevel level) : others(level) {}  // NOLINT(google-explicit-constructor): one level for all

  // Reads "info", and "info,search=debug,ingest/sources=warning". kInvalid naming `field`.
  static Result<LogLevels> parse(std::string_view field, std::string_view text);
  std::string text() const;  // as parse() reads it
  LogLevel of(std::string_view module) const;
  LogLevel lowest() const;
};

// One named value of a log line: {"item", 12}, {"took_ms", 3.5}, {"path", path}.
struct LogField {
  std::string_view name;
  std::variant<std::string, std::int64_t, double, bool> value;

  LogField(std::string_view n, std::string v) : name(n), value(std::move(v)) {}
  LogField(std::string_view n, std::string_view v) : name(n), value(std::string(v)) {}
  LogField(std::string_view n, const char* v) : name(n), value(std::string(v)) {}
  LogField(std::string_view n, bool v) : name(n), value(v) {}
  LogField(std::string_view n, double v) : name(n), value(v) {}
  template <std::integral T>
  LogField(std::string_view n, T v) : name(n), value(static_cast<std::int64_t>(v)) {}
};
using LogFields = std::initializer_list<LogField>;

// A line for an observer. Everything lives as long as the call.
struct LogLine {
  LogLevel level = LogLevel::kInfo;
  std::string_view module;  // that has written it
  std::string_view message;
  std::span<const LogField> fields;
  const Work& work;  // of the thread that has written it
};

// The text as lines show it: URLs without user, password and query, at most 1,000 bytes.
std::string loggable(std::string_view text);

// Writes structured lines to standard error. Copies share one sink. Thread-safe. Control characters in text
// are escaped, so that a client cannot forge a line. Texts of fields are truncated to 1,000 bytes, and user,
// password and query of URLs in them are replaced by "***", because they may be credentials. A line that a
// thread writes while it works for a request has request_id, and trace_id where the request is traced. The
// module of a line is the folder of the file that writes it.
class Log {
 public:
  using Place = std::source_location;

  Log(LogLevels levels, LogFormat format);
  static Log silent();  // drops everything; for tests

  void debug(std::string_view message, LogFields fields = {}, const Place& place = Place::current()) const;
  void info(std::string_view message, LogFields fields = {}, const Place& place = Place::current()) const;
  void warning(std::string_view message, LogFields fields = {}, const Place& place = Place::current()) const;
  void error(std::string_view message, LogFields fields = {}, const Place& place = Place::current()) const;
  void error(std::string_view message, const Error& error, const Place& place = Place::current()) const;

  // The levels that hold now, of all copies.
  LogLevels levels() const;
  void set_levels(LogLevels levels) const;

  // Calls `observer` for each line of the level kError from now on, whatever the levels are. It must be
  // thread-safe, must not block and must not log. An empty one ends this, and no call is in progress when
  // observe_errors() returns.
  using Observer = std::function<void(const LogLine&)>;
  void observe_errors(Observer observer) const;

  // The text of a line, without the line break.
  static std::string format_line(LogFormat format, LogLevel level, std::string_view time,
                                 std::string_view message, std::span<const LogField> fields);
  static std::string format_line(LogFormat format, LogLevel level, std::string_view time,
                                 std::string_view message, LogFields fields) {
    return format_line(format, level, time, message, std::span(fields.begin(), fields.size()));
  }
  // The module of a source file: "search" of ".../src/search/pages.cc".
  static std::string_view module_of(std::string_view file);

 private:
  struct Sink;
  explicit Log(std::shared_ptr<Sink> sink) : sink_(std::move(sink)) {}
  void write(LogLevel level, std::string_view message, LogFields fields, const Place& place) const;

  std::shared_ptr<Sink> sink_;
};

}  // namespace fit

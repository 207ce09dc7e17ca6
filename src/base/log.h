#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"
#include "base/result.h"

namespace fit {

// The severity of a log line, ascending. A Log drops lines below its own level.
enum class LogLevel { kDebug, kInfo, kWarning, kError };
// The form of log lines: key=value text for terminals, or one JSON object a line.
enum class LogFormat { kText, kJson };

Result<LogLevel> parse_log_level(std::string_view field, std::string_view text);
Result<LogFormat> parse_log_format(std::string_view field, std::string_view text);

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

// Writes structured lines to standard error. Copies share one sink. Thread-safe. Control characters in text
// are escaped, so that a client cannot forge a line. Texts of fields are truncated to 1,000 bytes, and user,
// password and query of URLs in them are replaced by "***", because they may be credentials.
class Log {
 public:
  Log(LogLevel level, LogFormat format);
  static Log silent();  // drops everything; for tests

  void debug(std::string_view message, LogFields fields = {}) const;
  void info(std::string_view message, LogFields fields = {}) const;
  void warning(std::string_view message, LogFields fields = {}) const;
  void error(std::string_view message, LogFields fields = {}) const;
  void error(std::string_view message, const Error& error) const;

  // The text of a line, without the line break.
  static std::string format_line(LogFormat format, LogLevel level, std::string_view time,
                                 std::string_view message, LogFields fields);

 private:
  struct Sink;
  explicit Log(std::shared_ptr<Sink> sink) : sink_(std::move(sink)) {}
  void write(LogLevel level, std::string_view message, LogFields fields) const;

  std::shared_ptr<Sink> sink_;
};

}  // namespace fit

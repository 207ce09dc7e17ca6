#include "base/env_file.h"

#include <algorithm>
#include <optional>

#include "base/files.h"
#include "base/format.h"
#include "base/text.h"

namespace fit {
namespace {

bool is_variable_name(std::string_view name) {
  const auto is_part = [](char c) {
    return c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  return !name.empty() && (name.front() < '0' || name.front() > '9') && std::ranges::all_of(name, is_part);
}

bool is_comment_or_nothing(std::string_view text) {
  text = trim(text);
  return text.empty() || text.front() == '#';
}

// The value behind its first quote; nullopt where it does not end, or where something follows it.
std::optional<std::string> quoted(char quote, std::string_view text) {
  std::string value;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == quote) {
      return is_comment_or_nothing(text.substr(at + 1)) ? std::optional(value) : std::nullopt;
    }
    if (quote == '"' && text[at] == '\\' && at + 1 < text.size()) {
      ++at;
      value += text[at] == 'n' ? '\n' : text[at];
    } else {
      value += text[at];
    }
  }
  return std::nullopt;
}

std::string bare(std::string_view text) {
  for (const std::string_view comment : {" #", "\t#"}) text = text.substr(0, text.find(comment));
  return std::string(trim(text));
}

}  // namespace

bool is_env_file(const std::filesystem::path& file) {
  const std::string name = file.filename();
  return name.ends_with(".env") || name.starts_with(".env.");
}

Result<std::map<std::string, std::string>> parse_env_file(const std::string& label, std::string_view text) {
  std::map<std::string, std::string> values;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (is_comment_or_nothing(line)) continue;
    if (line.starts_with("export ")) line = trim(line.substr(std::string_view("export").size()));
    const std::size_t equals = line.find('=');
    const std::string_view name = trim(line.substr(0, equals));
    if (equals == std::string_view::npos || !is_variable_name(name)) {
      return invalid(label, fit::format("line {}: must be NAME=VALUE", number));
    }
    const std::string_view rest = trim(line.substr(equals + 1));
    const bool has_quote = !rest.empty() && (rest.front() == '"' || rest.front() == '\'');
    const auto value = has_quote ? quoted(rest.front(), rest.substr(1)) : bare(line.substr(equals + 1));
    if (!value) return invalid(label, fit::format("line {}: has a quote without its end", number));
    values.insert_or_assign(to_lower(name), *value);
  }
  return values;
}

Result<std::map<std::string, std::string>> read_env_file(const std::filesystem::path& file) {
  FIT_TRY(const Bytes content, read_file(file, 1 << 20));
  return parse_env_file(file.string(), as_text(content));
}

}  // namespace fit

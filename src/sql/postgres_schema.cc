#include "sql/postgres_schema.h"

#include "base/format.h"
#include "sql/postgres_address.h"

namespace fit::sql {
namespace {

constexpr std::string_view kOptions = "options";
constexpr std::string_view kSetting = "-c search_path=\"";

std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool is_plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    encoded += is_plain ? std::string(1, c) : fit::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

}  // namespace

Result<std::string> with_schema(const std::string& url, std::string_view schema) {
  FIT_TRY(const PostgresAddress address, postgres_address(url));
  const auto given = address.find(std::string(kOptions));
  const std::string options =
      fit::format("{}{}{}\"", given == address.end() ? "" : given->second + " ", kSetting, schema);
  // Of an option that a URL has twice, the last value counts.
  return fit::format("{}{}{}={}", url, url.contains('?') ? "&" : "?", kOptions, percent_encoded(options));
}

std::string own_schema(const std::string& url) {
  const auto address = postgres_address(url);
  if (!address) return {};
  const auto options = address->find(std::string(kOptions));
  if (options == address->end() || !options->second.ends_with('"')) return {};
  const std::size_t start = options->second.rfind(kSetting);
  if (start == std::string::npos) return {};
  std::string schema = options->second.substr(start + kSetting.size());
  schema.pop_back();
  return schema;
}

std::string quoted_name(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"') text += '"';
    text += c;
  }
  return text + "\"";
}

}  // namespace fit::sql

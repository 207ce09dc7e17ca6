#include "http/message.h"

#include <algorithm>
#include <cctype>

namespace fit::http {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Percent-decodes a text. "+" becomes `plus`.
std::string percent_decode(std::string_view text, char plus) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size();
    const int high = escape ? hex_digit(text[i + 1]) : -1;
    const int low = escape ? hex_digit(text[i + 2]) : -1;
    if (high >= 0 && low >= 0) {
      decoded.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      decoded.push_back(text[i] == '+' ? plus : text[i]);
    }
  }
  return decoded;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

}  // namespace

std::string_view to_string(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kDelete:
      return "DELETE";
    case Method::kOptions:
      return "OPTIONS";
    case Method::kPatch:
      return "PATCH";
  }
  return "";
}

std::string_view Headers::get(std::string_view name) const {
  const auto found = std::ranges::find(fields_, name, [](const auto& field) { return field.first; });
  return found == fields_.end() ? std::string_view{} : found->second;
}

std::vector<std::string_view> Headers::get_all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [field, value] : fields_) {
    if (field == name) values.push_back(value);
  }
  return values;
}

std::string_view PathParameters::get(std::string_view name) const {
  const auto found =
      std::ranges::find(values_, name, [](const auto& value) -> std::string_view { return value.first; });
  return found == values_.end() ? std::string_view{} : std::string_view(found->second);
}

Response continue_on(RunOn run_on, std::function<Result<Response>(const Request&)> handler) {
  Response response;
  response.next = std::make_shared<const Continuation>(run_on, std::move(handler));
  return response;
}

Response json_response(const Json& value, int status) {
  return {.status = status, .content_type = "application/json", .body = dump_json(value), .headers = {}};
}

Response no_content() {
  return {.status = 204, .content_type = {}, .body = {}, .headers = {}};
}

std::vector<std::pair<std::string, std::string>> query_parameters(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    const auto end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    parameters.emplace_back(
        percent_decode(pair.substr(0, equals), ' '),
        equals == std::string_view::npos ? std::string{} : percent_decode(pair.substr(equals + 1), ' '));
  }
  return parameters;
}

std::optional<std::string> query_parameter(std::string_view query, std::string_view name) {
  for (auto& [known, value] : query_parameters(query)) {
    if (known == name) return std::move(value);
  }
  return std::nullopt;
}

std::string decode_path(std::string_view path) {
  return percent_decode(path, '+');
}

std::string media_type(std::string_view content_type) {
  return lower(trim(content_type.substr(0, content_type.find(';'))));
}

std::optional<std::string> header_parameter(std::string_view value, std::string_view name) {
  auto semicolon = value.find(';');
  while (semicolon != std::string_view::npos) {
    value.remove_prefix(semicolon + 1);
    const auto equals = value.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const bool wanted = lower(trim(value.substr(0, equals))) == name;
    value = value.substr(equals + 1);
    std::string content;
    if (value.starts_with('"')) {
      std::size_t i = 1;
      for (; i < value.size() && value[i] != '"'; ++i) {
        if (value[i] == '\\' && i + 1 < value.size()) ++i;
        content.push_back(value[i]);
      }
      semicolon = value.find(';', i);
    } else {
      semicolon = value.find(';');
      content = trim(value.substr(0, semicolon));
    }
    if (wanted) return content;
  }
  return std::nullopt;
}

}  // namespace fit::http

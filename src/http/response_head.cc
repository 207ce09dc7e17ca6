#include "http/response_head.h"

#include <array>
#include <ctime>

#include "http/problem.h"

namespace fit::http {
namespace {

void append_date(std::string& text, std::time_t time) {
  static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  std::array<char, 40> rest{};
  const std::size_t size = std::strftime(rest.data(), rest.size(), " %Y %H:%M:%S GMT", &parts);
  text += kDays.at(static_cast<std::size_t>(parts.tm_wday));
  text += parts.tm_mday < 10 ? ", 0" : ", ";
  text += std::to_string(parts.tm_mday);
  text += ' ';
  text += kMonths.at(static_cast<std::size_t>(parts.tm_mon));
  text.append(rest.data(), size);
}

void append_field(std::string& head, std::string_view name, std::string_view value) {
  head += name;
  head += ": ";
  for (const char c : value) head += static_cast<unsigned char>(c) < 0x20 && c != '\t' ? ' ' : c;
  head += "\r\n";
}

}  // namespace

std::string http_date(std::time_t time) {
  std::string text;
  append_date(text, time);
  return text;
}

bool has_no_body(int status) {
  return status == 204 || status == 304;
}

std::string response_head(const Response& response, std::uint64_t body_bytes, bool keeps_alive) {
  std::string head = "HTTP/1.1 ";
  head += std::to_string(response.status);
  head += ' ';
  head += reason_of(response.status);
  head += "\r\n";
  if (!has_no_body(response.status)) {
    if (!response.content_type.empty()) append_field(head, "Content-Type", response.content_type);
    append_field(head, "Content-Length", std::to_string(body_bytes));
  }
  head += "Date: ";
  append_date(head, std::time(nullptr));
  head += "\r\n";
  if (!keeps_alive) append_field(head, "Connection", "close");
  for (const auto& [name, value] : response.headers) append_field(head, name, value);
  head += "\r\n";
  return head;
}

}  // namespace fit::http

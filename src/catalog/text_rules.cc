#include "catalog/text_rules.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/format.h"
#include "base/text.h"

namespace fit::catalog {
namespace {

struct TextField {
  std::string_view name;
  std::string domain::Listing::* member;
  std::size_t max_bytes;
  bool line_breaks = false;
};

constexpr std::array<TextField, 9> kTextFields = {{
    {"source", &domain::Listing::source, kMaxSource},
    {"external_id", &domain::Listing::external_id, kMaxExternalId},
    {"title", &domain::Listing::title, kMaxTitle},
    {"description", &domain::Listing::description, kMaxDescription, true},
    {"brand", &domain::Listing::brand, kMaxBrand},
    {"currency", &domain::Listing::currency, 3},
    {"size", &domain::Listing::size, kMaxSize},
    {"url", &domain::Listing::url, kMaxUrl},
    {"status", &domain::Listing::status, 16},
}};

bool is_control(char c, bool line_breaks) {
  const auto byte = static_cast<unsigned char>(c);
  if (line_breaks && (c == '\n' || c == '\r' || c == '\t')) return false;
  return byte < 0x20 || byte == 0x7F;
}

Result<void> check_text(std::string_view name, std::string_view text, std::size_t max_bytes,
                        bool line_breaks) {
  if (text.size() > max_bytes) {
    return invalid(std::string(name), fit::format("must not be longer than {} bytes", max_bytes));
  }
  if (!is_utf8(text)) return invalid(std::string(name), "is not valid UTF-8");
  for (const char c : text) {
    if (is_control(c, line_breaks)) {
      return invalid(std::string(name), c == '\n' || c == '\r' ? "must not hold a line break"
                                                               : "must not hold control characters");
    }
  }
  return {};
}

Result<void> check_meaning(std::string_view name, std::string& text) {
  if (name == "currency") {
    const bool letters =
        std::ranges::all_of(text, [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; });
    if (text.size() != 3 || !letters) {
      return invalid("currency", "must be an ISO 4217 code of three letters such as USD");
    }
    for (char& c : text) c = static_cast<char>(c & ~0x20);
  } else if (name == "url" && !is_http_url(text)) {
    return invalid("url", "must begin with http:// or https://");
  } else if (name == "status") {
    text = to_lower(text);
    if (std::ranges::find(domain::kStatuses, text) == domain::kStatuses.end()) {
      return invalid("status", "must be one of active, reserved, sold, hidden, removed");
    }
  }
  return {};
}

}  // namespace

bool is_http_url(std::string_view text) {
  const std::string start = to_lower(text.substr(0, 8));
  return (start.starts_with("http://") && text.size() > 7) ||
         (start.starts_with("https://") && text.size() > 8);
}

Result<bool> set_text(domain::Listing& listing, std::string_view name, std::string_view raw) {
  const std::string_view text = trim(raw);
  for (const TextField& field : kTextFields) {
    if (field.name != name) continue;
    if (text.empty()) return true;
    FIT_CHECK(check_text(name, text, field.max_bytes, field.line_breaks));
    std::string value(text);
    FIT_CHECK(check_meaning(name, value));
    listing.*field.member = std::move(value);
    return true;
  }
  if (name == "listed_at") {
    if (text.empty()) return true;
    FIT_CHECK(check_text(name, text, 64, false));
    FIT_TRY(listing.listed_at, parse_rfc3339("listed_at", std::string(text)));
    return true;
  }
  const std::optional<std::size_t> property = domain::property_index(name);
  if (!property) return false;
  if (text.empty()) return true;
  FIT_CHECK(check_text(name, text, kMaxProperty, false));
  listing.properties[*property] = to_lower(text);
  return true;
}

Result<double> check_price(double price) {
  if (!std::isfinite(price)) return invalid("price", "must be a finite number");
  if (price < 0) return invalid("price", "must not be negative");
  if (price > kMaxPrice) return invalid("price", fit::format("must not be above {:.0f}", kMaxPrice));
  return price == 0 ? 0.0 : price;  // no negative zero
}

const std::string* find_text(const domain::Listing& listing, std::string_view name) {
  for (const TextField& field : kTextFields) {
    if (field.name == name) return &(listing.*field.member);
  }
  const std::optional<std::size_t> property = domain::property_index(name);
  return property ? &listing.properties[*property] : nullptr;
}

std::string* find_text(domain::Listing& listing, std::string_view name) {
  return const_cast<std::string*>(find_text(std::as_const(listing), name));
}

std::size_t max_text_bytes(std::string_view name) {
  for (const TextField& field : kTextFields) {
    if (field.name == name) return field.max_bytes;
  }
  return domain::property_index(name) ? kMaxProperty : 0;
}

}  // namespace fit::catalog

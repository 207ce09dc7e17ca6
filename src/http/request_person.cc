#include "http/request_person.h"

#include <algorithm>
#include <string>

namespace fit::http {
namespace {

constexpr std::string_view kDeviceHeader = "X-Device-Id";
constexpr std::size_t kDeviceDigits = 32;  // 128 bits

// Whether a search token names whom it is for: the id of its principal is "key:7/ann".
bool names_somebody(const Principal& caller) {
  const std::size_t slash = caller.id.find('/');
  return caller.has_token && slash != std::string::npos && slash + 1 < caller.id.size();
}

}  // namespace

std::optional<style::Person> account_of(const Principal& caller) {
  if (caller.user_id != 0) return style::Person::user(caller.user_id);
  if (names_somebody(caller) || caller.id.starts_with("sso:")) return style::Person::named(caller.id);
  return std::nullopt;
}

Result<style::Person> device_of(std::string_view field, std::string_view id) {
  const auto is_digit_of_id = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (id.size() != kDeviceDigits || !std::ranges::all_of(id, is_digit_of_id)) {
    return invalid(std::string(field), "must have 32 hexadecimal digits in lower case, drawn by the device");
  }
  return style::Person::device(id);
}

Result<void> check_may_have_taste(const Principal& caller, std::string_view field) {
  if (caller.excluded_fields == nullptr || caller.excluded_fields->empty()) return {};
  return Error{ErrorCode::kForbidden,
               "a taste reads all of an item, of which the token excludes fields",
               std::string(field),
               {}};
}

Result<std::optional<style::Person>> find_person(const Request& request) {
  if (auto account = account_of(request.principal)) return account;
  const std::string_view id = request.headers.get("x-device-id");
  if (id.empty()) return std::optional<style::Person>();
  FIT_TRY(style::Person device, device_of(kDeviceHeader, id));
  return std::optional<style::Person>(std::move(device));
}

Result<style::Person> person_of(const Request& request) {
  FIT_TRY(auto person, find_person(request));
  if (!person) {
    return invalid(std::string(kDeviceHeader), "is missing; sign in, or send the id of the device");
  }
  return *std::move(person);
}

}  // namespace fit::http

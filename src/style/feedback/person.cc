#include "style/feedback/person.h"

#include <algorithm>

namespace fit::style {
namespace {

constexpr std::size_t kMinDeviceBytes = 16;
constexpr std::size_t kMaxDeviceBytes = 100;

bool is_device_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

}  // namespace

Person Person::user(std::int64_t id) {
  return {Kind::kUser, "user:" + std::to_string(id)};
}

Person Person::named(std::string_view principal) {
  return {Kind::kNamed, std::string(principal)};
}

Result<Person> Person::device(std::string_view id) {
  if (id.size() < kMinDeviceBytes || id.size() > kMaxDeviceBytes ||
      !std::ranges::all_of(id, is_device_character)) {
    return invalid("device_id", "must have 16 to 100 letters, digits, \"-\" and \"_\"");
  }
  return Person(Kind::kDevice, "device:" + std::string(id));
}

}  // namespace fit::style

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace fit::style {

// Whose feedback it is: a user, somebody whom an API key or the sign-in provider names, or a device whose
// owner has not signed in.
class Person {
 public:
  enum class Kind : std::uint8_t { kUser, kNamed, kDevice };

  static Person user(std::int64_t id);
  // By the id of a principal (http/principal.h) that names one person, such as "key:7/ann".
  static Person named(std::string_view principal);
  // The id is a secret that the device has drawn: 16 to 100 letters, digits, "-" and "_". kInvalid naming
  // "device_id".
  static Result<Person> device(std::string_view id);

  Kind kind() const { return kind_; }
  bool is_device() const { return kind_ == Kind::kDevice; }
  // "user:3", "key:7/ann" or "device:ID", as in the table.
  const std::string& str() const { return text_; }

  friend bool operator==(const Person&, const Person&) = default;

 private:
  Person(Kind kind, std::string text) : kind_(kind), text_(std::move(text)) {}

  Kind kind_;
  std::string text_;
};

}  // namespace fit::style

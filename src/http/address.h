#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fit::http {

// An IPv4 or IPv6 address without port and zone. A value type.
class Address {
 public:
  // "192.0.2.7", "2001:db8::1"; an IPv6 address that carries an IPv4 address ("::ffff:192.0.2.7") is that
  // address. nullopt for other texts.
  static std::optional<Address> parse(std::string_view text);

  bool is_v4() const;
  // The IPv6 form; for IPv4 the mapped one.
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  std::string to_string() const;
  // Whether it is an address of the machine itself: 127.0.0.0/8, ::1.
  bool is_loopback() const;

  bool operator==(const Address&) const = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

}  // namespace fit::http

#include "http/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <span>

namespace fit::http {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::uint8_t kLoopback4 = 127;

}  // namespace

std::optional<Address> Address::parse(std::string_view text) {
  if (text.size() >= INET6_ADDRSTRLEN) return std::nullopt;
  const std::string terminated(text);
  if (terminated.contains('\0')) return std::nullopt;
  Address address;
  if (::inet_pton(AF_INET6, terminated.c_str(), address.bytes_.data()) == 1) return address;
  std::ranges::copy(kMapped, address.bytes_.begin());
  if (::inet_pton(AF_INET, terminated.c_str(), address.bytes_.data() + kMapped.size()) == 1) return address;
  return std::nullopt;
}

bool Address::is_v4() const {
  return std::ranges::equal(kMapped, std::span(bytes_).first<kMapped.size()>());
}

std::string Address::to_string() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_v4()) {
    ::inet_ntop(AF_INET, bytes_.data() + kMapped.size(), text.data(), text.size());
  } else {
    ::inet_ntop(AF_INET6, bytes_.data(), text.data(), text.size());
  }
  return text.data();
}

bool Address::is_loopback() const {
  if (is_v4()) return bytes_[kMapped.size()] == kLoopback4;
  return std::ranges::all_of(std::span(bytes_).first<15>(), [](std::uint8_t byte) { return byte == 0; }) &&
         bytes_.back() == 1;
}

}  // namespace fit::http

#include "http/request_ids.h"

#include <algorithm>
#include <cctype>
#include <random>

#include "base/bytes.h"
#include "base/format.h"
#include "base/hash.h"

namespace fit::http {
namespace {

constexpr std::size_t kMaxRequestId = 128;

}  // namespace

RequestIds::RequestIds() : seed_(std::random_device{}()) {
  seed_ = seed_ << 32 | std::random_device{}();
}

std::string RequestIds::next() {
  const std::uint64_t number = counter_.fetch_add(1);
  return fit::format("{:016x}", xxh3(std::as_bytes(std::span(&number, 1)), seed_));
}

std::string RequestIds::accept(std::string_view given) {
  const bool is_well_formed =
      !given.empty() && given.size() <= kMaxRequestId && std::ranges::all_of(given, [](unsigned char c) {
        return c < 128 && (std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.');
      });
  return is_well_formed ? std::string(given) : next();
}

}  // namespace fit::http

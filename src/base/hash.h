#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace fit {

// SHA-256 fed in pieces (FIPS 180-4). Not thread-safe; one object per digest.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(ByteView bytes);
  std::string hex();  // 64 lower-case digits; call once, at the end

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_hex(ByteView bytes);
Result<std::string> sha256_file_hex(const std::filesystem::path& path);

// SHA-1 in 40 lower-case digits, for protocols that require it; not for secrets.
std::string sha1_hex(ByteView bytes);

// XXH3-64: fast, for checksums against damage and for cache keys; not for secrets.
std::uint64_t xxh3(ByteView bytes, std::uint64_t seed = 0);

// XXH3-64 fed in pieces; equals xxh3() of the whole.
class Xxh3 {
 public:
  Xxh3();
  ~Xxh3();
  Xxh3(const Xxh3&) = delete;
  Xxh3& operator=(const Xxh3&) = delete;

  void update(ByteView bytes);
  std::uint64_t digest() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fit

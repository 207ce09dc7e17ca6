#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace fit::http {

// Makes ids for requests without one: 16 hex digits, random enough not to collide between processes.
// Thread-safe; does not block.
class RequestIds {
 public:
  RequestIds();
  std::string next();

  // Returns `given` when it is well-formed (1 to 128 letters, digits, "-", "_", "."), otherwise a new id.
  std::string accept(std::string_view given);

 private:
  std::uint64_t seed_;
  std::atomic<std::uint64_t> counter_{0};
};

}  // namespace fit::http

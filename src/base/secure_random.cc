#include "base/secure_random.h"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace fit {

Bytes secure_random(std::size_t size) {
  Bytes bytes(size);
  std::size_t filled = 0;
  while (filled < size) {
    const ssize_t got = ::getrandom(bytes.data() + filled, size - filled, 0);
    if (got > 0) {
      filled += static_cast<std::size_t>(got);
    } else if (errno != EINTR) {
      std::abort();  // a secret must not be guessable: without the system's random numbers there is none
    }
  }
  return bytes;
}

std::uint64_t secure_random_number() {
  std::uint64_t number = 0;
  std::memcpy(&number, secure_random(sizeof number).data(), sizeof number);
  return number;
}

double secure_random_share() {
  constexpr unsigned kKeptBits = 53;  // that a double has
  return static_cast<double>(secure_random_number() >> (64U - kKeptBits)) /
         static_cast<double>(std::uint64_t{1} << kKeptBits);
}

}  // namespace fit

#include "base/secure_random.h"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

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

}  // namespace fit

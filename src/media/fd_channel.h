#pragma once

#include <unistd.h>

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace fit::media {

// Owns a file descriptor and closes it when destroyed.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int number) : number_(number) {}
  Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Fd() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

// The two ends of a SOCK_SEQPACKET socket, which preserves message boundaries. Both are empty on failure, and
// errno is set.
std::pair<Fd, Fd> make_channel();

// Sends one message with up to two descriptors. Returns false on failure, and errno is set.
bool send_message(int socket, ByteView message, std::span<const int> fds);

// Waits for one message of exactly message.size() bytes and its descriptors. Returns nullopt when the other
// end is closed, on failure, and for a message of another size.
std::optional<std::vector<Fd>> receive_message(int socket, std::span<std::byte> message);

// An anonymous memory file (memfd) with this content; empty on failure, and errno is set.
Fd make_memory_file(ByteView content);

}  // namespace fit::media

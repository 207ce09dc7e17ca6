#pragma once

#include <unistd.h>

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace fit::media {

// A file descriptor, closed at the end.
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

// Two ends of a local socket that keeps messages whole; both empty on failure.
std::pair<Fd, Fd> make_channel();

// One message with up to two descriptors. False on failure, with errno.
bool send_message(int socket, ByteView message, std::span<const int> fds);

// Waits for one message of exactly message.size() bytes and its descriptors; nullopt at the other end's end,
// on failure, or for a message of another size.
std::optional<std::vector<Fd>> receive_message(int socket, std::span<std::byte> message);

// Anonymous memory with this content, as a descriptor.
Fd make_memory(ByteView content);

}  // namespace fit::media

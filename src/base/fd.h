#pragma once

#include <unistd.h>

#include <utility>

namespace fit {

// Owns a file descriptor and closes it when destroyed. Empty: -1, as system calls return it on failure.
// Closing changes errno.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int number) : number_(number) {}
  Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Fd() { close(); }

  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

  // Closes the descriptor now; does nothing when it is empty.
  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }

 private:
  int number_ = -1;
};

}  // namespace fit

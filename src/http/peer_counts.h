#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <mutex>

namespace fit::http {

// Counts the open connections of each peer, so that none takes them all. Thread-safe.
class PeerCounts {
 public:
  // What a peer is: an IPv4 address, or the first 64 bits of an IPv6 address, which one customer has to
  // himself.
  using Key = std::array<unsigned char, 16>;

  // At most `most` connections of one peer, and `most_together` of all.
  PeerCounts(std::size_t most, std::size_t most_together) : most_(most), most_together_(most_together) {}

  // False, without counting, when the peer or all have as many as they may.
  [[nodiscard]] bool try_add(const Key& peer) {
    const std::lock_guard lock(mutex_);
    if (together_ >= most_together_) return false;
    std::size_t& count = counts_[peer];
    if (count >= most_) return false;  // so that the entry is above 0 and stays
    ++count;
    ++together_;
    return true;
  }

  void remove(const Key& peer) {
    const std::lock_guard lock(mutex_);
    const auto entry = counts_.find(peer);
    if (--entry->second == 0) counts_.erase(entry);
    --together_;
  }

  std::size_t together() const {
    const std::lock_guard lock(mutex_);
    return together_;
  }

 private:
  const std::size_t most_;
  const std::size_t most_together_;
  mutable std::mutex mutex_;
  std::map<Key, std::size_t> counts_;
  std::size_t together_ = 0;
};

}  // namespace fit::http

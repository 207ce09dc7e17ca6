#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <mutex>

namespace fit::http {

// Counts the open connections of each peer and limits them, so that no peer can occupy all. Thread-safe.
class PeerCounts {
 public:
  // Identifies a peer: an IPv4 address, or the first 64 bits of an IPv6 address, which is the network of one
  // subscriber.
  using Key = std::array<unsigned char, 16>;

  // `most` is the limit for one peer, `most_together` the limit for all.
  PeerCounts(std::size_t most, std::size_t most_together) : most_(most), most_together_(most_together) {}

  // Counts a connection. Returns false and counts nothing when the peer or all peers have reached their
  // limit. A trusted proxy has no limit of its own.
  [[nodiscard]] bool try_add(const Key& peer, bool is_proxy) {
    const std::lock_guard lock(mutex_);
    if (together_ >= most_together_) return false;
    std::size_t& count = counts_[peer];
    // An entry at its limit is above 0, so that no empty entry is left.
    if (count >= most_ && !is_proxy) return false;
    ++count;
    ++together_;
    return true;
  }

  // Removes a connection that try_add() counted.
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

#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>

#include "base/result.h"
#include "blobs/blob_store.h"
#include "domain/records.h"
#include "store/catalogue.h"

namespace fit::catalog {

// How much a catalogue may hold, and what it holds as far as this process knows: its own writes are counted,
// and everything is counted again after half a minute, and before a write is refused, at most once a second.
// Writers that begin at the same moment may together go beyond a quota by what they write then. Thread-safe;
// calls may block. Borrows the catalogue and its originals.
class Quotas {
 public:
  // 0: no limit.
  struct Limits {
    std::int64_t items = 0;
    std::int64_t bytes = 0;  // of the images that the catalogue stores itself
  };
  Quotas(store::Catalogue& store, const blobs::BlobStore& originals) : store_(store), originals_(originals) {}

  void set(const Limits& limits);

  // kForbidden naming the quota when the catalogue would then have more items; the errors of the store.
  Result<void> check_items(std::span<const domain::ItemWrite> items);
  // kStorageFull naming the quota when the images would then have more bytes; the errors of the blobs.
  Result<void> check_bytes(std::size_t size_bytes);

  // Count a write of this process.
  void note_items(std::int64_t added);
  void note_bytes(std::size_t size_bytes);

 private:
  using Clock = std::chrono::steady_clock;
  // A number that is counted again now and then.
  struct Count {
    std::optional<std::int64_t> value;  // nullopt: not counted yet
    Clock::time_point counted_at{};

    bool is_older_than(Clock::duration age) const { return !value || Clock::now() - counted_at >= age; }
    void set(std::int64_t counted) {
      value = counted;
      counted_at = Clock::now();
    }
  };

  Result<std::int64_t> new_items(std::span<const domain::ItemWrite> items);
  Result<void> count_items();
  Result<void> count_bytes();

  store::Catalogue& store_;
  const blobs::BlobStore& originals_;
  std::mutex mutex_;  // guards the following
  Limits limits_;
  Count items_;
  Count bytes_;
};

}  // namespace fit::catalog

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.h"
#include "embed/embedder.h"
#include "media/image.h"
#include "search/query.h"

namespace fit::search {

// What several queries with one photo (Query::shared_photo) have computed from it, so that each model embeds
// it once. Queries that need the same thing at the same time wait for the first one. Thread-safe.
class SharedPhoto {
 public:
  // The vector of one model under one set of limits, from `embed` the first time. A failure is kept too.
  Result<embed::Vector> vector(const embed::Space& space, const media::Limits& limits,
                               const std::function<Result<embed::Vector>()>& embed);
  // The perceptual hash of the photo decoded for a short side, from `hash` the first time.
  Result<std::uint64_t> hash(int short_side, const std::function<Result<std::uint64_t>()>& hash);

 private:
  template <class T>
  struct Slot {
    std::mutex mutex;  // held while the value is computed
    std::optional<Result<T>> value;
  };
  template <class Key, class T>
  using Slots = std::map<Key, std::shared_ptr<Slot<T>>>;

  template <class Key, class T>
  Result<T> value_of(Slots<Key, T>& slots, const Key& key, const std::function<Result<T>()>& compute);

  std::mutex mutex_;
  Slots<std::string, embed::Vector> vectors_;  // by the space and the limits
  Slots<int, std::uint64_t> hashes_;
};

// The vector of the query's photo: Embedder::embed_file(), once for all queries that share the photo. Its
// errors.
Result<embed::Vector> photo_vector(const Query& query, embed::Embedder& embedder,
                                   const media::Limits& limits);

// The perceptual hash of the query's photo, decoded for a short side. The errors of media::decode().
Result<std::uint64_t> photo_hash(const Query& query, int short_side, const media::Limits& limits);

}  // namespace fit::search

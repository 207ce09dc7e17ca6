#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.h"
#include "embed/detector.h"
#include "embed/embedder.h"
#include "media/crop.h"
#include "search/query.h"

namespace fit::search {

// What several queries with one photo (Query::shared_photo), or the steps of one query that searches with a
// part of it, have computed from it, so that each model embeds it once and it is decoded once for each
// reduction. Who needs the same thing at the same time waits for the first one. Thread-safe.
class SharedPhoto {
 public:
  // The vector of one model under one set of limits, from `embed` the first time. A failure is kept too.
  Result<embed::Vector> vector(const embed::Space& space, const media::Limits& limits,
                               const std::function<Result<embed::Vector>()>& embed);
  // The garments in the photo under one set of limits, from `detect` the first time.
  Result<embed::Detection> garments(const media::Limits& limits,
                                    const std::function<Result<embed::Detection>()>& detect);
  // The perceptual hash of the photo decoded for a short side, from `hash` the first time.
  Result<std::uint64_t> hash(int short_side, const std::function<Result<std::uint64_t>()>& hash);
  // The whole photo as media::decode() returns it for this short side, from `decode` the first time. Only the
  // last one is kept: another reduction replaces it. A failure is not kept.
  using Pixels = std::shared_ptr<const media::Image>;
  Result<Pixels> pixels(const media::ImageInfo& info, int short_side, const media::Limits& limits,
                        const std::function<Result<media::Image>()>& decode);

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
  Slots<std::string, embed::Vector> vectors_;      // by the space and the limits
  Slots<std::string, embed::Detection> garments_;  // by the limits
  Slots<int, std::uint64_t> hashes_;
  std::mutex pixels_mutex_;  // held while the photo is decoded
  std::string pixels_key_;   // the reduction and the limits of pixels_
  Pixels pixels_;
};

// The vector of the query's photo, or of `box` of it with the margin kPhotoMargin: Embedder::embed_file() or
// embed_images(), once for all queries that share the photo, which name the same part. Their errors, and
// those of media::decode().
Result<embed::Vector> photo_vector(const Query& query, const std::optional<media::Box>& box,
                                   embed::Embedder& embedder, const media::Limits& limits);

// The garments in the query's photo, once for all queries that share it. The errors of media::decode() and of
// Detector::detect().
Result<embed::Detection> photo_garments(const Query& query, const embed::Detector& detector,
                                        const media::Limits& limits);

// The perceptual hash of the query's photo, decoded for a short side, or of `box` of it with the margin
// kPhotoMargin. The errors of media::decode().
Result<std::uint64_t> photo_hash(const Query& query, const std::optional<media::Box>& box, int short_side,
                                 const media::Limits& limits);

}  // namespace fit::search

#include "search/shared_photo.h"

#include "base/format.h"

namespace fit::search {
namespace {

std::string key_of(const media::Limits& limits) {
  return fit::format("{} {} {} {}", limits.max_bytes, limits.max_pixels, limits.max_side, limits.min_side);
}

std::string key_of(const embed::Space& space, const media::Limits& limits) {
  return fit::format("{}\n{}\n", space.name, space.version) + key_of(limits);
}

bool is_whole(const std::optional<media::Box>& box) {
  return !box || *box == media::Box{};
}

// The whole photo for a short side, decoded once for queries and steps that share it.
Result<SharedPhoto::Pixels> photo_pixels(const Query& query, const media::ImageInfo& info, int short_side,
                                         const media::Limits& limits) {
  const auto decode = [&] { return media::decode(query.image_field, query.image, short_side, limits); };
  if (query.shared_photo) return query.shared_photo->pixels(info, short_side, limits, decode);
  FIT_TRY(media::Image image, decode());
  return std::make_shared<const media::Image>(std::move(image));
}

Result<media::Image> decode_part(const Query& query, const media::Box& box, int short_side,
                                 const media::Limits& limits) {
  if (is_whole(box)) return media::decode(query.image_field, query.image, short_side, limits);
  const media::Box part = media::with_margin(box, kPhotoMargin);
  FIT_TRY(const media::ImageInfo info, media::probe(query.image_field, query.image, limits));
  FIT_TRY(const SharedPhoto::Pixels whole,
          photo_pixels(query, info, media::short_side_of_whole(info, part, short_side), limits));
  return media::crop(*whole, part);
}

Result<embed::Detection> detect_in(const Query& query, const embed::Detector& detector,
                                   const media::Limits& limits) {
  FIT_TRY(const media::ImageInfo info, media::probe(query.image_field, query.image, limits));
  FIT_TRY(const SharedPhoto::Pixels whole, photo_pixels(query, info, detector.short_side(info), limits));
  return detector.detect(*whole, info);
}

Result<embed::Vector> embed_part(const Query& query, const media::Box& box, embed::Embedder& embedder,
                                 const media::Limits& limits) {
  FIT_TRY(const media::Image part, decode_part(query, box, embedder.image_short_side(), limits));
  FIT_TRY(auto vectors, embedder.embed_images(std::span(&part, 1)));
  return std::move(vectors.front());
}

}  // namespace

template <class Key, class T>
Result<T> SharedPhoto::value_of(Slots<Key, T>& slots, const Key& key,
                                const std::function<Result<T>()>& compute) {
  std::shared_ptr<Slot<T>> slot;
  {
    const std::lock_guard lock(mutex_);
    auto& known = slots[key];
    if (!known) known = std::make_shared<Slot<T>>();
    slot = known;
  }
  const std::lock_guard lock(slot->mutex);
  if (!slot->value) slot->value = compute();
  return *slot->value;
}

Result<embed::Vector> SharedPhoto::vector(const embed::Space& space, const media::Limits& limits,
                                          const std::function<Result<embed::Vector>()>& embed) {
  return value_of(vectors_, key_of(space, limits), embed);
}

Result<std::uint64_t> SharedPhoto::hash(int short_side, const std::function<Result<std::uint64_t>()>& hash) {
  return value_of(hashes_, short_side, hash);
}

Result<embed::Detection> SharedPhoto::garments(const media::Limits& limits,
                                               const std::function<Result<embed::Detection>()>& detect) {
  return value_of(garments_, key_of(limits), detect);
}

Result<SharedPhoto::Pixels> SharedPhoto::pixels(const media::ImageInfo& info, int short_side,
                                                const media::Limits& limits,
                                                const std::function<Result<media::Image>()>& decode) {
  const std::string key = fit::format("{}\n", media::reduction(info, short_side)) + key_of(limits);
  const std::lock_guard lock(pixels_mutex_);
  if (pixels_ && pixels_key_ == key) return pixels_;
  pixels_.reset();  // before another one takes memory
  FIT_TRY(media::Image image, decode());
  pixels_ = std::make_shared<const media::Image>(std::move(image));
  pixels_key_ = key;
  return pixels_;
}

Result<embed::Vector> photo_vector(const Query& query, const std::optional<media::Box>& box,
                                   embed::Embedder& embedder, const media::Limits& limits) {
  const auto embed = [&] {
    return is_whole(box) ? embedder.embed_file(query.image_field, query.image, limits)
                         : embed_part(query, *box, embedder, limits);
  };
  return query.shared_photo ? query.shared_photo->vector(embedder.space(), limits, embed) : embed();
}

Result<embed::Detection> photo_garments(const Query& query, const embed::Detector& detector,
                                        const media::Limits& limits) {
  const auto detect = [&] { return detect_in(query, detector, limits); };
  return query.shared_photo ? query.shared_photo->garments(limits, detect) : detect();
}

Result<std::uint64_t> photo_hash(const Query& query, const std::optional<media::Box>& box, int short_side,
                                 const media::Limits& limits) {
  const auto hash = [&]() -> Result<std::uint64_t> {
    FIT_TRY(const media::Image photo, decode_part(query, box.value_or(media::Box{}), short_side, limits));
    return media::perceptual_hash(photo);
  };
  return query.shared_photo ? query.shared_photo->hash(short_side, hash) : hash();
}

}  // namespace fit::search

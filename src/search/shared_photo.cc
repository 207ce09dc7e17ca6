#include "search/shared_photo.h"

#include "base/format.h"

namespace fit::search {
namespace {

std::string key_of(const embed::Space& space, const media::Limits& limits) {
  return fit::format("{}\n{}\n{} {} {} {}", space.name, space.version, limits.max_bytes, limits.max_pixels,
                     limits.max_side, limits.min_side);
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

Result<embed::Vector> photo_vector(const Query& query, embed::Embedder& embedder,
                                   const media::Limits& limits) {
  const auto embed = [&] { return embedder.embed_file(query.image_field, query.image, limits); };
  return query.shared_photo ? query.shared_photo->vector(embedder.space(), limits, embed) : embed();
}

Result<std::uint64_t> photo_hash(const Query& query, int short_side, const media::Limits& limits) {
  const auto hash = [&]() -> Result<std::uint64_t> {
    FIT_TRY(const media::Image photo, media::decode(query.image_field, query.image, short_side, limits));
    return media::perceptual_hash(photo);
  };
  return query.shared_photo ? query.shared_photo->hash(short_side, hash) : hash();
}

}  // namespace fit::search

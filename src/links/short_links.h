#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "sql/database.h"

namespace fit::links {

// A search that somebody shares by a short address.
struct ShortLink {
  std::string code;
  std::string owner;                      // "user:3", "key:7", "device:ID"; empty: nobody in particular
  std::string query;                      // as POST /api/v1/search takes it, without a photo; a JSON object
  std::optional<ItemId> first_item = {};  // that the search found at first; it may be gone
  bool has_photo = false;
  Timestamp created_at = {};
  Timestamp expires_at = {};
};

// A search that is to be shared. Borrows the photo.
struct NewShortLink {
  std::string owner;
  std::string query;
  std::optional<ItemId> first_item = {};
  ByteView photo = {};  // JPEG; empty: none
};

// How many links a catalogue keeps. Links that are made at the same moment may together go beyond a limit.
struct ShortLinkLimits {
  std::int64_t of_owner = 500;         // of one user, key or device
  std::int64_t of_strangers = 20'000;  // of devices and of nobody in particular, together
  std::int64_t all = 100'000;
  std::int64_t photo_bytes = 1LL << 30;  // of all photos
};

// Whether a text has the form of a code: 13 of 32 letters and digits, 65 random bits. 0, 1, l and o are none
// of them.
bool is_short_code(std::string_view text);

// The short links of one catalogue. A link ends after kPhotoLifetime with a photo, otherwise after kLifetime;
// from then on it is unknown. Thread-safe; calls block. Errors besides those named: as for sql::Database.
class ShortLinks {
 public:
  static constexpr std::chrono::days kPhotoLifetime{30};
  static constexpr std::chrono::days kLifetime{365};

  explicit ShortLinks(sql::Database& database, const ShortLinkLimits& limits = {})
      : database_(database), limits_(limits) {}

  // kConflict when the owner has as many links as one may have, kStorageFull when all together have.
  Result<ShortLink> create(const NewShortLink& link, Timestamp time = now());

  // kNotFound for a text that is no code, and for an unknown or expired one, with one message.
  Result<ShortLink> get(std::string_view code, Timestamp time = now());
  // As get(); kNotFound also for a link without a photo.
  Result<Bytes> photo(std::string_view code, Timestamp time = now());

  // The links of an owner that have not expired, the latest first.
  Result<std::vector<ShortLink>> list(std::string_view owner, Timestamp time = now());
  // Removes a link of that owner. kNotFound as get(), and for one of somebody else; nobody owns a link
  // whose owner is empty.
  Result<void> remove(std::string_view code, std::string_view owner);

  // The ids of users who have links, and the removal of all links of an owner.
  Result<std::vector<std::int64_t>> users();
  Result<void> remove_all(std::string_view owner);

  // Removes at most `limit` links that have expired, with their photos. Returns how many.
  Result<std::int64_t> prune(Timestamp time, std::size_t limit);
  // Whether there is a link that has expired.
  static Result<bool> has_expired(sql::SqlConnection& connection, Timestamp time);

 private:
  sql::Database& database_;
  const ShortLinkLimits limits_;
};

}  // namespace fit::links

#include "links/short_links.h"

#include <algorithm>
#include <charconv>

#include "base/format.h"
#include "base/secure_random.h"
#include "sql/sql_times.h"

namespace fit::links {
namespace {

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;
using sql::SqlValue;
using sql::ticks;

constexpr std::string_view kCodeDigits = "abcdefghijkmnpqrstuvwxyz23456789";  // five bits each
static_assert(kCodeDigits.size() == 32);
constexpr std::size_t kCodeLength = 13;
constexpr std::string_view kUserPrefix = "user:";
constexpr std::string_view kDevicePrefix = "device:";

constexpr std::string_view kSelect =
    "SELECT code, owner, query, first_item_id, photo_bytes, created_at, expires_at FROM short_links WHERE ";

Error no_such_link() {
  return not_found("there is no such link, or it has expired");
}

std::string make_code() {
  std::string code;
  for (const auto byte : secure_random(kCodeLength)) {
    code += kCodeDigits[static_cast<unsigned char>(byte) % kCodeDigits.size()];
  }
  return code;
}

ShortLink read_link(const SqlRow& row) {
  ShortLink link{.code = std::string(row.text(0)),
                 .owner = std::string(row.text(1)),
                 .query = std::string(row.text(2)),
                 .has_photo = row.integer(4) > 0,
                 .created_at = sql::time_at(row, 5),
                 .expires_at = sql::time_at(row, 6)};
  if (!row.is_null(3)) link.first_item = ItemId{row.integer(3)};
  return link;
}

Result<std::vector<ShortLink>> select_links(SqlConnection& connection, std::string_view condition,
                                            std::initializer_list<SqlValue> values) {
  std::vector<ShortLink> links;
  FIT_CHECK(connection.query(fit::format("{}{}", kSelect, condition), values,
                             [&links](const SqlRow& row) { links.push_back(read_link(row)); }));
  return links;
}

bool is_stranger(std::string_view owner) {
  return owner.empty() || owner.starts_with(kDevicePrefix);
}

Error too_many(std::int64_t most) {
  return {ErrorCode::kConflict, fit::format("there are {} short links already, the most", most), {}, {}};
}

Error no_room() {
  return {
      ErrorCode::kStorageFull, "there is no room for another short link; try again in a few days", {}, {}};
}

Result<std::int64_t> count_links(SqlConnection& connection, std::string_view sql,
                                 std::initializer_list<SqlValue> values) {
  FIT_TRY(const auto count, connection.query_integer(sql, values));
  return count.value_or(0);
}

Result<void> check_room(SqlConnection& connection, const ShortLinkLimits& limits, const NewShortLink& link) {
  const std::string_view owner = link.owner;
  if (!owner.empty()) {
    FIT_TRY(const std::int64_t own,
            count_links(connection, "SELECT COUNT(*) FROM short_links WHERE owner = $1", {owner}));
    if (own >= limits.of_owner) return too_many(limits.of_owner);
  }
  FIT_TRY(const std::int64_t all, count_links(connection, "SELECT COUNT(*) FROM short_links", {}));
  if (all >= limits.all) return no_room();
  if (is_stranger(owner) && all >= limits.of_strangers) {
    FIT_TRY(const std::int64_t strangers,
            count_links(connection,
                        "SELECT COUNT(*) FROM short_links WHERE owner = '' OR owner LIKE 'device:%'", {}));
    if (strangers >= limits.of_strangers) return no_room();
  }
  if (link.photo.empty()) return {};
  FIT_TRY(
      const std::int64_t bytes,
      count_links(connection, "SELECT CAST(COALESCE(SUM(photo_bytes), 0) AS BIGINT) FROM short_links", {}));
  if (bytes + static_cast<std::int64_t>(link.photo.size()) > limits.photo_bytes) return no_room();
  return {};
}

}  // namespace

bool is_short_code(std::string_view text) {
  return text.size() == kCodeLength &&
         std::ranges::all_of(text, [](char c) { return kCodeDigits.contains(c); });
}

Result<ShortLink> ShortLinks::create(const NewShortLink& link, Timestamp time) {
  const std::string code = make_code();
  const Timestamp expires_at = time + (link.photo.empty() ? kLifetime : kPhotoLifetime);
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<ShortLink> {
    FIT_CHECK(check_room(connection, limits_, link));
    FIT_CHECK(connection.execute(
        "INSERT INTO short_links (code, owner, query, first_item_id, photo_bytes, created_at, expires_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7)",
        {std::string_view(code), std::string_view(link.owner), std::string_view(link.query),
         link.first_item ? SqlValue(link.first_item->value) : SqlValue(),
         static_cast<std::int64_t>(link.photo.size()), ticks(time), ticks(expires_at)}));
    if (!link.photo.empty()) {
      FIT_CHECK(connection.execute("INSERT INTO short_link_photos (code, photo) VALUES ($1, $2)",
                                   {std::string_view(code), link.photo}));
    }
    return ShortLink{.code = code,
                     .owner = link.owner,
                     .query = link.query,
                     .first_item = link.first_item,
                     .has_photo = !link.photo.empty(),
                     .created_at = time,
                     .expires_at = expires_at};
  });
}

Result<ShortLink> ShortLinks::get(std::string_view code, Timestamp time) {
  if (!is_short_code(code)) return no_such_link();
  FIT_TRY(auto links, database_.read([&](SqlConnection& connection) {
    return select_links(connection, "code = $1 AND expires_at > $2", {code, ticks(time)});
  }));
  if (links.empty()) return no_such_link();
  return std::move(links.front());
}

Result<Bytes> ShortLinks::photo(std::string_view code, Timestamp time) {
  if (!is_short_code(code)) return no_such_link();
  Bytes photo;
  FIT_CHECK(database_.read([&](SqlConnection& connection) {
    photo.clear();  // the work may be repeated
    return connection.query(
        "SELECT p.photo FROM short_link_photos p JOIN short_links l ON l.code = p.code WHERE l.code = $1 AND "
        "l.expires_at > $2",
        {code, ticks(time)}, [&photo](const SqlRow& row) {
          const ByteView bytes = row.blob(0);
          photo.assign(bytes.begin(), bytes.end());
        });
  }));
  if (photo.empty()) return no_such_link();
  return photo;
}

Result<std::vector<ShortLink>> ShortLinks::list(std::string_view owner, Timestamp time) {
  return database_.read([&](SqlConnection& connection) {
    return select_links(connection, "owner = $1 AND expires_at > $2 ORDER BY created_at DESC, code",
                        {owner, ticks(time)});
  });
}

Result<void> ShortLinks::remove(std::string_view code, std::string_view owner) {
  if (!is_short_code(code) || owner.empty()) return no_such_link();
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_TRY(const std::int64_t removed,
            connection.execute("DELETE FROM short_links WHERE code = $1 AND owner = $2", {code, owner}));
    if (removed == 0) return no_such_link();
    return {};
  });
}

Result<std::vector<std::int64_t>> ShortLinks::users() {
  std::vector<std::int64_t> ids;
  FIT_CHECK(database_.read([&ids](SqlConnection& connection) {
    ids.clear();  // the work may be repeated
    return connection.query("SELECT DISTINCT owner FROM short_links WHERE owner LIKE 'user:%'", {},
                            [&ids](const SqlRow& row) {
                              const std::string_view digits = row.text(0).substr(kUserPrefix.size());
                              std::int64_t id = 0;
                              std::from_chars(digits.data(), digits.data() + digits.size(), id);
                              if (id > 0) ids.push_back(id);
                            });
  }));
  return ids;
}

Result<void> ShortLinks::remove_all(std::string_view owner) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(connection.execute("DELETE FROM short_links WHERE owner = $1", {owner}));
    return {};
  });
}

Result<std::int64_t> ShortLinks::prune(Timestamp time, std::size_t limit) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) {
    return connection.execute(
        "DELETE FROM short_links WHERE code IN (SELECT code FROM short_links WHERE expires_at <= $1 ORDER BY "
        "expires_at LIMIT $2)",
        {ticks(time), sql::sql_limit(limit)});
  });
}

Result<bool> ShortLinks::has_expired(SqlConnection& connection, Timestamp time) {
  FIT_TRY(const auto found, connection.query_integer(
                                "SELECT 1 FROM short_links WHERE expires_at <= $1 LIMIT 1", {ticks(time)}));
  return found.has_value();
}

}  // namespace fit::links

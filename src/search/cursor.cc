#include "search/cursor.h"

#include <cmath>
#include <cstring>

#include "base/base64.h"
#include "base/byte_stream.h"
#include "base/hash.h"

namespace fit::search {
namespace {

constexpr std::uint64_t kSeed = 0x6669743a;  // change it with the format
constexpr std::size_t kBytes = 1 + 1 + 8 + 8 + 4 + 8 + 8 + 8 + 8 + kFusionCodeBytes;

template <class T>
T take(ByteView& bytes) {
  T value{};
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes = bytes.subspan(sizeof value);
  return value;
}

}  // namespace

bool comes_before(const SortKey& a, const SortKey& b) {
  if (a.tier != b.tier) return a.tier < b.tier;
  if (a.is_behind_fused != b.is_behind_fused) return b.is_behind_fused;
  return a.score != b.score ? a.score > b.score : a.item < b.item;
}

SortKey sorted_key(const domain::SortedItem& item) {
  return {.tier = static_cast<KindTier>(item.value.group), .score = item.value.value, .item = item.item};
}

domain::SortedItem sorted_item(const SortKey& key) {
  return {.value = {static_cast<domain::SortValue::Group>(key.tier), key.score}, .item = key.item};
}

std::string encode_cursor(const Cursor& cursor) {
  ByteWriter writer;
  writer.put(static_cast<std::uint8_t>(cursor.last.tier));
  writer.put(static_cast<std::uint8_t>(cursor.last.is_behind_fused));
  writer.put(cursor.last.score);
  writer.put(cursor.last.item.value);
  writer.put(cursor.returned);
  writer.put(cursor.query);
  writer.put(cursor.space);
  writer.put(cursor.taste_at);
  writer.put(cursor.rates);
  put(writer, cursor.fusion);
  writer.put(static_cast<std::uint32_t>(xxh3(writer.bytes(), kSeed)));
  return encode_base64(writer.bytes());
}

Result<Cursor> decode_cursor(std::string_view text) {
  const Error broken = invalid("cursor", "is not one that this server gave; leave it out for the first page");
  const auto bytes = decode_base64("cursor", text, kBytes + 4);
  if (!bytes || bytes->size() != kBytes + 4 || encode_base64(*bytes) != text) return broken;
  ByteView rest(*bytes);
  const auto expected = static_cast<std::uint32_t>(xxh3(rest.first(kBytes), kSeed));
  Cursor cursor;
  const auto tier = take<std::uint8_t>(rest);
  const auto is_behind_fused = take<std::uint8_t>(rest);
  cursor.last.tier = static_cast<KindTier>(tier);
  cursor.last.is_behind_fused = is_behind_fused != 0;
  cursor.last.score = take<double>(rest);
  cursor.last.item.value = take<std::int64_t>(rest);
  cursor.returned = take<std::uint32_t>(rest);
  cursor.query = take<std::uint64_t>(rest);
  cursor.space = take<std::int64_t>(rest);
  cursor.taste_at = take<std::int64_t>(rest);
  cursor.rates = take<std::uint64_t>(rest);
  const auto fusion = take_fusion_code(rest);
  constexpr auto kLastTier = static_cast<std::uint8_t>(KindTier::kOtherKind);
  if (take<std::uint32_t>(rest) != expected || tier > kLastTier || is_behind_fused > 1 ||
      std::isnan(cursor.last.score) || cursor.taste_at < 0 || !fusion) {
    return broken;
  }
  cursor.fusion = *fusion;
  return cursor;
}

}  // namespace fit::search

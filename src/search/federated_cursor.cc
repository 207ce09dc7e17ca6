#include "search/federated_cursor.h"

#include "base/base64.h"
#include "base/byte_stream.h"
#include "base/hash.h"

namespace fit::search {
namespace {

constexpr std::uint64_t kFederatedSeed = 0x66697435;  // change it with the format
constexpr std::size_t kMaxBytes = 1 << 20;
constexpr std::size_t kLeastPositionBytes = 17;  // two lengths and a flag

}  // namespace

std::string encode_cursor(const FederatedCursor& cursor) {
  ByteWriter inner;
  inner.put(cursor.query);
  inner.put(static_cast<std::uint8_t>(cursor.order));
  inner.put(std::uint64_t{cursor.positions.size()});
  for (const auto& [tenant, position, is_done] : cursor.positions) {
    inner.put_text(tenant);
    inner.put_text(encode_cursor(position));
    inner.put(static_cast<std::uint8_t>(is_done));
  }
  ByteWriter writer;
  writer.put_bytes(inner.bytes());
  writer.put(xxh3(inner.bytes(), kFederatedSeed));
  return encode_base64(writer.bytes());
}

Result<FederatedCursor> decode_federated_cursor(std::string_view text) {
  const Error broken = invalid(
      "cursor", "is not one that this server gave for several tenants; leave it out for the first page");
  const auto bytes = decode_base64("cursor", text, kMaxBytes);
  if (!bytes || encode_base64(*bytes) != text) return broken;
  ByteReader reader(*bytes);
  const ByteView inner = reader.get_bytes();
  const auto expected = reader.get<std::uint64_t>();
  if (!reader.is_done() || xxh3(inner, kFederatedSeed) != expected) return broken;
  ByteReader from(inner);
  FederatedCursor cursor;
  cursor.query = from.get<std::uint64_t>();
  const auto order = from.get<std::uint8_t>();
  cursor.order = static_cast<MergeOrder>(order);
  const std::size_t count = from.get_count(kLeastPositionBytes);
  for (std::size_t i = 0; i < count; ++i) {
    TenantPosition position{.tenant = std::string(from.get_text()), .cursor = {}};
    const auto read = decode_cursor(from.get_text());
    if (!read) return broken;
    position.cursor = *read;
    position.is_done = from.get_bool();
    cursor.positions.push_back(std::move(position));
  }
  if (!from.is_done() || order > static_cast<std::uint8_t>(MergeOrder::kValue)) return broken;
  return cursor;
}

}  // namespace fit::search

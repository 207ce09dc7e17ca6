#include "search/cursor.h"

#include <bit>
#include <cmath>
#include <cstring>

#include "base/base64.h"
#include "base/hash.h"

namespace fit::search {
namespace {

constexpr std::uint64_t kSeed = 0x66697431;  // of this format
constexpr std::size_t kBytes = 1 + 8 + 8 + 4 + 8 + 8;

class Writer {
 public:
  template <class T>
  void put(const T& value) {
    const auto* bytes = reinterpret_cast<const std::byte*>(&value);
    bytes_.insert(bytes_.end(), bytes, bytes + sizeof value);
  }
  void put_text(std::string_view text) {
    put(std::uint64_t{text.size()});
    const ByteView bytes = as_bytes(text);
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

template <class T>
T take(ByteView& bytes) {
  T value{};
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes = bytes.subspan(sizeof value);
  return value;
}

void put_ids(Writer& writer, std::span<const ItemId> ids) {
  writer.put(std::uint64_t{ids.size()});
  for (const ItemId id : ids) writer.put(id.value);
}

void put_values(Writer& writer, std::span<const ValueSet> conditions) {
  writer.put(std::uint64_t{conditions.size()});
  for (const ValueSet& condition : conditions) {
    writer.put_text(condition.column);
    writer.put(std::uint64_t{condition.values.size()});
    for (const std::string& value : condition.values) writer.put_text(value);
  }
}

void put_number(Writer& writer, const std::optional<double>& number) {
  writer.put(number.has_value());
  writer.put(number.value_or(0));
}

}  // namespace

bool comes_before(const Place& a, const Place& b) {
  if (a.follows != b.follows) return b.follows;
  return a.score != b.score ? a.score > b.score : a.item < b.item;
}

std::string encode_cursor(const Cursor& cursor) {
  Writer writer;
  writer.put(static_cast<std::uint8_t>(cursor.last.follows));
  writer.put(cursor.last.score);
  writer.put(cursor.last.item.value);
  writer.put(cursor.passed);
  writer.put(cursor.question);
  writer.put(cursor.space);
  writer.put(static_cast<std::uint32_t>(xxh3(writer.bytes(), kSeed)));
  return encode_base64(writer.bytes());
}

Result<Cursor> decode_cursor(std::string_view text) {
  const Error broken = invalid("cursor", "is not one that this server gave; leave it out for the first page");
  const auto bytes = decode_base64("cursor", text, kBytes + 4);
  if (!bytes || bytes->size() != kBytes + 4) return broken;
  ByteView rest(*bytes);
  const auto expected = static_cast<std::uint32_t>(xxh3(rest.first(kBytes), kSeed));
  Cursor cursor;
  const auto follows = take<std::uint8_t>(rest);
  cursor.last.follows = follows != 0;
  cursor.last.score = take<double>(rest);
  cursor.last.item.value = take<std::int64_t>(rest);
  cursor.passed = take<std::uint32_t>(rest);
  cursor.question = take<std::uint64_t>(rest);
  cursor.space = take<std::int64_t>(rest);
  if (take<std::uint32_t>(rest) != expected || follows > 1 || std::isnan(cursor.last.score)) return broken;
  return cursor;
}

std::uint64_t fingerprint(const Query& query) {
  Writer writer;
  writer.put(xxh3(query.image));
  writer.put(query.item_id.value_or(ItemId{}).value);
  put_ids(writer, query.like);
  put_ids(writer, query.unlike);
  writer.put_text(query.text);
  put_values(writer, query.filter.any_of);
  put_values(writer, query.filter.none_of);
  put_number(writer, query.filter.min_price);
  put_number(writer, query.filter.max_price);
  writer.put(query.filter.listed_after ? query.filter.listed_after->time_since_epoch().count() : 0);
  put_number(writer, query.min_similarity);
  put_number(writer, query.min_relevance);
  for (const double weight : {query.weights.image, query.weights.text, query.weights.words,
                              query.weights.properties, query.weights.freshness}) {
    writer.put(weight);
  }
  writer.put(query.collapse_duplicates);
  return xxh3(writer.bytes(), kSeed);
}

}  // namespace fit::search

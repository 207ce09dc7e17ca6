#include "search/item_columns.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <mutex>

#include "base/text.h"
#include "index/kernels/column_bits.h"

namespace fit::search {
namespace {

constexpr double kNoPrice = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::min();
constexpr std::array<std::string_view, 4> kListingColumns = {"source", "brand", "size", "status"};

// Rows come in blocks, a bit each.
constexpr std::size_t kBlock = 64;

std::uint64_t to_bits(const std::uint8_t* bytes) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < kBlock; i += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, bytes + i, 8);
    // Byte j, which is 0 or 1, becomes bit j of the highest byte.
    bits |= (eight * 0x0102040810204080U >> 56U) << i;
  }
  return bits;
}

}  // namespace

std::optional<std::size_t> ItemColumns::column_of(std::string_view name) {
  for (std::size_t i = 0; i < kListingColumns.size(); ++i) {
    if (kListingColumns[i] == name) return i;
  }
  if (const auto property = domain::property_index(name)) return kListingColumns.size() + *property;
  return std::nullopt;
}

std::uint32_t ItemColumns::TextColumn::code(const std::string& text) {
  if (text.empty()) return 0;
  const auto [at, is_new] = codes.try_emplace(to_lower(text), static_cast<std::uint32_t>(codes.size() + 1));
  if (is_new) {
    names.push_back(text);
    counts.push_back(0);
  }
  return at->second;
}

void ItemColumns::TextColumn::count(std::uint32_t code, bool more) {
  if (code == 0) return;
  counts[code - 1] += more ? 1 : -1;
}

bool ItemColumns::TextColumn::has(const std::string& text) const {
  const auto code = codes.find(to_lower(text));
  return code != codes.end() && counts[code->second - 1] > 0;
}

void ItemColumns::Condition::apply(std::span<std::uint64_t> bits, std::vector<std::uint64_t>& among) const {
  among.assign(bits.size(), 0);
  for (const std::uint32_t code : codes) index::set_where_equal(column->rows, code, among);
  for (std::size_t i = 0; i < bits.size(); ++i) bits[i] &= wanted ? among[i] : ~among[i];
}

ItemColumns::Condition ItemColumns::condition(const TextColumn& column, const ValueSet& values, bool wanted) {
  Condition made{.column = &column, .codes = {}, .wanted = wanted};
  for (const std::string& value : values.values) {
    const auto code = column.codes.find(to_lower(value));
    if (code != column.codes.end()) made.codes.push_back(code->second);
  }
  return made;
}

void ItemColumns::grow_to(std::size_t rows) {
  if (rows <= present_.size()) return;
  rows = (rows + kBlock - 1) / kBlock * kBlock;
  for (TextColumn& column : texts_) column.rows.resize(rows, 0);
  prices_.resize(rows, kNoPrice);
  listed_at_.resize(rows, kNoTime);
  present_.resize(rows, false);
}

void ItemColumns::clear_row(std::size_t row) {
  if (row >= present_.size() || !present_[row]) return;
  inactive_ -= texts_[kStatus].rows[row] != texts_[kStatus].code("active");
  for (TextColumn& column : texts_) column.count(column.rows[row], false);
  present_[row] = false;
  --count_;
}

void ItemColumns::upsert(std::span<const domain::FilterColumns> items) {
  const std::unique_lock lock(mutex_);
  for (const domain::FilterColumns& item : items) {
    const auto row = static_cast<std::size_t>(item.id.value);
    if (row >= present_.size()) grow_to(std::max(row + 1, present_.size() + present_.size() / 2));
    clear_row(row);
    const std::array<const std::string*, 4> listing = {&item.source, &item.brand, &item.size, &item.status};
    for (std::size_t i = 0; i < kTextColumns; ++i) {
      texts_[i].rows[row] =
          texts_[i].code(i < listing.size() ? *listing[i] : item.properties[i - listing.size()]);
      texts_[i].count(texts_[i].rows[row], true);
    }
    prices_[row] = item.price.value_or(kNoPrice);
    listed_at_[row] = item.listed_at ? item.listed_at->time_since_epoch().count() : kNoTime;
    newest_ = std::max(newest_, listed_at_[row]);
    present_[row] = true;
    ++count_;
    inactive_ += texts_[kStatus].rows[row] != texts_[kStatus].code("active");
  }
}

void ItemColumns::remove(std::span<const ItemId> items) {
  const std::unique_lock lock(mutex_);
  for (const ItemId item : items) clear_row(static_cast<std::size_t>(item.value));
}

std::optional<ItemColumns::FoundValue> ItemColumns::find_value(const std::string& value,
                                                               std::optional<std::size_t> property) const {
  const std::shared_lock lock(mutex_);
  return commonest(value, property, [this](std::size_t index, const std::string& text) -> std::size_t {
    const TextColumn& column = texts_[kListingColumns.size() + index];
    const auto code = column.codes.find(text);
    return code == column.codes.end() ? 0 : column.counts[code->second - 1];
  });
}

std::vector<std::string> ItemColumns::values_after(std::size_t property, std::size_t seen) const {
  const std::shared_lock lock(mutex_);
  const TextColumn& column = texts_[kListingColumns.size() + property];
  return {column.names.begin() + static_cast<std::ptrdiff_t>(std::min(seen, column.names.size())),
          column.names.end()};
}

std::vector<PropertyMatch> ItemColumns::match_properties(std::span<const ItemId> items, std::size_t property,
                                                         std::span<const std::string> values) const {
  const std::shared_lock lock(mutex_);
  const TextColumn& column = texts_[kListingColumns.size() + property];
  std::vector<std::uint32_t> wanted;
  for (const std::string& value : values) {
    if (const auto found = column.codes.find(value); found != column.codes.end())
      wanted.push_back(found->second);
  }
  std::vector<PropertyMatch> said;
  said.reserve(items.size());
  for (const ItemId item : items) {
    const auto row = static_cast<std::size_t>(item.value);
    const std::uint32_t code = row < present_.size() ? column.rows[row] : 0;
    const bool is_wanted = std::ranges::contains(wanted, code);
    said.push_back(code == 0   ? PropertyMatch::kUnknown
                   : is_wanted ? PropertyMatch::kEqual
                               : PropertyMatch::kDifferent);
  }
  return said;
}

std::vector<double> ItemColumns::freshness(std::span<const ItemId> items) const {
  const std::shared_lock lock(mutex_);
  std::vector<double> fresh;
  fresh.reserve(items.size());
  for (const ItemId item : items) {
    const auto row = static_cast<std::size_t>(item.value);
    const std::int64_t time = row < present_.size() ? listed_at_[row] : kNoTime;
    fresh.push_back(time == kNoTime ? 0 : freshness_of(time, newest_));
  }
  return fresh;
}

std::string ItemColumns::property_of(ItemId item, std::size_t property) const {
  const std::shared_lock lock(mutex_);
  const TextColumn& column = texts_[kListingColumns.size() + property];
  const auto row = static_cast<std::size_t>(item.value);
  const std::uint32_t code = row < present_.size() ? column.rows[row] : 0;
  return code == 0 ? std::string() : to_lower(column.names[code - 1]);
}

std::vector<ItemId> ItemColumns::latest(const index::ItemSet* set, std::size_t limit) const {
  const std::shared_lock lock(mutex_);
  std::vector<ItemId> items;
  for (std::size_t row = present_.size(); row > 0 && items.size() < limit;) {
    --row;
    if (is_member(set, row)) items.push_back(ItemId{static_cast<std::int64_t>(row)});
  }
  return items;
}

std::size_t ItemColumns::size() const {
  const std::shared_lock lock(mutex_);
  return count_;
}

std::optional<index::ItemSet> ItemColumns::matching(const Filter& filter) const {
  const std::shared_lock lock(mutex_);
  std::vector<Condition> conditions;
  bool asks_status = false;
  for (const bool wanted : {true, false}) {
    for (const ValueSet& values : wanted ? filter.any_of : filter.none_of) {
      const auto column = column_of(values.column);
      if (!column) return index::ItemSet();  // parse_filter lets no other name through
      asks_status = asks_status || *column == kStatus;
      conditions.push_back(condition(texts_[*column], values, wanted));
    }
  }
  if (!asks_status && inactive_ > 0) {
    conditions.push_back(condition(texts_[kStatus], {"status", {"active"}}, true));
  }
  const bool has_price = filter.min_price || filter.max_price;
  if (conditions.empty() && !has_price && !filter.listed_after) return std::nullopt;

  const double low = filter.min_price.value_or(0);
  const double high = filter.max_price.value_or(std::numeric_limits<double>::infinity());
  const std::int64_t after = filter.listed_after ? filter.listed_after->time_since_epoch().count() : kNoTime;
  std::vector<std::uint64_t> bits(present_.size() / kBlock);
  for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = to_bits(present_.data() + i * kBlock);
  std::vector<std::uint64_t> among;
  for (const Condition& condition : conditions) condition.apply(bits, among);
  if (has_price) index::keep_where_between(prices_, low, high, bits);
  if (filter.listed_after) {
    index::keep_where_between(listed_at_, after, std::numeric_limits<std::int64_t>::max(), bits);
  }
  return index::ItemSet::of_words(std::move(bits));
}

}  // namespace fit::search

#include "search/item_columns.h"

#include <cmath>
#include <limits>
#include <mutex>

#include "base/text.h"

namespace fit::search {
namespace {

constexpr double kNoPrice = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::min();
constexpr std::array<std::string_view, 4> kListingColumns = {"source", "brand", "size", "status"};

}  // namespace

std::optional<std::size_t> ItemColumns::column_of(std::string_view name) {
  for (std::size_t i = 0; i < kListingColumns.size(); ++i) {
    if (kListingColumns[i] == name) return i;
  }
  if (const auto property = store::property_index(name)) return kListingColumns.size() + *property;
  return std::nullopt;
}

std::uint32_t ItemColumns::TextColumn::code(const std::string& text) {
  if (text.empty()) return 0;
  return codes.try_emplace(to_lower(text), static_cast<std::uint32_t>(codes.size() + 1)).first->second;
}

void ItemColumns::grow_to(std::size_t rows) {
  if (rows <= present_.size()) return;
  for (TextColumn& column : texts_) column.rows.resize(rows, 0);
  prices_.resize(rows, kNoPrice);
  listed_at_.resize(rows, kNoTime);
  present_.resize(rows, false);
}

void ItemColumns::clear_row(std::size_t row) {
  if (row >= present_.size() || !present_[row]) return;
  inactive_ -= texts_[kStatus].rows[row] != texts_[kStatus].code("active");
  present_[row] = false;
  --count_;
}

void ItemColumns::upsert(std::span<const store::ItemFacts> items) {
  const std::unique_lock lock(mutex_);
  for (const store::ItemFacts& item : items) {
    const auto row = static_cast<std::size_t>(item.id.value);
    if (row >= present_.size()) grow_to(std::max(row + 1, present_.size() + present_.size() / 2));
    clear_row(row);
    const std::array<const std::string*, 4> listing = {&item.source, &item.brand, &item.size, &item.status};
    for (std::size_t i = 0; i < kTextColumns; ++i) {
      texts_[i].rows[row] =
          texts_[i].code(i < listing.size() ? *listing[i] : item.properties[i - listing.size()]);
    }
    prices_[row] = item.price.value_or(kNoPrice);
    listed_at_[row] = item.listed_at ? item.listed_at->time_since_epoch().count() : kNoTime;
    present_[row] = true;
    ++count_;
    inactive_ += texts_[kStatus].rows[row] != texts_[kStatus].code("active");
  }
}

void ItemColumns::remove(std::span<const ItemId> items) {
  const std::unique_lock lock(mutex_);
  for (const ItemId item : items) clear_row(static_cast<std::size_t>(item.value));
}

std::size_t ItemColumns::size() const {
  const std::shared_lock lock(mutex_);
  return count_;
}

std::optional<index::ItemSet> ItemColumns::matching(const Filter& filter) const {
  const std::shared_lock lock(mutex_);
  std::vector<std::pair<const TextColumn*, std::vector<std::uint32_t>>> conditions;
  bool asks_status = false;
  for (const AnyOf& any_of : filter.any_of) {
    const auto column = column_of(any_of.column);
    if (!column) return index::ItemSet();  // parse_filter lets no other name through
    asks_status = asks_status || *column == kStatus;
    std::vector<std::uint32_t> wanted;
    for (const std::string& value : any_of.values) {
      const auto code = texts_[*column].codes.find(to_lower(value));
      if (code != texts_[*column].codes.end()) wanted.push_back(code->second);
    }
    conditions.emplace_back(&texts_[*column], std::move(wanted));
  }
  if (!asks_status && inactive_ > 0) {
    conditions.emplace_back(&texts_[kStatus], std::vector{texts_[kStatus].codes.at("active")});
  }
  const bool has_price = filter.min_price || filter.max_price;
  if (conditions.empty() && !has_price && !filter.listed_after) return std::nullopt;

  const double low = filter.min_price.value_or(0);
  const double high = filter.max_price.value_or(std::numeric_limits<double>::infinity());
  const std::int64_t after = filter.listed_after ? filter.listed_after->time_since_epoch().count() : kNoTime;
  index::ItemSet matches;
  for (std::size_t row = 0; row < present_.size(); ++row) {
    if (!present_[row]) continue;
    if (has_price && !(prices_[row] >= low && prices_[row] <= high)) continue;  // false for NaN
    if (filter.listed_after && listed_at_[row] < after) continue;
    const bool all = std::ranges::all_of(conditions, [row](const auto& condition) {
      return std::ranges::find(condition.second, condition.first->rows[row]) != condition.second.end();
    });
    if (all) matches.insert(ItemId{static_cast<std::int64_t>(row)});
  }
  return matches;
}

}  // namespace fit::search

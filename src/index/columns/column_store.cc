#include "index/columns/column_store.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <mutex>

#include "base/text.h"

namespace fit::index {
namespace {

constexpr std::size_t kBlock = 64;  // rows grow by blocks, each of which is a word of a bitmap
constexpr std::string_view kActive = "active";

std::size_t row_of(ItemId item) {
  return static_cast<std::size_t>(item.value);
}

}  // namespace

void ColumnStore::Condition::apply(std::span<std::uint64_t> bits, std::vector<std::uint64_t>& matches) const {
  matches.assign(bits.size(), 0);
  for (const std::uint32_t code : codes) column->set_where_equal(code, matches);
  for (std::size_t i = 0; i < bits.size(); ++i) bits[i] &= wanted ? matches[i] : ~matches[i];
}

ColumnStore::Condition ColumnStore::condition(const TextColumn& column, const domain::ValueSet& values,
                                              bool wanted) {
  Condition made{.column = &column, .codes = {}, .wanted = wanted};
  for (const std::string& value : values.values) {
    if (const std::uint32_t code = column.find(to_lower(value)); code != 0) made.codes.push_back(code);
  }
  return made;
}

void ColumnStore::grow_to(std::size_t rows) {
  const std::size_t blocks = (rows + kBlock - 1) / kBlock;
  for (TextColumn& column : columns_) column.resize(blocks * kBlock);
  prices_.resize(blocks * kBlock);
  listed_at_.resize(blocks * kBlock);
  currencies_.resize(blocks * kBlock);
  present_.resize(blocks, 0);
}

void ColumnStore::clear_row(std::size_t row) {
  if (!has_row(row)) return;
  for (TextColumn& column : columns_) column.clear(row);
  prices_.set(row, std::nullopt);
  listed_at_.set(row, std::nullopt);
  currencies_.clear(row);
  present_[row / kBlock] &= ~(std::uint64_t{1} << (row % kBlock));
  --count_;
}

void ColumnStore::upsert(std::span<const domain::FilterColumns> items) {
  const std::unique_lock lock(mutex_);
  for (const domain::FilterColumns& item : items) {
    const std::size_t row = row_of(item.id);
    if (row >= rows()) grow_to(std::max(row + 1, rows() + rows() / 8));
    for (std::size_t i = 0; i < columns_.size(); ++i) columns_[i].set(row, domain::text_of(item, i));
    prices_.set(row, item.price);
    currencies_.set(row, item.price ? item.currency : std::string());
    const auto listed_at = item.listed_at
                               ? std::optional<std::int64_t>(item.listed_at->time_since_epoch().count())
                               : std::nullopt;
    listed_at_.set(row, listed_at);
    if (!has_row(row)) ++count_;
    present_[row / kBlock] |= std::uint64_t{1} << (row % kBlock);
  }
  update_active_code();
}

void ColumnStore::remove(std::span<const ItemId> items) {
  const std::unique_lock lock(mutex_);
  for (const ItemId item : items) clear_row(row_of(item));
}

void ColumnStore::clear() {
  take(ColumnStore());
}

void ColumnStore::take(ColumnStore&& other) {
  const std::unique_lock lock(mutex_);
  columns_ = std::move(other.columns_);
  prices_ = std::move(other.prices_);
  listed_at_ = std::move(other.listed_at_);
  currencies_ = std::move(other.currencies_);
  present_ = std::move(other.present_);
  count_ = other.count_;
  active_code_ = other.active_code_;
}

std::optional<ItemSet> ColumnStore::matching(const domain::ItemFilter& filter) const {
  const std::shared_lock lock(mutex_);
  std::vector<Condition> conditions;
  bool has_status = false;
  for (const bool wanted : {true, false}) {
    for (const domain::ValueSet& values : wanted ? filter.any_of : filter.none_of) {
      const auto column = domain::text_column(values.column);
      if (!column) return ItemSet();  // unreachable: parsed filters name known columns only
      has_status = has_status || *column == domain::kStatusColumn;
      conditions.push_back(condition(columns_[*column], values, wanted));
    }
  }
  const TextColumn& status = columns_[domain::kStatusColumn];
  if (!has_status && status.count(active_code_) < count_) {
    conditions.push_back(condition(status, {"status", {std::string(kActive)}}, true));
  }
  const bool has_price = filter.min_price || filter.max_price;
  if (!filter.currencies.empty()) {
    conditions.push_back(condition(currencies_, {"currency", filter.currencies}, true));
  }
  if (conditions.empty() && !has_price && !filter.converted && !filter.listed_after && !filter.among &&
      filter.denied == nullptr) {
    return std::nullopt;
  }

  std::vector<std::uint64_t> bits = present_;
  std::vector<std::uint64_t> matches;
  for (const Condition& one : conditions) one.apply(bits, matches);
  if (has_price) {
    prices_.keep_where_between(filter.min_price.value_or(0),
                               filter.max_price.value_or(std::numeric_limits<double>::infinity()), bits);
  }
  if (filter.converted) keep_in_ranges(*filter.converted, bits);
  if (filter.listed_after) {
    listed_at_.keep_where_between(filter.listed_after->time_since_epoch().count(),
                                  std::numeric_limits<std::int64_t>::max(), bits);
  }
  if (filter.among) {
    const ItemSet items(*filter.among);
    for (std::size_t word = 0; word < bits.size(); ++word) {
      bits[word] &= word < items.words().size() ? items.words()[word] : 0;
    }
  }
  if (filter.denied != nullptr) {
    const std::size_t words = std::min(bits.size(), filter.denied->size());
    for (std::size_t word = 0; word < words; ++word) bits[word] &= ~(*filter.denied)[word];
  }
  return ItemSet::of_words(std::move(bits));
}

// Clears the bits of the rows whose price is not in the range of its currency.
void ColumnStore::keep_in_ranges(std::span<const domain::PriceRange> ranges,
                                 std::span<std::uint64_t> bits) const {
  std::vector<std::uint64_t> kept(bits.size(), 0);
  std::vector<std::uint64_t> matches;
  for (const domain::PriceRange& range : ranges) {
    const std::uint32_t code = currencies_.find(to_lower(range.currency));
    if (currencies_.count(code) == 0) continue;
    matches.assign(bits.size(), 0);
    currencies_.set_where_equal(code, matches);
    prices_.keep_where_between(range.min.value_or(0),
                               range.max.value_or(std::numeric_limits<double>::infinity()), matches);
    for (std::size_t i = 0; i < bits.size(); ++i) kept[i] |= matches[i];
  }
  for (std::size_t i = 0; i < bits.size(); ++i) bits[i] &= kept[i];
}

// The rows of a word that are among the items, or that are active when `items` is nullptr.
std::uint64_t ColumnStore::members(const ItemSet* items, std::size_t word) const {
  if (items != nullptr) return word < items->words().size() ? present_[word] & items->words()[word] : 0;
  std::uint64_t members = present_[word];
  if (columns_[domain::kStatusColumn].count(active_code_) == count_) return members;
  for (std::uint64_t rest = members; rest != 0; rest &= rest - 1) {
    const auto bit = static_cast<std::size_t>(std::countr_zero(rest));
    if (columns_[domain::kStatusColumn].code(word * kBlock + bit) != active_code_)
      members &= ~(std::uint64_t{1} << bit);
  }
  return members;
}

std::vector<ItemId> ColumnStore::latest(const ItemSet* items, std::size_t limit) const {
  const std::shared_lock lock(mutex_);
  std::vector<ItemId> found;
  for (std::size_t word = present_.size(); word > 0 && found.size() < limit;) {
    --word;
    for (std::uint64_t rest = members(items, word); rest != 0 && found.size() < limit;) {
      const auto bit = kBlock - 1 - static_cast<std::size_t>(std::countl_zero(rest));
      found.push_back(ItemId{static_cast<std::int64_t>(word * kBlock + bit)});
      rest &= ~(std::uint64_t{1} << bit);
    }
  }
  return found;
}

std::vector<double> ColumnStore::factors_of(const domain::PriceUnit* unit) const {
  if (unit == nullptr) return {};
  std::vector<double> factors(currencies_.texts().size() + 1);
  for (const auto& [currency, factor] : unit->factors) {
    if (const std::uint32_t code = currencies_.find(to_lower(currency)); code != 0) factors[code] = factor;
  }
  return factors;
}

std::optional<double> ColumnStore::compared_price(std::size_t row, std::span<const double> factors) const {
  const auto price = prices_.at(row);
  if (!price || factors.empty()) return price;
  const double factor = factors[currencies_.code(row)];
  return factor == 0 ? std::nullopt : std::optional(*price * factor);
}

std::vector<domain::SortedItem> ColumnStore::sorted(const ItemSet* items,
                                                    const domain::SortRequest& request) const {
  const std::shared_lock lock(mutex_);
  const std::vector<double> factors = factors_of(request.unit);
  const auto value_of = [this, &request, &factors](std::size_t row) -> domain::SortValue {
    if (request.order == domain::SortOrder::kNewest) {
      const auto time = listed_at_.at(row);
      if (!time) return {};
      return {domain::SortValue::Group::kCompared, -static_cast<double>(*time)};
    }
    return domain::price_sort_value(request.order, prices_.at(row), compared_price(row, factors));
  };
  std::vector<domain::SortedItem> sorted;
  for (std::size_t word = 0; word < present_.size(); ++word) {
    for (std::uint64_t rest = members(items, word); rest != 0; rest &= rest - 1) {
      const std::size_t row = word * kBlock + static_cast<std::size_t>(std::countr_zero(rest));
      const domain::SortedItem one{value_of(row), ItemId{static_cast<std::int64_t>(row)}};
      if (!request.after || comes_before(*request.after, one)) sorted.push_back(one);
    }
  }
  const std::size_t count = std::min(request.limit, sorted.size());
  std::ranges::partial_sort(sorted, sorted.begin() + static_cast<std::ptrdiff_t>(count),
                            [](const auto& a, const auto& b) { return comes_before(a, b); });
  sorted.resize(count);
  return sorted;
}

ColumnStore::Codes ColumnStore::codes(std::size_t column, std::span<const ItemId> items,
                                      std::span<const std::string> values) const {
  const std::shared_lock lock(mutex_);
  Codes found;
  found.items.reserve(items.size());
  for (const ItemId item : items)
    found.items.push_back(has_row(row_of(item)) ? columns_[column].code(row_of(item)) : 0);
  for (const std::string& value : values) {
    if (const std::uint32_t code = columns_[column].find(value); code != 0) found.values.push_back(code);
  }
  return found;
}

std::vector<std::string> ColumnStore::texts(std::size_t column, std::span<const ItemId> items) const {
  const std::shared_lock lock(mutex_);
  std::vector<std::string> texts;
  texts.reserve(items.size());
  for (const ItemId item : items) {
    const std::uint32_t code = has_row(row_of(item)) ? columns_[column].code(row_of(item)) : 0;
    texts.push_back(code == 0 ? std::string() : to_lower(columns_[column].texts()[code - 1]));
  }
  return texts;
}

std::vector<std::optional<Timestamp>> ColumnStore::listing_times(std::span<const ItemId> items) const {
  const std::shared_lock lock(mutex_);
  std::vector<std::optional<Timestamp>> times;
  times.reserve(items.size());
  for (const ItemId item : items) {
    const auto count = has_row(row_of(item)) ? listed_at_.at(row_of(item)) : std::nullopt;
    times.push_back(count ? std::optional(Timestamp(std::chrono::microseconds(*count))) : std::nullopt);
  }
  return times;
}

bool ColumnStore::has_value(const domain::ValueSet& values) const {
  const std::shared_lock lock(mutex_);
  const auto column = domain::text_column(values.column);
  return column && std::ranges::any_of(values.values, [&](const std::string& value) {
           return columns_[*column].count(columns_[*column].find(to_lower(value))) > 0;
         });
}

std::vector<std::string> ColumnStore::values_of(std::string_view name) const {
  const std::shared_lock lock(mutex_);
  std::vector<std::string> values;
  const auto column = domain::text_column(name);
  if (!column) return values;
  const TextColumn& texts = columns_[*column];
  for (std::size_t i = 0; i < texts.texts().size(); ++i) {
    if (texts.counts()[i] > 0) values.push_back(texts.texts()[i]);
  }
  return values;
}

std::array<std::size_t, domain::kProperties.size()> ColumnStore::property_counts(
    const std::string& value) const {
  const std::shared_lock lock(mutex_);
  std::array<std::size_t, domain::kProperties.size()> counts{};
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const TextColumn& column = columns_[domain::property_column(i)];
    counts[i] = column.count(column.find(value));
  }
  return counts;
}

std::vector<std::string> ColumnStore::property_texts(std::size_t property, std::size_t seen) const {
  const std::shared_lock lock(mutex_);
  const auto& texts = columns_[domain::property_column(property)].texts();
  return {texts.begin() + static_cast<std::ptrdiff_t>(std::min(seen, texts.size())), texts.end()};
}

std::size_t ColumnStore::size() const {
  const std::shared_lock lock(mutex_);
  return count_;
}

std::size_t ColumnStore::memory_bytes() const {
  const std::shared_lock lock(mutex_);
  std::size_t bytes =
      prices_.memory_bytes() + listed_at_.memory_bytes() + present_.capacity() * sizeof(std::uint64_t);
  bytes += currencies_.memory_bytes();
  for (const TextColumn& column : columns_) bytes += column.memory_bytes();
  return bytes;
}

}  // namespace fit::index

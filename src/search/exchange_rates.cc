#include "search/exchange_rates.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/byte_stream.h"
#include "base/clock.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/text.h"
#include "text/currency.h"

namespace fit::search {
namespace {

constexpr double kBoundRounding = 1e-9;  // the share by which converted bounds are widened
constexpr std::string_view kBankBase = "EUR";
constexpr std::string_view kBlanksOfRates = " \t\r\n";

// Collects the rows of a table.
class RateTable {
 public:
  explicit RateTable(std::string_view field) : field_(field) {}

  Error error(std::string_view message) const { return invalid(std::string(field_), std::string(message)); }

  // `place` says where the row is, for errors: "line 3".
  Result<void> add(std::string_view place, std::string_view currency, std::string_view rate) {
    if (!text::has_code_form(currency)) {
      return error(fit::format("{} has no currency code of three capital letters", place));
    }
    double value = 0;
    const char* const end = rate.data() + rate.size();
    const auto [stop, problem] = std::from_chars(rate.data(), end, value);
    if (problem != std::errc{} || stop != end || !(value >= kLeastRate && value <= kGreatestRate)) {
      return error(fit::format("{} has no rate from {} to {}", place, kLeastRate, kGreatestRate));
    }
    if (!rates_.emplace(currency, value).second) {
      return error(fit::format("{} has the rate of {} a second time", place, currency));
    }
    if (rates_.size() > kMaxCurrencies) {
      return error(fit::format("there are more than {} currencies", kMaxCurrencies));
    }
    return {};
  }

  Result<std::map<std::string, double, std::less<>>> finish() && {
    const bool has_base = std::ranges::any_of(rates_, [](const auto& one) { return one.second == 1; });
    if (!has_base) return error("there is no base: a currency with the rate 1");
    if (rates_.size() < 2) return error("there is no rate besides that of the base");
    return std::move(rates_);
  }

 private:
  std::string_view field_;
  std::map<std::string, double, std::less<>> rates_;
};

// Reads the elements of the European Central Bank's table. Knows tags and attributes only, so that nothing in
// the text can be expanded or fetched.
class BankReader {
 public:
  BankReader(std::string_view text, RateTable& table) : text_(text), table_(table) {}

  // Returns the day of the rates.
  Result<std::string> read() {
    FIT_CHECK(table_.add("the base", kBankBase, "1"));
    for (std::size_t at = text_.find('<'); at != std::string_view::npos; at = text_.find('<', at)) {
      if (text_.substr(at).starts_with("<!")) return table_.error("the XML has a declaration or a comment");
      FIT_TRY(const std::string_view tag, tag_at(at));
      at += tag.size() + 2;
      if (tag.starts_with('?') || tag.starts_with('/')) continue;
      FIT_CHECK(read_element(tag));
    }
    return date_;
  }

 private:
  // The text between "<" at this place and its ">".
  Result<std::string_view> tag_at(std::size_t begin) const {
    char quote = 0;
    for (std::size_t at = begin + 1; at < text_.size(); ++at) {
      const char c = text_[at];
      if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '>') {
        return text_.substr(begin + 1, at - begin - 1);
      } else if (c == '<') {
        break;
      }
    }
    return table_.error("the XML has an element that does not end");
  }

  Result<void> read_element(std::string_view tag) {
    if (tag.ends_with('/')) tag.remove_suffix(1);
    const std::size_t name = std::min(tag.find_first_of(kBlanksOfRates), tag.size());
    if (tag.substr(0, name) != "Cube") return {};
    std::map<std::string_view, std::string_view> attributes;
    for (std::string_view rest = trim(tag.substr(name)); !rest.empty();) {
      const std::size_t equals = std::min(rest.find('='), rest.size());
      const std::string_view value = equals < rest.size() ? trim(rest.substr(equals + 1)) : "";
      const std::size_t end = value.empty() ? 0 : value.find(value[0], 1);
      const bool is_quoted = value.starts_with('"') || value.starts_with('\'');
      if (!is_quoted || end == std::string_view::npos) return table_.error("the XML has a broken attribute");
      if (!attributes.emplace(trim(rest.substr(0, equals)), value.substr(1, end - 1)).second) {
        return table_.error("the XML has an attribute twice");
      }
      rest = trim(value.substr(end + 1));
    }
    return read_cube(attributes);
  }

  Result<void> read_cube(const std::map<std::string_view, std::string_view>& attributes) {
    const auto value_of = [&attributes](std::string_view name) {
      const auto found = attributes.find(name);
      return found == attributes.end() ? std::string_view() : found->second;
    };
    if (attributes.contains("time")) {
      const std::string date(value_of("time"));
      if (!date_.empty()) return table_.error("the XML has the rates of several days");
      if (date.size() != 10 || !parse_rfc3339("time", date))
        return table_.error("the XML has an invalid day");
      date_ = date;
    }
    if (!attributes.contains("currency") && !attributes.contains("rate")) return {};
    return table_.add(fit::format("element {}", ++count_), value_of("currency"), value_of("rate"));
  }

  std::string_view text_;
  RateTable& table_;
  std::string date_;
  std::size_t count_ = 0;  // elements with a rate
};

Result<void> read_lines(std::string_view text, RateTable& table) {
  std::size_t number = 0;
  bool has_rows = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    const std::size_t comma = std::min(line.find(','), line.size());
    const std::string_view currency = trim(line.substr(0, comma));
    const std::string_view rate = comma < line.size() ? trim(line.substr(comma + 1)) : "";
    const bool is_header = !has_rows && to_lower(currency) == "currency" && to_lower(rate) == "rate";
    has_rows = true;
    if (is_header) continue;
    FIT_CHECK(table.add(fit::format("line {}", number), currency, rate));
  }
  return {};
}

std::uint64_t fingerprint_of(const std::map<std::string, double, std::less<>>& rates) {
  ByteWriter bytes;
  for (const auto& [currency, rate] : rates) {
    bytes.put_text(currency);
    bytes.put(rate);
  }
  return xxh3(bytes.bytes());
}

}  // namespace

ExchangeRates::ExchangeRates(Rates rates, std::string date)
    : rates_(std::move(rates)), date_(std::move(date)), fingerprint_(fingerprint_of(rates_)) {}

Result<ExchangeRates> ExchangeRates::parse(std::string_view field, std::string_view text) {
  if (text.size() > kMaxRatesBytes) {
    return Error{
        ErrorCode::kTooLarge, fit::format("is larger than {} bytes", kMaxRatesBytes), std::string(field), {}};
  }
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  RateTable table(field);
  std::string date;
  if (trim(text).starts_with('<')) {
    FIT_TRY(date, BankReader(text, table).read());
  } else {
    FIT_CHECK(read_lines(text, table));
  }
  FIT_TRY(auto rates, std::move(table).finish());
  return ExchangeRates(std::move(rates), std::move(date));
}

std::optional<double> ExchangeRates::factor(std::string_view from, std::string_view to) const {
  const auto source = rates_.find(from);
  const auto target = rates_.find(to);
  if (source == rates_.end() || target == rates_.end()) return std::nullopt;
  return target->second / source->second;
}

std::optional<domain::PriceRange> in_currency(const domain::PriceRange& range, const std::string& currency,
                                              const ExchangeRates* rates) {
  if (currency == range.currency) return range;
  const auto factor = rates == nullptr ? std::nullopt : rates->factor(range.currency, currency);
  if (!factor) return std::nullopt;
  domain::PriceRange converted{.currency = currency, .min = {}, .max = {}};
  if (range.min) converted.min = *range.min * *factor * (1 - kBoundRounding);
  if (range.max) converted.max = *range.max * *factor * (1 + kBoundRounding);
  return converted;
}

void convert_prices(Filter& filter, const ExchangeRates* rates) {
  filter.converted.reset();
  for (const domain::PriceRange& range : filter.price_in) {
    std::vector<domain::PriceRange> ranges = {range};
    if (rates != nullptr) {
      for (const auto& [currency, rate] : rates->by_currency()) {
        if (currency == range.currency) continue;
        if (auto converted = in_currency(range, currency, rates)) ranges.push_back(*std::move(converted));
      }
    }
    filter.converted =
        filter.converted ? domain::common_ranges(*filter.converted, ranges) : std::move(ranges);
  }
}

std::optional<domain::PriceUnit> price_unit_of(std::span<const domain::PriceRange> ranges,
                                               std::string_view of_words, const ExchangeRates* rates) {
  std::string_view currency = of_words;
  for (const domain::PriceRange& range : ranges) {
    if (currency.empty()) currency = range.currency;
    if (currency != range.currency) return std::nullopt;
  }
  if (rates == nullptr || !rates->by_currency().contains(currency)) return std::nullopt;
  domain::PriceUnit unit{.currency = std::string(currency),
                         .factors = {},
                         .rates = std::max<std::uint64_t>(rates->fingerprint(), 1)};
  for (const auto& [from, rate] : rates->by_currency()) {
    if (const auto factor = rates->factor(from, currency)) unit.factors.emplace(from, *factor);
  }
  return unit;
}

std::optional<domain::PriceUnit> order_unit_of(std::optional<domain::SortOrder> order,
                                               const std::optional<domain::PriceUnit>& named,
                                               const ExchangeRates* rates) {
  if (!order || *order == domain::SortOrder::kNewest) return std::nullopt;
  if (named || rates == nullptr) return named;
  const auto base = std::ranges::find(rates->by_currency(), 1.0, [](const auto& one) { return one.second; });
  return base == rates->by_currency().end() ? std::nullopt : price_unit_of({}, base->first, rates);
}

}  // namespace fit::search

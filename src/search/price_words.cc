#include "search/price_words.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/format.h"
#include "search/price_tokens.h"

namespace fit::search {
namespace {

enum class Bound : std::uint8_t { kMax, kMin };

// Words that make the amount after them a bound. Weak words have other meanings too, and count only if the
// amount has a currency.
struct BoundWords {
  std::string_view words;  // folded, without apostrophes
  Bound bound = Bound::kMax;
  bool is_weak = false;
};

constexpr bool kWeak = true;

constexpr auto kBefore = std::to_array<BoundWords>({
    {"no more than", Bound::kMax},
    {"not more than", Bound::kMax},
    {"nothing over", Bound::kMax},
    {"not over", Bound::kMax},
    {"not above", Bound::kMax},
    {"no over", Bound::kMax},
    {"under", Bound::kMax},
    {"below", Bound::kMax},
    {"up to", Bound::kMax},
    {"upto", Bound::kMax},
    {"less than", Bound::kMax},
    {"lower than", Bound::kMax},
    {"cheaper than", Bound::kMax},
    {"at most", Bound::kMax},
    {"max", Bound::kMax},
    {"maximum", Bound::kMax},
    {"within", Bound::kMax, kWeak},
    {"for", Bound::kMax, kWeak},
    {"about", Bound::kMax, kWeak},
    {"around", Bound::kMax, kWeak},
    {"budget", Bound::kMax},
    {"unter", Bound::kMax},
    {"bis zu", Bound::kMax},
    {"bis", Bound::kMax},
    {"hochstens", Bound::kMax},
    {"hoechstens", Bound::kMax},
    {"maximal", Bound::kMax},
    {"weniger als", Bound::kMax},
    {"nicht uber", Bound::kMax},
    {"nicht mehr als", Bound::kMax},
    {"billiger als", Bound::kMax},
    {"gunstiger als", Bound::kMax},
    {"fur", Bound::kMax, kWeak},
    {"moins de", Bound::kMax},
    {"moins cher que", Bound::kMax},
    {"en dessous de", Bound::kMax},
    {"au dessous de", Bound::kMax},
    {"sous", Bound::kMax},
    {"jusqua", Bound::kMax},
    {"maxi", Bound::kMax},
    {"pas plus de", Bound::kMax},
    {"au maximum", Bound::kMax},
    {"menos de", Bound::kMax},
    {"hasta", Bound::kMax},
    {"por debajo de", Bound::kMax},
    {"como maximo", Bound::kMax},
    {"maximo", Bound::kMax},
    {"no mas de", Bound::kMax},
    {"bajo", Bound::kMax},
    {"meno di", Bound::kMax},
    {"sotto i", Bound::kMax},
    {"sotto gli", Bound::kMax},
    {"sotto", Bound::kMax},
    {"fino a", Bound::kMax},
    {"massimo", Bound::kMax},
    {"al massimo", Bound::kMax},
    {"non piu di", Bound::kMax},
    {"non oltre", Bound::kMax},
    {"not under", Bound::kMin},
    {"not below", Bound::kMin},
    {"no less than", Bound::kMin},
    {"not less than", Bound::kMin},
    {"over", Bound::kMin},
    {"above", Bound::kMin},
    {"more than", Bound::kMin},
    {"at least", Bound::kMin},
    {"min", Bound::kMin},
    {"minimum", Bound::kMin},
    {"starting at", Bound::kMin},
    {"from", Bound::kMin, kWeak},
    {"mindestens", Bound::kMin},
    {"mehr als", Bound::kMin},
    {"teurer als", Bound::kMin},
    {"uber", Bound::kMin},
    {"ueber", Bound::kMin},
    {"ab", Bound::kMin},
    {"plus de", Bound::kMin},
    {"au moins", Bound::kMin},
    {"a partir de", Bound::kMin},
    {"au dessus de", Bound::kMin},
    {"mas de", Bound::kMin},
    {"al menos", Bound::kMin},
    {"por encima de", Bound::kMin},
    {"desde", Bound::kMin, kWeak},
    {"piu di", Bound::kMin},
    {"almeno", Bound::kMin},
    {"oltre", Bound::kMin},
    {"sopra i", Bound::kMin},
    {"sopra", Bound::kMin},
    {"a partire da", Bound::kMin},
});

// Words that make the amount before them a bound.
constexpr auto kBehind = std::to_array<BoundWords>({
    {"or less", Bound::kMax},     {"or under", Bound::kMax},       {"or below", Bound::kMax},
    {"or cheaper", Bound::kMax},  {"and under", Bound::kMax},      {"and below", Bound::kMax},
    {"max", Bound::kMax, kWeak},  {"maximum", Bound::kMax, kWeak}, {"maximal", Bound::kMax, kWeak},
    {"tops", Bound::kMax, kWeak}, {"oder weniger", Bound::kMax},   {"oder billiger", Bound::kMax},
    {"ou moins", Bound::kMax},    {"o menos", Bound::kMax},        {"o meno", Bound::kMax},
    {"or more", Bound::kMin},     {"or over", Bound::kMin},        {"or above", Bound::kMin},
    {"and up", Bound::kMin},      {"and above", Bound::kMin},      {"and over", Bound::kMin},
    {"oder mehr", Bound::kMin},   {"ou plus", Bound::kMin},        {"o mas", Bound::kMin},
    {"o piu", Bound::kMin},
});

// A range: the words before the first amount, and those between the two amounts.
struct RangeWords {
  std::string_view before;
  std::array<std::string_view, 3> between;  // "-" is a dash
  bool is_weak = false;
};
constexpr auto kRanges = std::to_array<RangeWords>({{"between", {"and", "to", "-"}},
                                                    {"from", {"to", "until", "-"}},
                                                    {"zwischen", {"und", "-", "bis"}},
                                                    {"von", {"bis", "-"}},
                                                    {"entre", {"et", "y", "e"}},
                                                    {"tra", {"e", "ed"}},
                                                    {"fra", {"e", "ed"}},
                                                    {"desde", {"hasta"}},
                                                    {"de", {"a"}, kWeak},
                                                    {"da", {"a"}, kWeak},
                                                    {"", {"-", "to", "bis"}, kWeak},
                                                    {"", {"a", "hasta", "until"}, kWeak}});

// Units after a number that is not a price.
constexpr auto kUnits = std::to_array<std::string_view>(
    {"cm",      "mm",      "m",      "in",     "inch",    "inches",    "ft",     "feet",    "foot",
     "kg",      "g",       "gr",     "gram",   "grams",   "gsm",       "oz",     "lb",      "lbs",
     "ml",      "l",       "litre",  "litres", "liter",   "liters",    "den",    "denier",  "percent",
     "yr",      "yrs",     "year",   "years",  "month",   "months",    "week",   "weeks",   "day",
     "days",    "hour",    "hours",  "eu",     "uk",      "size",      "sizes",  "pocket",  "pockets",
     "button",  "buttons", "zip",    "zips",   "strap",   "straps",    "layer",  "layers",  "pair",
     "pairs",   "piece",   "pieces", "pcs",    "pack",    "packs",     "stripe", "stripes", "stud",
     "studs",   "hole",    "holes",  "eyelet", "eyelets", "color",     "colors", "colour",  "colours",
     "gauge",   "ply",     "carat",  "carats", "way",     "items",     "zoll",   "jahre",   "jahren",
     "taschen", "ans",     "annees", "poches", "anos",    "bolsillos", "anni",   "tasche",  "talla"});
constexpr std::string_view kUnitSigns = "%\"";

// Words that show, before a number or its bound, that it is a size or another measure.
constexpr auto kMeasured = std::to_array<std::string_view>(
    {"size",  "sizes",    "waist",  "length",  "inseam", "chest",  "bust",   "hip",       "hips",  "height",
     "heel",  "width",    "weight", "age",     "aged",   "eu",     "uk",     "number",    "model", "type",
     "year",  "years",    "grosse", "groesse", "taille", "talla",  "taglia", "bundweite", "lange", "laenge",
     "depth", "diameter", "drop",   "rise",    "sleeve", "collar", "cup",    "strap",     "years"});

// Bounds that can also be a part of the name of a model: "air max 90".
constexpr auto kModelWords = std::to_array<std::string_view>({"max", "maxi", "min", "maximum"});

constexpr double kFirstYear = 1900;
constexpr double kLastYear = 2035;
constexpr double kRoundYear = 500;  // multiples are read as amounts and not as years: 2000
constexpr double kLargestSize = 60;
constexpr double kSizesApart = 6;

bool is_year(const Amount& amount) {
  return amount.is_plain && amount.digits == 4 && amount.value >= kFirstYear && amount.value <= kLastYear;
}

// Reads the prices in one text.
class PriceReader {
 public:
  PriceReader(std::string_view text, const IsPhrase& is_phrase)
      : text_(text), tokens_(read_price_tokens(text)), is_phrase_(is_phrase) {}

  PriceWords read() {
    for (std::size_t at = 0; at < tokens_.size();) {
      const std::size_t end = read_price(at);
      if (end > at) {
        take(at, end);
        at = end;
      } else {
        ++at;
      }
    }
    add_rest(text_.size());
    if (names_several_) price_.currency.clear();
    if (price_.min && price_.max && *price_.min > *price_.max) std::swap(price_.min, price_.max);
    return std::move(price_);
  }

 private:
  // The index after the price that begins at the token; `at` when none begins there.
  std::size_t read_price(std::size_t at) {
    for (const auto& reader : {&PriceReader::read_range, &PriceReader::read_bound, &PriceReader::read_sign,
                               &PriceReader::read_amount}) {
      if (const std::size_t end = (this->*reader)(at); end > at) return end;
    }
    return at;
  }

  bool is_word(std::size_t at, std::string_view word) const {
    if (at >= tokens_.size()) return false;
    if (word == "-") return tokens_[at].kind == PriceTokenKind::kDash;
    return tokens_[at].kind == PriceTokenKind::kWord && tokens_[at].text == word;
  }

  // The index after these words, which are separated by blanks; nullopt when the tokens are different.
  std::optional<std::size_t> behind_words(std::size_t at, std::string_view words) const {
    for (std::size_t begin = 0; begin < words.size();) {
      const std::size_t end = std::min(words.find(' ', begin), words.size());
      if (at < tokens_.size() && at > 0 && begin > 0 && tokens_[at].kind == PriceTokenKind::kDash)
        ++at;  // a hyphen, as in "au-dessus de"
      if (!is_word(at, words.substr(begin, end - begin))) return std::nullopt;
      ++at;
      begin = end + 1;
    }
    return at;
  }

  std::size_t read_range(std::size_t at) {
    for (const RangeWords& range : kRanges) {
      const auto first = behind_words(at, range.before);
      if (!first) continue;
      const auto low = amount_at(tokens_, *first);
      if (!low) continue;
      for (const std::string_view between : range.between) {
        if (between.empty() || !is_word(low->end, between)) continue;
        const auto high = amount_at(tokens_, low->end + 1);
        if (!high || !is_price_range(*low, *high, range.is_weak, at)) continue;
        price_.min = std::min(low->value, high->value);
        price_.max = std::max(low->value, high->value);
        note_currency(*low);
        note_currency(*high);
        return high->end;
      }
    }
    return at;
  }

  bool is_price_range(const Amount& low, const Amount& high, bool is_weak, std::size_t at) const {
    if (low.has_currency || high.has_currency) return true;
    if (is_weak || is_measured_before(at) || is_unit_behind(high.end)) return false;
    if (is_year(low) && is_year(high)) return false;
    const double apart = std::max(low.value, high.value) - std::min(low.value, high.value);
    return std::max(low.value, high.value) > kLargestSize || apart > kSizesApart;
  }

  std::size_t read_bound(std::size_t at) {
    for (const BoundWords& words : kBefore) {
      const auto first = behind_words(at, words.words);
      if (!first) continue;
      const bool has_joint = is_word(*first, "than") || is_word(*first, "of");
      const auto amount = amount_at(tokens_, *first + (has_joint ? 1 : 0));
      if (!amount || !is_price(*amount, words.is_weak, at)) continue;
      if (names_model(words.words, *amount, at)) continue;
      return set(words.bound, *amount);
    }
    return at;
  }

  // Reads "<50", ">= 50 usd".
  std::size_t read_sign(std::size_t at) {
    if (tokens_[at].kind != PriceTokenKind::kSign) return at;
    const auto amount = amount_at(tokens_, at + 1);
    if (!amount || !is_price(*amount, false, at)) return at;
    return set(tokens_[at].text == "<" ? Bound::kMax : Bound::kMin, *amount);
  }

  // Reads "$50 or less", "50 or more", "$50".
  std::size_t read_amount(std::size_t at) {
    const auto amount = amount_at(tokens_, at);
    if (!amount) return at;
    for (const BoundWords& words : kBehind) {
      const auto end = behind_words(amount->end, words.words);
      if (!end || !is_price(*amount, words.is_weak, at)) continue;
      set(words.bound, *amount);
      return *end;
    }
    if (!amount->has_currency) return at;
    const std::size_t end = amount->end;
    const bool has_plus = end < tokens_.size() && tokens_[end].text == "+" && !tokens_[end].has_blank_before;
    set(has_plus ? Bound::kMin : Bound::kMax, *amount);
    return has_plus ? end + 1 : end;
  }

  void note_currency(const Amount& amount) {
    if (amount.currency.empty()) return;
    names_several_ = names_several_ || (!price_.currency.empty() && price_.currency != amount.currency);
    price_.currency = amount.currency;
  }

  std::size_t set(Bound bound, const Amount& amount) {
    note_currency(amount);
    (bound == Bound::kMax ? price_.max : price_.min) = amount.value;
    return amount.end;
  }

  // `at`: the first token of the bound or, without one, of the amount.
  bool is_price(const Amount& amount, bool is_weak, std::size_t at) const {
    if (amount.has_currency) return true;
    if (is_weak || is_measured_before(at) || is_unit_behind(amount.end)) return false;
    const bool is_round = static_cast<long long>(amount.value) % static_cast<long long>(kRoundYear) == 0;
    return !is_year(amount) || is_round;
  }

  bool is_measured_before(std::size_t at) const {
    for (std::size_t back = 1; back <= 2 && back <= at; ++back) {
      const PriceToken& token = tokens_[at - back];
      if (token.kind == PriceTokenKind::kWord && std::ranges::contains(kMeasured, token.text)) return true;
    }
    return false;
  }

  bool is_unit_behind(std::size_t end) const {
    if (end >= tokens_.size()) return false;
    const PriceToken& next = tokens_[end];
    if (next.kind == PriceTokenKind::kWord) return std::ranges::contains(kUnits, next.text);
    const bool is_sign = next.kind == PriceTokenKind::kOther && next.text.size() == 1;
    // A slash shows a fraction, as in "under 1/2".
    return is_sign && (kUnitSigns.contains(next.text[0]) || next.text == "/");
  }

  // Whether the bound and the number are the end of the name of a model.
  bool names_model(std::string_view bound, const Amount& amount, std::size_t at) const {
    if (amount.has_currency || !std::ranges::contains(kModelWords, bound)) return false;
    if (at > 0 && is_word(at - 1, "air")) return true;
    return is_phrase_ && is_phrase_(fit::format("{} {}", bound, amount.value));
  }

  // Removes tokens from the text, with the brackets around them and the punctuation after them.
  void take(std::size_t first, std::size_t end) {
    const bool is_enclosed = first > 0 && end < tokens_.size() && tokens_[first - 1].text == "(" &&
                             tokens_[end].text == ")" && tokens_[first - 1].begin >= taken_;
    add_rest(tokens_[first - (is_enclosed ? 1 : 0)].begin);
    taken_ = tokens_[end - 1].end;
    while (taken_ < text_.size() && std::string_view(".,;:!?)").contains(text_[taken_])) ++taken_;
  }

  // Adds the words between the last price and `end` to the rest.
  void add_rest(std::size_t end) {
    std::string_view piece = text_.substr(std::min(taken_, end), end - std::min(taken_, end));
    constexpr std::string_view kBlanks = " \t\r\n";
    for (std::size_t begin = piece.find_first_not_of(kBlanks); begin < piece.size();
         begin = piece.find_first_not_of(kBlanks, begin)) {
      const std::size_t stop = std::min(piece.find_first_of(kBlanks, begin), piece.size());
      if (!price_.rest.empty()) price_.rest += ' ';
      price_.rest += piece.substr(begin, stop - begin);
      begin = stop;
    }
  }

  const std::string_view text_;
  const std::vector<PriceToken> tokens_;
  const IsPhrase& is_phrase_;
  PriceWords price_;
  bool names_several_ = false;  // bounds of different currencies
  std::size_t taken_ = 0;       // the offset in the text up to which words were added or removed
};

}  // namespace

PriceWords parse_price(std::string_view text, const IsPhrase& is_phrase) {
  return PriceReader(text, is_phrase).read();
}

}  // namespace fit::search

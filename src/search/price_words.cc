#include "search/price_words.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <vector>

#include "text/words.h"

namespace fit::search {
namespace {

constexpr std::array<std::string_view, 4> kSigns = {"$", "€", "£", "¥"};
constexpr auto kCurrencies =
    std::to_array<std::string_view>({"$", "€", "£", "¥", "usd", "eur", "gbp", "jpy", "dollar", "dollars",
                                     "euro", "euros", "pound", "pounds", "bucks", "quid"});

struct Token {
  std::string_view text;  // as written
  std::string lower;      // in lower case without punctuation at its end
};

std::vector<Token> split(std::string_view text) {
  std::vector<Token> tokens;
  const text::Words words(text, text::WordRule::kBlanks);
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string lower(words.text(i));
    while (!lower.empty() && std::string_view(".,;:!?)").contains(lower.back())) lower.pop_back();
    tokens.push_back({text.substr(words[i].begin, words[i].end - words[i].begin), std::move(lower)});
  }
  return tokens;
}

struct Amount {
  double value = 0;
  bool has_currency = false;
};

bool strip_sign(std::string_view& text, bool from_front) {
  for (const std::string_view sign : kSigns) {
    if (from_front ? text.starts_with(sign) : text.ends_with(sign)) {
      from_front ? text.remove_prefix(sign.size()) : text.remove_suffix(sign.size());
      return true;
    }
  }
  return false;
}

bool strip_code(std::string_view& text) {
  for (const std::string_view code : {"usd", "eur", "gbp", "jpy"}) {
    if (text.size() > code.size() && text.ends_with(code)) {
      text.remove_suffix(code.size());
      return true;
    }
  }
  return false;
}

// Reads an amount in one word: "50", "$49.99", "1,000", "50eur".
std::optional<Amount> amount_of(std::string_view text) {
  Amount amount;
  amount.has_currency = strip_sign(text, true);
  amount.has_currency = strip_sign(text, false) || strip_code(text) || amount.has_currency;
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    // A comma before exactly three digits separates thousands; otherwise it is a decimal point.
    if (text[i] == ',') {
      const std::string_view after = text.substr(i + 1);
      const std::size_t run = std::min(after.find_first_not_of("0123456789"), after.size());
      if (run == 3) continue;
      digits += '.';
    } else {
      digits += text[i];
    }
  }
  if (digits.empty() || digits.size() > 12 || digits[0] < '0' || digits[0] > '9') return std::nullopt;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, amount.value, std::chars_format::fixed);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return amount;
}

// Reads a list of words from its beginning. A read that fails consumes no words.
class Reader {
 public:
  explicit Reader(std::span<const Token> tokens) : tokens_(tokens) {}

  std::size_t taken() const { return at_; }

  bool word(std::initializer_list<std::string_view> words) {
    if (at_ >= tokens_.size() || !std::ranges::contains(words, std::string_view(tokens_[at_].lower)))
      return false;
    ++at_;
    return true;
  }
  bool phrase(std::string_view first, std::string_view second) {
    if (at_ + 1 >= tokens_.size() || tokens_[at_].lower != first || tokens_[at_ + 1].lower != second)
      return false;
    at_ += 2;
    return true;
  }
  // Reads a number with its currency before or after it, in one word or two.
  std::optional<Amount> amount() {
    std::size_t next = at_;
    bool has_currency = next < tokens_.size() && std::ranges::contains(kCurrencies, tokens_[next].lower);
    next += has_currency;
    if (next >= tokens_.size()) return std::nullopt;
    auto found = amount_of(tokens_[next].lower);
    if (!found) return std::nullopt;
    ++next;
    if (next < tokens_.size() && std::ranges::contains(kCurrencies, tokens_[next].lower)) {
      has_currency = true;
      ++next;
    }
    found->has_currency = found->has_currency || has_currency;
    at_ = next;
    return found;
  }
  // Reads a number after a sign in one word: "<50".
  std::optional<Amount> behind(std::string_view sign) {
    if (at_ >= tokens_.size() || !tokens_[at_].lower.starts_with(sign)) return std::nullopt;
    auto found = amount_of(std::string_view(tokens_[at_].lower).substr(sign.size()));
    at_ += found.has_value();
    return found;
  }
  // Reads a range in one word: "$20-$40".
  std::optional<std::pair<Amount, Amount>> span() {
    if (at_ >= tokens_.size()) return std::nullopt;
    const std::string_view text = tokens_[at_].lower;
    for (const std::string_view dash : {"-", "–"}) {
      const std::size_t cut = text.find(dash);
      if (cut == std::string_view::npos) continue;
      const auto low = amount_of(text.substr(0, cut));
      const auto high = amount_of(text.substr(cut + dash.size()));
      if (!low || !high) continue;
      const bool unit =
          at_ + 1 < tokens_.size() && std::ranges::contains(kCurrencies, tokens_[at_ + 1].lower);
      if (!low->has_currency && !high->has_currency && !unit) return std::nullopt;
      at_ += 1 + unit;
      return std::pair(*low, *high);
    }
    return std::nullopt;
  }

 private:
  std::span<const Token> tokens_;
  std::size_t at_ = 0;
};

// Reads a price range at the beginning of the words. Returns its number of words, 0 without a range.
std::size_t read_bounds(std::span<const Token> tokens, PriceWords& price) {
  const auto set_both = [&price](double a, double b) {
    price.min = std::min(a, b);
    price.max = std::max(a, b);
  };
  Reader reader(tokens);
  if (const auto both = reader.span()) {
    set_both(both->first.value, both->second.value);
    return reader.taken();
  }
  const bool between = reader.word({"between"});
  if (between || reader.word({"from"})) {
    const auto low = reader.amount();
    if (low && (between ? reader.word({"and", "to"}) : reader.word({"to", "-", "until"}))) {
      if (const auto high = reader.amount()) {
        set_both(low->value, high->value);
        return reader.taken();
      }
    }
  }
  reader = Reader(tokens);
  if (reader.word({"under", "below", "max", "maximum", "<", "<="}) || reader.phrase("less", "than") ||
      reader.phrase("cheaper", "than") || reader.phrase("up", "to") || reader.phrase("at", "most") ||
      reader.phrase("no", "more")) {
    reader.word({"than"});
    if (const auto high = reader.amount()) {
      price.max = high->value;
      return reader.taken();
    }
  }
  reader = Reader(tokens);
  if (reader.word({"over", "above", "min", "minimum", ">", ">="}) || reader.phrase("more", "than") ||
      reader.phrase("at", "least")) {
    if (const auto low = reader.amount()) {
      price.min = low->value;
      return reader.taken();
    }
  }
  for (const std::string_view sign : {"<=", "<"}) {
    reader = Reader(tokens);
    if (const auto high = reader.behind(sign)) {
      price.max = high->value;
      return reader.taken();
    }
  }
  for (const std::string_view sign : {">=", ">"}) {
    reader = Reader(tokens);
    if (const auto low = reader.behind(sign)) {
      price.min = low->value;
      return reader.taken();
    }
  }
  return 0;
}

}  // namespace

PriceWords parse_price(std::string_view text) {
  const std::vector<Token> tokens = split(text);
  PriceWords price;
  for (std::size_t at = 0; at < tokens.size();) {
    const std::size_t taken = read_bounds(std::span(tokens).subspan(at), price);
    if (taken == 0) {
      if (!price.rest.empty()) price.rest += ' ';
      price.rest += tokens[at].text;
    }
    at += std::max<std::size_t>(taken, 1);
  }
  if (price.min && price.max && *price.min > *price.max) std::swap(price.min, price.max);
  return price;
}

}  // namespace fit::search

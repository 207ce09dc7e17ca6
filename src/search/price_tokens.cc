#include "search/price_tokens.h"

#include <algorithm>
#include <array>

#include "text/characters.h"
#include "text/fold.h"
#include "text/money.h"

namespace fit::search {
namespace {

using text::CharacterKind;
using text::FoldedCharacter;

constexpr std::size_t kMostDigits = 12;
constexpr std::size_t kThousand = 3;  // digits of a group of thousands

constexpr auto kPrefixes = std::to_array<std::string_view>({"us", "a", "c", "nz", "hk", "r"});  // "US$"

bool is_currency_sign(char32_t code) {
  return code == '$' || code == 0xA3 || code == 0xA5 || code == 0xE3F || (code >= 0x20A0 && code <= 0x20CF) ||
         code == 0xFF04 || code == 0xFFE1 || code == 0xFFE5;
}

bool is_dash(char32_t code) {
  return code == '-' || (code >= 0x2010 && code <= 0x2015);
}

bool is_blank(char32_t code) {
  return code == ' ' || code == '\t' || code == '\n' || code == '\r' || code == 0xA0 || code == 0x202F ||
         code == 0x2009;
}

class TokenReader {
 public:
  explicit TokenReader(std::string_view text) {
    text::FoldingReader reader(text);
    FoldedCharacter character;
    while (reader.next(character)) {
      if (character.kind == CharacterKind::kNothing) continue;
      characters_.push_back(
          {character.kind, std::string(character.folded), character.code, character.begin, character.end});
      has_lower_ = has_lower_ || (character.code >= 'a' && character.code <= 'z');
    }
  }

  std::vector<PriceToken> read() {
    bool blank = false;
    while (at_ < characters_.size()) {
      if (is_blank(characters_[at_].code)) {
        blank = true;
        ++at_;
        continue;
      }
      PriceToken token;
      token.begin = characters_[at_].begin;
      token.has_blank_before = blank;
      read_token(token);
      token.end = characters_[at_ - 1].end;
      tokens_.push_back(std::move(token));
      blank = false;
    }
    return std::move(tokens_);
  }

 private:
  struct Character {
    CharacterKind kind;
    std::string folded;
    char32_t code;
    std::uint32_t begin;
    std::uint32_t end;
  };

  bool is_digit(std::size_t at) const {
    return at < characters_.size() && characters_[at].folded.size() == 1 &&
           characters_[at].folded[0] >= '0' && characters_[at].folded[0] <= '9';
  }
  bool is_letter(std::size_t at) const {
    return at < characters_.size() && characters_[at].kind != CharacterKind::kOther && !is_digit(at);
  }
  char32_t code(std::size_t at) const { return at < characters_.size() ? characters_[at].code : 0; }

  void read_token(PriceToken& token) {
    if (is_digit(at_)) return read_number(token);
    if (is_letter(at_)) return read_word(token);
    const char32_t sign = characters_[at_++].code;
    if (is_currency_sign(sign)) {
      token.kind = PriceTokenKind::kCurrency;
      text::append_code(token.text, sign);
    } else if (is_dash(sign)) {
      token.kind = PriceTokenKind::kDash;
    } else if (sign == '<' || sign == '>') {
      token.kind = PriceTokenKind::kSign;
      token.text = sign == '<' ? "<" : ">";
      if (code(at_) == '=') ++at_;
    } else if (sign == 0x2264 || sign == 0x2265) {
      token.kind = PriceTokenKind::kSign;
      token.text = sign == 0x2264 ? "<" : ">";
    } else if (sign == ':' && is_dash(code(at_)) && !tokens_.empty() && !token.has_blank_before &&
               tokens_.back().kind == PriceTokenKind::kNumber) {
      token.kind = PriceTokenKind::kCurrency;  // "500:-"
      ++at_;
    } else {
      text::append_code(token.text, sign);
    }
  }

  // How the characters from `first` on are written.
  text::Casing casing_since(std::size_t first) const {
    const bool is_upper =
        std::all_of(characters_.begin() + static_cast<std::ptrdiff_t>(first),
                    characters_.begin() + static_cast<std::ptrdiff_t>(at_),
                    [](const Character& one) { return one.code >= 'A' && one.code <= 'Z'; });
    return is_upper && has_lower_ ? text::Casing::kUpperInMixed : text::Casing::kAny;
  }

  // Reads letters and digits; drops inner apostrophes: "jusqu'a" becomes "jusqua".
  void read_word(PriceToken& token) {
    token.kind = PriceTokenKind::kWord;
    const std::size_t first = at_;
    for (; at_ < characters_.size(); ++at_) {
      const char32_t mark = code(at_);
      if ((mark == '\'' || mark == 0x2019) && is_letter(at_ + 1)) continue;
      if (!is_letter(at_) && !is_digit(at_)) break;
      token.text += characters_[at_].folded;
    }
    token.casing = casing_since(first);
  }

  void read_number(PriceToken& token) {
    token.kind = PriceTokenKind::kNumber;
    std::string digits;
    std::size_t count = 0;
    for (; at_ < characters_.size(); ++at_) {
      if (is_digit(at_)) {
        digits += characters_[at_].folded;
        ++count;
        continue;
      }
      const char32_t mark = code(at_) == 0x2019 ? '\'' : code(at_);
      if ((mark != '.' && mark != ',' && mark != '\'') || !is_digit(at_ + 1)) break;
      digits += static_cast<char>(mark);
      token.is_plain = false;
    }
    const auto number = text::parse_number(digits);
    if (number) {
      token.value = number->value;
      token.digits = number->whole_digits;
    }
    const std::size_t letters = at_;
    while (is_letter(at_)) token.text += characters_[at_++].folded;
    token.casing = casing_since(letters);
    if (!number || count > kMostDigits) token.kind = PriceTokenKind::kOther;
  }

  std::vector<Character> characters_;
  bool has_lower_ = false;  // some letter of the text is a small one
  std::vector<PriceToken> tokens_;
  std::size_t at_ = 0;
};

bool is_money(const PriceToken& token) {
  return token.kind == PriceTokenKind::kCurrency ||
         (token.kind == PriceTokenKind::kWord && text::is_currency_in_query(token.text, token.casing));
}

// Notes the currency that a sign ("$", "us$"), a code or a name beside the amount means.
void note_currency(Amount& amount, std::string_view name, bool is_sign) {
  amount.has_currency = true;
  const std::string_view code = text::currency_code(name);
  if (!code.empty() && (!is_sign || amount.currency.empty())) amount.currency = code;
}

void note_currency(Amount& amount, const PriceToken& token) {
  note_currency(amount, token.text, token.kind == PriceTokenKind::kCurrency);
}

// Joins groups of three digits that blanks separate: "1 000" is one number. Returns the index after the last
// group.
std::size_t read_groups(std::span<const PriceToken> tokens, std::size_t at, Amount& amount) {
  std::size_t end = at + 1;
  if (!tokens[at].is_plain || tokens[at].digits > kThousand || !tokens[at].text.empty()) return end;
  double value = amount.value;
  for (; end < tokens.size(); ++end) {
    const PriceToken& next = tokens[end];
    const bool is_group =
        next.kind == PriceTokenKind::kNumber && next.has_blank_before && next.digits == kThousand;
    if (!is_group) break;
    value = value * 1000 + next.value;
    if (!next.text.empty() || !next.is_plain) {
      ++end;
      break;
    }
  }
  amount.value = value;
  return end;
}

}  // namespace

std::vector<PriceToken> read_price_tokens(std::string_view text) {
  return TokenReader(text).read();
}

std::optional<Amount> amount_at(std::span<const PriceToken> tokens, std::size_t at) {
  Amount amount{.first = at};
  const bool has_prefix = at + 1 < tokens.size() && tokens[at].kind == PriceTokenKind::kWord &&
                          std::ranges::contains(kPrefixes, tokens[at].text) &&
                          tokens[at + 1].kind == PriceTokenKind::kCurrency &&
                          !tokens[at + 1].has_blank_before;
  if (has_prefix) {
    note_currency(amount, tokens[at].text + tokens[at + 1].text, true);
    at += 2;
  } else if (at < tokens.size() && is_money(tokens[at])) {
    note_currency(amount, tokens[at]);
    ++at;
  }
  if (at >= tokens.size() || tokens[at].kind != PriceTokenKind::kNumber) return std::nullopt;
  amount.value = tokens[at].value;
  amount.digits = tokens[at].digits;
  amount.is_plain = tokens[at].is_plain;
  const auto read_end = [&](std::size_t last) {
    const PriceToken& number = tokens[last];
    std::string_view letters = number.text;
    bool is_number = true;
    const auto is_currency = [&number](std::string_view word) {
      return text::is_currency_in_query(word, number.casing);
    };
    if (letters.starts_with('k') && (letters.size() == 1 || is_currency(letters.substr(1)))) {
      amount.value *= 1000;
      amount.is_plain = false;
      letters.remove_prefix(1);
    }
    if (!letters.empty()) {
      is_number = is_currency(letters);
      if (is_number) note_currency(amount, letters, false);
    } else if (last + 1 < tokens.size() && is_money(tokens[last + 1])) {
      // In "20 $30" the sign begins another amount.
      const bool begins_other = tokens[last + 1].has_blank_before && last + 2 < tokens.size() &&
                                tokens[last + 1].kind == PriceTokenKind::kCurrency &&
                                tokens[last + 2].kind == PriceTokenKind::kNumber &&
                                !tokens[last + 2].has_blank_before;
      if (!begins_other) {
        note_currency(amount, tokens[last + 1]);
        ++last;
      }
    }
    amount.end = last + 1;
    return is_number;
  };
  // Blanks separate thousands only in an amount with a currency, and not in "levi's 501 300".
  Amount grouped = amount;
  const std::size_t end = read_groups(tokens, at, grouped);
  if (end > at + 1) {
    const Amount single = amount;
    amount.value = grouped.value;
    if (read_end(end - 1) && amount.has_currency) {
      amount.is_plain = false;
      return amount;
    }
    amount = single;
  }
  if (!read_end(at)) return std::nullopt;
  return amount;
}

}  // namespace fit::search

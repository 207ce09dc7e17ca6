#include "text/money.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "base/replace_all.h"
#include "base/text.h"
#include "text/plain_amount.h"

namespace fit::text {
namespace {

// Words beside an amount that do not change it.
constexpr std::array kFillers = std::to_array<std::string_view>({"from",       "ab",
                                                                 "only",       "nur",
                                                                 "vb",         "vhb",
                                                                 "fp",         "ono",
                                                                 "obo",        "o.n.o.",
                                                                 "o.b.o.",     "neg",
                                                                 "neg.",       "firm",
                                                                 "each",       "now",
                                                                 "price",      "price:",
                                                                 "preis",      "preis:",
                                                                 "prix",       "precio",
                                                                 "dès",        "desde",
                                                                 "da",         "solo",
                                                                 "approx.",    "ca.",
                                                                 "ca",         "vs",
                                                                 "ttc",        "inkl.",
                                                                 "incl.",      "vat",
                                                                 "mwst",       "mwst.",
                                                                 "negotiable", "verhandlungsbasis",
                                                                 "festpreis"});

constexpr std::array kPhrases =
    std::to_array<std::string_view>({"or best offer", "or nearest offer", "à partir de", "a partir de",
                                     "a partire da", "incl. vat", "inkl. mwst"});

constexpr std::array kFree =
    std::to_array<std::string_view>({"free", "gratis", "gratuit", "gratuita", "gratuito", "kostenlos",
                                     "umsonst", "zu verschenken", "for free", "à donner", "giveaway"});

// Whether the separators at these offsets separate groups of three digits, or of two before the last group
// (as in India).
bool is_grouped(std::string_view digits, const std::vector<std::size_t>& at) {
  if (at.empty()) return true;
  if (at.front() == 0 || at.front() > 3) return false;
  for (std::size_t i = 0; i + 1 < at.size(); ++i) {
    const std::size_t size = at[i + 1] - at[i] - 1;
    if (size != 3 && size != 2) return false;
  }
  return digits.size() - at.back() - 1 == 3;
}

// The offset of the decimal separator; npos when there is none. `marks` are the offsets of all separators.
std::size_t decimal_place(std::string_view text, const std::vector<std::size_t>& marks) {
  const std::size_t last = marks.back();
  const char mark = text[last];
  if (mark != '.' && mark != ',') return std::string_view::npos;
  const auto of_its_kind = std::ranges::count_if(marks, [&](std::size_t at) { return text[at] == mark; });
  if (of_its_kind > 1) return std::string_view::npos;
  if (marks.size() > 1) return last;
  const bool groups = text.size() - last - 1 == 3 && last >= 1 && last <= 3 && text[0] != '0';
  return groups ? std::string_view::npos : last;
}

std::optional<double> plain_number(std::string_view text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc{} || stop != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

// Reads a number without a factor from the characters of plain_amount().
std::optional<Number> separated_number(std::string_view text) {
  std::vector<std::size_t> marks;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_digit(text[i])) continue;
    if (std::string_view(".,' ").find(text[i]) == std::string_view::npos) return std::nullopt;
    marks.push_back(i);
  }
  if (text.empty() || !is_digit(text.back())) return std::nullopt;
  const std::size_t decimal = marks.empty() ? std::string_view::npos : decimal_place(text, marks);
  if (decimal != std::string_view::npos) marks.pop_back();
  const char group = marks.empty() ? ' ' : text[marks.front()];
  const std::string_view whole = text.substr(0, std::min(decimal, text.size()));
  if (!std::ranges::all_of(marks, [&](std::size_t at) { return text[at] == group; })) return std::nullopt;
  if (!is_grouped(whole, marks)) return std::nullopt;
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_digit(text[i])) digits.push_back(text[i]);
    if (i == decimal) digits.push_back('.');
  }
  if (digits.front() == '.') digits.insert(0, 1, '0');
  const auto value = plain_number(digits);
  if (!value) return std::nullopt;
  return Number{.value = *value, .whole_digits = whole.size() - marks.size()};
}

// The number in a text of plain_amount(), and the texts before and after it.
struct Parts {
  std::string_view before;
  std::string_view number;
  std::string_view behind;
};

std::optional<Parts> find_number(std::string_view text) {
  const auto first = std::ranges::find_if(text, is_digit);
  if (first == text.end()) return std::nullopt;
  auto begin = static_cast<std::size_t>(first - text.begin());
  std::size_t end = text.size();
  while (!is_digit(text[end - 1])) --end;
  if (begin > 0 && text[begin - 1] == '.' && (begin == 1 || text[begin - 2] == ' ')) --begin;  // ".50"
  return Parts{text.substr(0, begin), text.substr(begin, end - begin), text.substr(end)};
}

// Removes a "k" after the number, and a dash for no cents: "20,-", "20.-", "20,--". Returns the factor.
double take_factor(std::string_view& behind) {
  double factor = 1;
  if (behind.starts_with('k') &&
      (behind.size() == 1 || behind[1] == ' ' || !(behind[1] >= 'a' && behind[1] <= 'z')) &&
      !behind.starts_with("kč")) {
    factor = 1000;
    behind.remove_prefix(1);
  }
  if (behind.starts_with(",-") || behind.starts_with(".-")) {
    behind.remove_prefix(2);
    while (behind.starts_with('-')) behind.remove_prefix(1);
  } else if (behind.starts_with(":-")) {
    behind.remove_prefix(2);
  } else if (behind == "." || behind == ",") {
    behind = {};
  }
  return factor;
}

// Reads the words beside the number. Returns false when one is neither a currency nor a filler. A currency
// code overrides "$": "$20 CAD".
bool read_words(std::string_view words, std::string& currency, bool& is_weak) {
  std::string text(trim(words));
  for (const std::string_view phrase : kPhrases) replace_all(text, phrase, " ");
  std::string_view rest = trim(text);
  while (rest.size() > 1 && (rest.front() == '(' || rest.front() == ':')) rest.remove_prefix(1);
  while (rest.size() > 1 && (rest.back() == ')' || rest.back() == ':' || rest.back() == '*'))
    rest.remove_suffix(1);
  while (!rest.empty()) {
    const std::size_t blank = std::min(rest.find(' '), rest.size());
    std::string_view word = rest.substr(0, blank);
    rest = trim(rest.substr(blank));
    if (is_currency(word)) {
      const std::string_view code = currency_code(word);
      const bool weak = word == "$";
      if (code.empty() || code == currency || (weak && !currency.empty())) continue;
      if (!currency.empty() && !is_weak) return false;
      currency = code;
      is_weak = weak;
    } else if (!std::ranges::contains(kFillers, word)) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<double> parse_amount(std::string_view text) {
  const std::string amount = plain_amount(text);
  std::string_view number = amount;
  const bool thousands = number.ends_with('k');
  if (thousands) number = trim(number.substr(0, number.size() - 1));
  const auto value = separated_number(number);
  if (!value) return std::nullopt;
  return thousands ? value->value * 1000 : value->value;
}

std::optional<Number> parse_number(std::string_view text) {
  return separated_number(plain_amount(text));
}

std::optional<Money> parse_money(std::string_view raw) {
  if (raw.size() > 200) return std::nullopt;
  std::string text = plain_amount(raw);
  for (const char* country : {"us", "ca", "au", "nz", "hk", "c", "a"}) {
    const std::string name = country;
    if (text.starts_with(name + " $") || text.contains(" " + name + " $"))
      replace_all(text, name + " $", name + "$");
  }
  if (std::ranges::contains(kFree, std::string_view(text))) return Money{};
  const auto parts = find_number(text);
  if (!parts) return std::nullopt;
  std::string_view behind = parts->behind;
  const double factor = take_factor(behind);
  const auto number = separated_number(parts->number);
  if (!number) return std::nullopt;
  Money money;
  bool is_weak = false;
  if (!read_words(parts->before, money.currency, is_weak) || !read_words(behind, money.currency, is_weak)) {
    return std::nullopt;
  }
  money.amount = number->value * factor;
  return money;
}

}  // namespace fit::text

#include "text/money.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "base/text.h"

namespace fit::text {
namespace {

struct CurrencyName {
  std::string_view name;  // in lower case
  std::string_view code;
};

// Signs and names of currencies besides the ISO 4217 codes. search/price_tokens.cc has its own words: in a
// query, many codes and short names ("all", "top", "ft") are words of another meaning.
constexpr std::array kNames = std::to_array<CurrencyName>({
    {"$", "USD"},        {"us$", "USD"},     {"$us", "USD"},      {"usd$", "USD"},   {"dollar", "USD"},
    {"dollars", "USD"},  {"bucks", "USD"},   {"buck", "USD"},     {"€", "EUR"},      {"euro", "EUR"},
    {"euros", "EUR"},    {"£", "GBP"},       {"pound", "GBP"},    {"pounds", "GBP"}, {"quid", "GBP"},
    {"sterling", "GBP"}, {"libras", "GBP"},  {"sterline", "GBP"}, {"c$", "CAD"},     {"ca$", "CAD"},
    {"can$", "CAD"},     {"a$", "AUD"},      {"au$", "AUD"},      {"nz$", "NZD"},    {"hk$", "HKD"},
    {"s$", "SGD"},       {"sg$", "SGD"},     {"nt$", "TWD"},      {"mx$", "MXN"},    {"r$", "BRL"},
    {"¥", "JPY"},        {"jp¥", "JPY"},     {"円", "JPY"},       {"yen", "JPY"},    {"cn¥", "CNY"},
    {"元", "CNY"},       {"rmb", "CNY"},     {"yuan", "CNY"},     {"₹", "INR"},      {"rs", "INR"},
    {"rs.", "INR"},      {"rupee", "INR"},   {"rupees", "INR"},   {"₩", "KRW"},      {"원", "KRW"},
    {"won", "KRW"},      {"₽", "RUB"},       {"руб", "RUB"},      {"руб.", "RUB"},   {"рублей", "RUB"},
    {"₴", "UAH"},        {"грн", "UAH"},     {"грн.", "UAH"},     {"₺", "TRY"},      {"tl", "TRY"},
    {"zł", "PLN"},       {"zl", "PLN"},      {"zloty", "PLN"},    {"kč", "CZK"},     {"kc", "CZK"},
    {"ft", "HUF"},       {"lei", "RON"},     {"лв", "BGN"},       {"лв.", "BGN"},    {"sfr", "CHF"},
    {"sfr.", "CHF"},     {"fr.", "CHF"},     {"franken", "CHF"},  {"₪", "ILS"},      {"฿", "THB"},
    {"₫", "VND"},        {"đ", "VND"},       {"₱", "PHP"},        {"rp", "IDR"},     {"rp.", "IDR"},
    {"rm", "MYR"},       {"₦", "NGN"},       {"₸", "KZT"},        {"₾", "GEL"},      {"₡", "CRC"},
    {"dhs", "AED"},      {"dirhams", "AED"}, {"kr", ""},          {"kr.", ""},       {"kronor", "SEK"},
    {"kroner", ""},      {"krona", "SEK"},   {"krone", ""},       {",-", ""},
});

constexpr std::string_view kCodes =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD "
    "CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ "
    "GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP "
    "LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB "
    "PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL "
    "THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW "
    "ZWL ";

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

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// Normalises blanks, apostrophes, dashes, letter case and full-width digits.
std::string plain(std::string_view text) {
  std::string result(text);
  for (const char* blank : {"\u00A0", "\u202F", "\u2009", "\u2007", "\u3000", "\t", "\n", "\r"}) {
    replace_all(result, blank, " ");
  }
  for (const char* nothing : {"\u200B", "\u200E", "\u200F", "\uFEFF", "\u2060", "\u00AD"})
    replace_all(result, nothing, "");
  for (const char* apostrophe : {"\u2019", "\u2018", "`", "\u00B4"}) replace_all(result, apostrophe, "'");
  for (const char* dash : {"\u2013", "\u2014", "\u2212", "\u2010", "\u2011"}) replace_all(result, dash, "-");
  replace_all(result, "\uFF04", "$");
  replace_all(result, "\uFFE1", "£");
  replace_all(result, "\uFFE5", "¥");
  replace_all(result, "\uFF0C", ",");
  replace_all(result, "\uFF0E", ".");
  for (char digit = 0; digit < 10; ++digit) {
    const char wide[] = {'\xEF', '\xBC', static_cast<char>('\x90' + digit), '\0'};
    const char narrow[] = {static_cast<char>('0' + digit), '\0'};
    replace_all(result, wide, narrow);
  }
  replace_all(result, "Ł", "ł");
  replace_all(result, "Č", "č");
  return to_lower(trim(result));
}

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

// Reads a number without a factor from the characters of plain().
std::optional<double> separated_number(std::string_view text) {
  std::vector<std::size_t> marks;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_digit(text[i])) continue;
    if (std::string_view(".,' ").find(text[i]) == std::string_view::npos) return std::nullopt;
    marks.push_back(i);
  }
  if (text.empty() || !is_digit(text.back())) return std::nullopt;
  if (marks.empty()) return plain_number(text);
  const std::size_t decimal = decimal_place(text, marks);
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
  return plain_number(digits);
}

// The number in a text of plain(), and the texts before and after it.
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

bool is_currency(std::string_view text) {
  const std::string name = plain(text);
  if (std::ranges::contains(kNames, std::string_view(name), &CurrencyName::name)) return true;
  return name.size() == 3 && !currency_code(name).empty();
}

std::string_view currency_code(std::string_view text) {
  const std::string name = plain(text);
  const auto* const known = std::ranges::find(kNames, std::string_view(name), &CurrencyName::name);
  if (known != kNames.end()) return known->code;
  if (name.size() != 3) return {};
  std::string code = name + ' ';
  for (char& c : code) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c & ~0x20);
  }
  const std::size_t at = kCodes.find(code);
  return at == std::string_view::npos || at % 4 != 0 ? std::string_view() : kCodes.substr(at, 3);
}

std::optional<double> parse_amount(std::string_view text) {
  const std::string amount = plain(text);
  std::string_view number = amount;
  const bool thousands = number.ends_with('k');
  if (thousands) number = trim(number.substr(0, number.size() - 1));
  const auto value = separated_number(number);
  if (!value) return std::nullopt;
  return thousands ? *value * 1000 : *value;
}

std::optional<Money> parse_money(std::string_view raw) {
  if (raw.size() > 200) return std::nullopt;
  std::string text = plain(raw);
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
  money.amount = *number * factor;
  return money;
}

}  // namespace fit::text

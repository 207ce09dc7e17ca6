#include "text/currency.h"

#include <algorithm>
#include <array>
#include <string>

#include "text/plain_amount.h"

namespace fit::text {
namespace {

struct CurrencyName {
  std::string_view name;  // in lower case
  std::string_view code;
};

// Signs and names of currencies besides the ISO 4217 codes. A name that several currencies share has no code.
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
    {"kroner", ""},      {"krona", "SEK"},   {"krone", ""},       {",-", ""},        {"dolar", "USD"},
    {"dolares", "USD"},  {"dollari", "USD"}, {"zlotych", "PLN"},  {"baht", "THB"},   {"lira", ""},
    {"franc", ""},       {"francs", ""},     {"pesos", ""},
});

constexpr std::string_view kCodes =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD "
    "CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ "
    "GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP "
    "LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB "
    "PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL "
    "THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW "
    "ZWL ";

// Codes and names that have another meaning in queries.
constexpr std::array kCodesThatAreWords = std::to_array<std::string_view>(
    {"all", "bam", "bob", "cop", "cup", "gel", "mad", "mop", "pen", "sos", "top", "try", "wst"});
constexpr std::array kOtherMeaning = std::to_array<std::string_view>({"ft"});

}  // namespace

bool is_currency(std::string_view text) {
  const std::string name = plain_amount(text);
  if (std::ranges::contains(kNames, std::string_view(name), &CurrencyName::name)) return true;
  return name.size() == 3 && !currency_code(name).empty();
}

std::string_view currency_code(std::string_view text) {
  const std::string name = plain_amount(text);
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

bool has_code_form(std::string_view text) {
  return text.size() == 3 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_currency_in_query(std::string_view word, Casing casing) {
  if (!is_currency(word) || std::ranges::contains(kOtherMeaning, word)) return false;
  return casing == Casing::kUpperInMixed || !std::ranges::contains(kCodesThatAreWords, word);
}

}  // namespace fit::text

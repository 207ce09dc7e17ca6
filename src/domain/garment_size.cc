#include "domain/garment_size.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/format.h"
#include "base/text.h"
#include "domain/size_tokens.h"

namespace fit::domain {
namespace {

using Tokens = std::span<const SizeToken>;

constexpr std::array<std::string_view, 12> kSystemNames = {
    "letters", "eu", "uk", "us", "fr", "it", "de", "waist", "shoes", "kids", "number", "one_size"};

// From these on a bare number is an EU size; smaller ones are ages, waists, UK or US sizes.
constexpr double kLeastBareEu = 34;
constexpr double kMostNumber = 70;
constexpr double kMostRange = 4;  // the widest range of one EU size, as that of socks: 39-42
constexpr double kLeastHeight = 50;
constexpr double kMostHeight = 188;
constexpr double kLeastBareHeight = 62;  // smaller heights are EU sizes, too
constexpr double kHeightStep = 6;        // EN 13402-3
constexpr double kMonths = 12;

std::optional<SizeSystem> system_of(std::string_view word) {
  constexpr std::array kWords = {
      std::pair{"eu", SizeSystem::kEu}, std::pair{"eur", SizeSystem::kEu},
      std::pair{"uk", SizeSystem::kUk}, std::pair{"gb", SizeSystem::kUk},
      std::pair{"us", SizeSystem::kUs}, std::pair{"usa", SizeSystem::kUs},
      std::pair{"fr", SizeSystem::kFr}, std::pair{"it", SizeSystem::kIt},
      std::pair{"de", SizeSystem::kDe}, std::pair{"europe", SizeSystem::kEu},
  };
  const auto* const found = std::ranges::find(kWords, word, [](const auto& one) { return one.first; });
  return found == kWords.end() ? std::nullopt : std::optional(found->second);
}

bool is_whole(double number) {
  return number == std::floor(number);
}

bool is_height(double number) {
  return number >= kLeastHeight && number <= kMostHeight &&
         std::fmod(number - kLeastHeight, kHeightStep) == 0;
}

// One number or two with a separator.
struct Numbers {
  double first = 0;
  std::optional<double> second = {};

  bool is_range() const { return second && *second > first; }
  bool are_whole() const { return is_whole(first) && is_whole(second.value_or(0)); }
  double middle() const { return (first + second.value_or(first)) / 2; }
  std::string text(std::string_view between) const {
    std::string written = size_number(first);
    if (second) written += fit::format("{}{}", between, size_number(*second));
    return written;
  }
};

std::optional<Numbers> numbers_of(Tokens tokens) {
  if (tokens.empty() || !tokens[0].number) return std::nullopt;
  if (tokens.size() == 1) return Numbers{.first = *tokens[0].number};
  if (tokens.size() != 3 || !tokens[1].is_separator() || !tokens[2].number) return std::nullopt;
  return Numbers{.first = *tokens[0].number, .second = tokens[2].number};
}

// The rank of a letter size: 0 for S, 1 for M. `tokens` are "m", "2 xl", "x large", "extra-large".
std::optional<int> letters_of(Tokens tokens) {
  constexpr std::array kNames = {std::pair{"xs", -1},     std::pair{"s", 0},     std::pair{"small", 0},
                                 std::pair{"m", 1},       std::pair{"med", 1},   std::pair{"medium", 1},
                                 std::pair{"l", 2},       std::pair{"large", 2}, std::pair{"xl", 3},
                                 std::pair{"xsmall", -1}, std::pair{"xlarge", 3}};
  std::string joined;
  int times = 0;  // as in 2XL
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (i == 0 && tokens[i].number && tokens.size() > 1) {
      if (*tokens[i].number < 1 || *tokens[i].number > 9 || !is_whole(*tokens[i].number)) return std::nullopt;
      times = static_cast<int>(*tokens[i].number);
    } else if (tokens[i].is_separator() && i == 1 && tokens.size() == 3) {
      continue;
    } else if (tokens[i].word.empty()) {
      return std::nullopt;
    } else {
      joined += tokens[i].word == "extra" ? "x" : tokens[i].word;
    }
  }
  const std::size_t more = std::min(joined.find_first_not_of('x'), joined.size());
  if (more > 1) {
    if (times != 0 || more > 5) return std::nullopt;
    times = static_cast<int>(more);
    joined.erase(0, more - 1);
  }
  const auto* const found = std::ranges::find(kNames, joined, [](const auto& one) { return one.first; });
  if (found == kNames.end()) return std::nullopt;
  if (times == 0) return found->second;
  if (found->second == 3) return 2 + times;
  return found->second == -1 ? std::optional(-times) : std::nullopt;
}

std::string letters_text(int rank) {
  constexpr std::array<std::string_view, 7> kTexts = {"XXS", "XS", "S", "M", "L", "XL", "XXL"};
  if (rank < -2) return fit::format("{}XS", -rank);
  return rank > 4 ? fit::format("{}XL", rank - 2)
                  : std::string(kTexts.at(static_cast<std::size_t>(rank + 2)));
}

std::optional<GarmentSize> read_letters(Tokens tokens) {
  if (const auto rank = letters_of(tokens)) {
    return GarmentSize{SizeSystem::kLetters, static_cast<double>(*rank), letters_text(*rank)};
  }
  for (std::size_t i = 1; i + 1 < tokens.size(); ++i) {
    if (!tokens[i].is_separator()) continue;
    const auto low = letters_of(tokens.first(i));
    const auto high = letters_of(tokens.subspan(i + 1));
    if (!low || !high || *low >= *high) continue;
    return GarmentSize{SizeSystem::kLetters, (*low + *high) / 2.0,
                       fit::format("{}/{}", letters_text(*low), letters_text(*high))};
  }
  return std::nullopt;
}

std::optional<GarmentSize> read_one_size(Tokens tokens) {
  constexpr std::array<std::string_view, 10> kTexts = {"onesize",  "os",           "osfa",  "onesizefitsall",
                                                       "unisize",  "unique",       "unica", "única",
                                                       "freesize", "einheitsgröße"};
  std::string joined;
  for (const SizeToken& one : tokens) joined += one.word;
  const bool is_words = std::ranges::all_of(
      tokens, [](const SizeToken& one) { return !one.number && (!one.word.empty() || one.is_separator()); });
  if (!is_words || !std::ranges::contains(kTexts, joined)) return std::nullopt;
  return GarmentSize{SizeSystem::kOneSize, 0, "One size"};
}

// "w32 l34", "32w x 34l", "w32", "32x34", "32/34".
std::optional<GarmentSize> read_waist(Tokens tokens) {
  std::vector<double> inches;
  std::string marks;
  for (const SizeToken& one : tokens) {
    if (one.number) {
      inches.push_back(*one.number);
    } else if (one.word == "w" || one.word == "l" || one.word == "wx" || one.word == "x") {
      marks += one.word;
    } else if (!one.is_separator()) {
      return std::nullopt;
    }
  }
  std::erase(marks, 'x');
  const bool has_marks = marks == "w" || marks == "wl";
  const bool is_times = std::ranges::contains(tokens, "x", &SizeToken::word);
  if (inches.empty() || inches.size() > 2 || !(has_marks || (inches.size() == 2 && marks.empty()))) return {};
  if (!std::ranges::all_of(inches, is_whole) || inches[0] < 20 || inches[0] > 60) return std::nullopt;
  if (inches.size() == 1) {
    if (marks != "w") return std::nullopt;
    return GarmentSize{SizeSystem::kWaist, inches[0] * 100, fit::format("W{}", size_number(inches[0]))};
  }
  if (inches[1] < 24 || inches[1] > 40) return std::nullopt;
  // "36/38" is one EU size, "32/34" are inches.
  const bool is_eu =
      inches[0] >= kLeastBareEu && inches[1] > inches[0] && inches[1] - inches[0] <= kMostRange;
  if (marks.empty() && !is_times && is_eu) return std::nullopt;
  return GarmentSize{SizeSystem::kWaist, inches[0] * 100 + inches[1],
                     fit::format("W{} L{}", size_number(inches[0]), size_number(inches[1]))};
}

std::optional<GarmentSize> read_age(const Numbers& age, std::string_view unit) {
  constexpr std::array<std::string_view, 17> kYears = {"y",     "yr",  "yrs",  "year", "years", "jahr",
                                                       "jahre", "j",   "a",    "an",   "ans",   "año",
                                                       "años",  "ano", "anos", "anno", "anni"};
  constexpr std::array<std::string_view, 16> kMonthWords = {
      "m",      "mo",  "mos",  "mth", "mths",  "month", "months", "monat",
      "monate", "mon", "mois", "mes", "meses", "mese",  "mesi",   "monaten"};
  const bool is_years = std::ranges::contains(kYears, unit);
  if (!is_years && !std::ranges::contains(kMonthWords, unit)) return std::nullopt;
  const double most = is_years ? 18 : 36;
  if (!age.are_whole() || age.second.value_or(age.first) > most || (age.second && !age.is_range())) return {};
  return GarmentSize{SizeSystem::kKids, age.middle() * (is_years ? kMonths : 1),
                     fit::format("{} {}", age.text("-"), is_years ? "years" : "months")};
}

std::optional<GarmentSize> read_height(const Numbers& height, bool has_unit) {
  constexpr double kBehindAges = 1000;
  const double last = height.second.value_or(height.first);
  if (!is_height(height.first) || !is_height(last) || (height.second && !height.is_range())) return {};
  if (!has_unit && !height.second && height.first < kLeastBareHeight) return std::nullopt;
  return GarmentSize{SizeSystem::kKids, kBehindAges + height.middle(),
                     fit::format("{} cm", height.text("-"))};
}

std::optional<GarmentSize> read_kids(Tokens tokens) {
  if (tokens.size() == 1 && tokens[0].word == "newborn") {
    return GarmentSize{SizeSystem::kKids, -1, "Newborn"};
  }
  const bool is_age = tokens[0].word == "age" || tokens[0].word == "ages";
  if (is_age) {
    const auto age = numbers_of(tokens.subspan(1));
    return age ? read_age(*age, "years") : std::nullopt;
  }
  if (const auto bare = numbers_of(tokens)) return read_height(*bare, false);
  const auto numbers = numbers_of(tokens.first(tokens.size() - 1));
  if (!numbers) return std::nullopt;
  const std::string_view unit = tokens.back().word;
  if (unit == "t" && !numbers->second && numbers->first >= 1 && numbers->first <= 7 && numbers->are_whole()) {
    return GarmentSize{SizeSystem::kKids, numbers->first * kMonths + 0.5,
                       fit::format("{}T", size_number(numbers->first))};
  }
  return unit == "cm" ? read_height(*numbers, true) : read_age(*numbers, unit);
}

// A number with a system, before or behind it, or a bare one.
std::optional<GarmentSize> read_number(Tokens tokens) {
  std::optional<SizeSystem> system = system_of(tokens.front().word);
  if (system) {
    tokens = tokens.subspan(1);
    if (!tokens.empty() && tokens[0].is_separator()) tokens = tokens.subspan(1);
  } else if ((system = system_of(tokens.back().word))) {
    tokens = tokens.first(tokens.size() - 1);
  }
  const auto numbers = numbers_of(tokens);
  if (!numbers || (numbers->second && !numbers->is_range())) return std::nullopt;
  const double last = numbers->second.value_or(numbers->first);
  if (last > kMostNumber || last - numbers->first > kMostRange) return std::nullopt;
  const bool has_thirds = !is_whole(2 * numbers->first) || !is_whole(2 * last);
  if (numbers->second && has_thirds) return std::nullopt;
  if (!system && numbers->first >= kLeastBareEu) system = SizeSystem::kEu;
  if (!system) {
    if (numbers->second || !numbers->are_whole()) return std::nullopt;
    return GarmentSize{SizeSystem::kNumber, numbers->first, size_number(numbers->first)};
  }
  constexpr std::array<std::string_view, 7> kCalled = {"", "EU", "UK", "US", "FR", "IT", "DE"};
  const std::string_view called = kCalled.at(static_cast<std::size_t>(*system));
  const auto order = static_cast<double>(*system) * 1000;
  const bool is_shoe = !numbers->are_whole();
  return GarmentSize{is_shoe ? SizeSystem::kShoes : *system, (is_shoe ? order : 0) + numbers->middle(),
                     fit::format("{} {}", called, numbers->text("/"))};
}

}  // namespace

std::string_view name_of(SizeSystem system) {
  return kSystemNames.at(static_cast<std::size_t>(system));
}

std::optional<GarmentSize> read_size(std::string_view text) {
  const auto read = size_tokens(text);
  if (!read) return std::nullopt;
  const Tokens tokens(*read);
  for (const auto& reader : {read_one_size, read_letters, read_waist, read_kids, read_number}) {
    if (auto size = reader(tokens)) return size;
  }
  return std::nullopt;
}

bool is_same_size(std::string_view one, std::string_view other) {
  if (to_lower(one) == to_lower(other)) return true;
  const auto a = read_size(one);
  const auto b = read_size(other);
  return a && b && a->text == b->text;
}

void unite_sizes(Facet& facet, std::size_t most) {
  std::vector<Facet::Value> united;
  std::unordered_map<std::string, std::size_t> indexes;  // into `united`, by the size's text
  for (Facet::Value& one : facet.values) {
    if (const auto size = read_size(one.value)) one.value = size->text;
    const auto [known, is_new] = indexes.try_emplace(one.value, united.size());
    if (is_new) united.push_back({one.value, 0});
    united[known->second].count += one.count;
  }
  facet.values = std::move(united);
  sort_and_cut(facet, most);
  const auto place = [](const Facet::Value& one) {
    const auto size = read_size(one.value);
    return size ? std::pair(static_cast<std::size_t>(size->system), size->rank)
                : std::pair(kSystemNames.size(), 0.0);
  };
  std::ranges::stable_sort(facet.values, {}, place);
}

}  // namespace fit::domain

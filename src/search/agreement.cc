#include "search/agreement.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <tuple>
#include <utility>

namespace fit::search {
namespace {

constexpr std::size_t kMostCombined = 5;  // named properties whose combinations are tried
constexpr double kRounding = 1e-9;        // of a sum of confidences

// A property with the values of which an item is to have one.
struct Wish {
  std::size_t property = 0;
  std::vector<std::string> values;
  std::vector<std::string> said;  // the values as SoftProperty::value has them
};

using Wishes = std::vector<const Wish*>;

bool is_colour(const Wish& wish) {
  return wish.property == domain::kPrimaryColor || wish.property == domain::kSecondaryColor;
}

void add_wish(const SoftProperty& one, const std::vector<std::string>& values, std::vector<Wish>& wishes) {
  auto wish = std::ranges::find(wishes, one.property, &Wish::property);
  if (wish == wishes.end()) wish = wishes.insert(wish, {.property = one.property, .values = {}, .said = {}});
  for (const std::string& value : values) {
    if (!std::ranges::contains(wish->values, value)) wish->values.push_back(value);
  }
  if (!std::ranges::contains(wish->said, one.value)) wish->said.push_back(one.value);
}

class AgreementFinder {
 public:
  AgreementFinder(const ItemColumns& columns, const ResolvedQuery& query)
      : columns_(columns), query_(query) {}

  Result<Agreement> find_beside_example() {
    read_wishes();
    FIT_TRY(auto of_all, find_all());
    if (of_all) return *std::move(of_all);
    FIT_CHECK(find_levels());
    FIT_TRY(const Wishes combinable, find_combinable());
    for (const std::uint32_t dropped : orders_of_dropping(combinable)) {
      Wishes kept;
      for (std::size_t i = 0; i < combinable.size(); ++i) {
        if ((dropped >> i & 1U) == 0) kept.push_back(combinable[i]);
      }
      for (const Wishes& level : levels_) {
        FIT_TRY(auto selection, select(level, kept));
        if (selection) return agreement_of(level, kept, *std::move(selection));
      }
    }
    return Agreement{};
  }

  Result<Agreement> find_of_words() const {
    Agreement all;
    Filter filter = query_.filter;
    for (const SoftProperty& one : query_.parsed.properties) {
      (one.wanted ? filter.any_of : filter.none_of)
          .push_back({std::string(domain::kProperties[one.property]), one.values});
    }
    FIT_TRY(auto selection, columns_.select(filter));
    FIT_TRY(const bool none, columns_.is_empty(selection));
    if (!none) all.items = std::move(selection);
    return all;
  }

 private:
  void read_wishes() {
    const auto read = [this](const SoftProperty& one, const std::vector<std::string>& values) {
      add_wish(one, values,
               one.property == domain::kCategory      ? category_
               : one.property == domain::kSubcategory ? subcategory_
                                                      : named_);
    };
    for (const SoftProperty& one : query_.parsed.properties) {
      if (one.wanted) read(one, one.values);
    }
    for (const ResolvedQuery::Inherited& one : query_.inherited) {
      if (one.confidence >= kConfident - kRounding) read(one.property, one.with_kinds);
    }
  }

  static Wishes wishes_of(const std::vector<Wish>& wishes) {
    Wishes all;
    for (const Wish& one : wishes) all.push_back(&one);
    return all;
  }

  Wishes narrowest_kind() const {
    Wishes both = wishes_of(category_);
    std::ranges::copy(wishes_of(subcategory_), std::back_inserter(both));
    return both;
  }

  // The agreement on the kind and all named properties; nullopt when no item has all of them.
  Result<std::optional<Agreement>> find_all() {
    const Wishes kind = narrowest_kind();
    const Wishes named = wishes_of(named_);
    FIT_TRY(auto selection, select(kind, named));
    if (!selection) return std::nullopt;
    levels_.push_back(kind);
    if (!category_.empty() && !subcategory_.empty()) levels_.push_back(wishes_of(category_));
    return agreement_of(kind, named, *std::move(selection));
  }

  // Sets levels_ to the kinds that some selected item is of. Without any, the only level is no kind.
  Result<void> find_levels() {
    const Wishes category = wishes_of(category_);
    bool has_category = false;
    if (!category.empty()) {
      FIT_TRY(has_category, exists(category));
    }
    if (!subcategory_.empty()) {
      const Wishes narrow = has_category ? narrowest_kind() : wishes_of(subcategory_);
      FIT_TRY(const bool is_there, exists(narrow));
      if (is_there) levels_.push_back(narrow);
    }
    if (has_category) levels_.push_back(category);
    if (levels_.empty()) levels_.emplace_back();
    return {};
  }

  Result<bool> exists(const Wishes& level) const {
    FIT_TRY(const auto selection, select(level, {}));
    return selection.has_value();
  }

  // The named properties that some item of the widest kind has.
  Result<Wishes> find_combinable() const {
    Wishes combinable;
    for (const Wish& one : named_) {
      if (combinable.size() == kMostCombined) break;
      FIT_TRY(const auto selection, select(levels_.back(), {&one}));
      if (selection) combinable.push_back(&one);
    }
    return combinable;
  }

  // Sets of wishes to drop (bit i: the i-th), in the order in which they are given up.
  static std::vector<std::uint32_t> orders_of_dropping(const Wishes& wishes) {
    std::uint32_t colours = 0;
    for (std::size_t i = 0; i < wishes.size(); ++i) {
      if (is_colour(*wishes[i])) colours |= 1U << i;
    }
    std::vector<std::uint32_t> sets;
    for (std::uint32_t set = 0; set < 1U << wishes.size(); ++set) sets.push_back(set);
    std::ranges::sort(sets, {}, [colours](std::uint32_t set) {
      return std::tuple(std::popcount(set), std::popcount(set & colours), ~set);
    });
    return sets;
  }

  // The items that have all of the wishes; nullopt when there are none.
  Result<std::optional<Selection>> select(const Wishes& level, const Wishes& named) const {
    Filter filter = query_.filter;
    for (const Wishes* const wishes : {&level, &named}) {
      for (const Wish* const one : *wishes) {
        filter.any_of.push_back({std::string(domain::kProperties[one->property]), one->values});
      }
    }
    FIT_TRY(auto selection, columns_.select(filter));
    FIT_TRY(const bool none, columns_.is_empty(selection));
    if (none) return std::nullopt;
    return std::optional(std::move(selection));
  }

  Agreement agreement_of(const Wishes& level, const Wishes& kept, Selection selection) const {
    Agreement agreement;
    const bool says_more = !level.empty() || !kept.empty();
    if (says_more && !query_.parsed.properties.empty()) agreement.items = std::move(selection);
    if (!levels_.back().empty()) {
      const Wish& kind = *levels_.back().front();
      agreement.kind = Kind{kind.property, kind.values};
    }
    give_up(level, kept, agreement);
    return agreement;
  }

  // Lists the wishes that are not kept. A subcategory is listed without its category.
  void give_up(const Wishes& level, const Wishes& kept, Agreement& agreement) const {
    const auto add = [&agreement](const Wish& wish) {
      for (const std::string& value : wish.said) agreement.given_up.push_back({wish.property, value});
    };
    const std::vector<Wish>& narrowest = subcategory_.empty() ? category_ : subcategory_;
    for (const Wish& one : narrowest) {
      if (!std::ranges::contains(level, &one)) add(one);
    }
    for (const Wish& one : named_) {
      if (!std::ranges::contains(kept, &one)) add(one);
    }
  }

  const ItemColumns& columns_;
  const ResolvedQuery& query_;
  std::vector<Wish> category_;
  std::vector<Wish> subcategory_;
  std::vector<Wish> named_;     // the named properties besides the kind, in the order of the words
  std::vector<Wishes> levels_;  // the kinds to try, the narrowest first; each includes the next
};

}  // namespace

Result<Agreement> find_agreement(const ItemColumns& columns, const ResolvedQuery& query) {
  AgreementFinder finder(columns, query);
  if (query.image_vector) return finder.find_beside_example();
  if (query.parsed.properties.empty()) return Agreement{};
  return finder.find_of_words();
}

}  // namespace fit::search

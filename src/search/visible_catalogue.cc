#include "search/visible_catalogue.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "domain/filter_columns.h"
#include "search/filter_words.h"
#include "search/listed_names.h"
#include "search/nothing_matches.h"
#include "search/word_searcher.h"
#include "store/words/catalogue_words.h"
#include "text/analyzer.h"
#include "text/edit_distance.h"

namespace fit::search {
namespace {

constexpr std::size_t kMostVisibleValues = 50'000;  // values of a column that are known
constexpr std::size_t kMostSuggested = 10'000;      // values among which a suggestion is searched

Result<domain::Facet> values_of(const ItemColumns& columns, const std::string& column,
                                const Selection& visible, std::size_t most) {
  FIT_TRY(auto facets, columns.facets(std::span(&column, 1), visible, most, nullptr));
  return std::move(facets.front());
}

// The values of the visible items. Those of a property are counted when they are first asked for.
class VisibleValues final : public PropertyValues {
 public:
  VisibleValues(const ItemColumns& columns, const Selection& visible)
      : columns_(columns), visible_(visible) {}

  std::optional<FoundValue> find_value(const std::string& value,
                                       std::optional<std::size_t> property) const override {
    const PropertyValues& all = columns_.values();
    if (!all.find_value(value, property)) return std::nullopt;
    std::array<std::size_t, domain::kProperties.size()> counts{};
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if ((property && *property != i) || !all.find_value(value, i)) continue;
      const Property& known = values_of_property(i);
      const auto found = known.counts.find(value);
      if (found != known.counts.end()) counts[i] = found->second;
    }
    return most_frequent(property, counts);
  }

  std::vector<std::string> values_after(std::size_t property, std::size_t seen) const override {
    const auto& texts = values_of_property(property).texts;
    return {texts.begin() + static_cast<std::ptrdiff_t>(std::min(seen, texts.size())), texts.end()};
  }

  Result<void> check() const {
    const std::lock_guard lock(mutex_);
    return failed_ ? Result<void>(*failed_) : Result<void>();
  }

 private:
  struct Property {
    std::unordered_map<std::string, std::size_t> counts;  // by lower-case value
    std::vector<std::string> texts;
  };

  const Property& values_of_property(std::size_t index) const {
    const std::lock_guard lock(mutex_);
    auto& property = properties_.at(index);
    if (property) return *property;
    property.emplace();
    auto facet = values_of(columns_, std::string(domain::kProperties[index]), visible_, kMostVisibleValues);
    if (!facet) {
      failed_ = std::move(facet).error();
      return *property;
    }
    for (domain::Facet::Value& one : facet->values) {
      property->counts.emplace(to_lower(one.value), one.count);
      property->texts.push_back(std::move(one.value));
    }
    return *property;
  }

  const ItemColumns& columns_;
  const Selection& visible_;
  mutable std::mutex mutex_;
  mutable std::array<std::optional<Property>, domain::kProperties.size()> properties_;  // never change again
  mutable std::optional<Error> failed_;
};

// The names of the visible items.
class VisibleNames final : public ListedNames {
 public:
  VisibleNames(store::Catalogue& store, const ItemColumns& columns, const Selection& visible)
      : store_(store), columns_(columns), visible_(visible) {}

  Result<std::vector<std::string>> brands(std::span<const std::string> names) const override {
    FIT_TRY(auto brands, store_.words().brands(names));
    if (brands.empty()) return brands;
    const std::lock_guard lock(mutex_);
    if (!brands_) FIT_CHECK(read_brands());
    std::erase_if(brands, [this](const std::string& name) { return !brands_->contains(name); });
    return brands;
  }

  Result<std::int64_t> count_phrase(std::string_view words, std::int64_t most) const override {
    return store_.words().count_phrase(words, most, word_scope(visible_));
  }

 private:
  Result<void> read_brands() const {
    FIT_TRY(const auto facet, values_of(columns_, "brand", visible_, kMostVisibleValues));
    brands_.emplace();
    for (const domain::Facet::Value& one : facet.values) {
      for (std::string& name : text::brand_names(one.value)) brands_->insert(std::move(name));
    }
    return {};
  }

  store::Catalogue& store_;
  const ItemColumns& columns_;
  const Selection& visible_;
  mutable std::mutex mutex_;
  mutable std::optional<std::unordered_set<std::string>> brands_;
};

}  // namespace

struct VisibleCatalogue::State {
  State(const Parts& parts, const Selection& visible)
      : values(parts.columns, visible),
        names(parts.store, parts.columns, visible),
        parser(values, names, parts.ontology) {}

  const VisibleValues values;
  const VisibleNames names;
  const QueryParser parser;
};

VisibleCatalogue::VisibleCatalogue(Parts parts, const Filter& required, Selection visible)
    : parts_(std::move(parts)),
      required_(required),
      visible_(std::move(visible)),
      state_(std::make_unique<State>(parts_, visible_)) {}
VisibleCatalogue::~VisibleCatalogue() = default;

Result<std::shared_ptr<VisibleCatalogue>> VisibleCatalogue::open(Parts parts, const Filter& required) {
  FIT_TRY(Filter filter, in_catalogue_words(parts.columns, parts.words, required));
  if (!filter.external_ids.empty()) {
    FIT_TRY(filter.among, parts.store.items().of_external_ids(filter.external_ids));
  }
  convert_prices(filter, parts.rates.get());
  // Conditions on the status can be added without a change of its meaning.
  if (!filter.has_condition_on("status")) filter.any_of.push_back({"status", {"active"}});
  FIT_TRY(Selection visible, parts.columns.select(filter));
  return std::shared_ptr<VisibleCatalogue>(
      new VisibleCatalogue(std::move(parts), required, std::move(visible)));
}

const QueryParser& VisibleCatalogue::parser() const {
  return state_->parser;
}

bool VisibleCatalogue::shows(const domain::Listing& listing) const {
  return satisfies(listing, parts_.words, parts_.rates.get(), required_);
}

Result<void> VisibleCatalogue::spell(domain::Facet& facet) const {
  const auto column = domain::text_column(facet.name);
  if (!column || facet.values.empty()) return {};
  std::vector<std::string> values;
  for (const domain::Facet::Value& one : facet.values) values.push_back(to_lower(one.value));
  FIT_TRY(const auto firsts, parts_.columns.first_with(facet.name, values, visible_));
  std::vector<ItemId> items;
  std::ranges::copy_if(firsts, std::back_inserter(items), [](ItemId item) { return item.value > 0; });
  FIT_TRY(const auto read, parts_.store.items().filter_columns(items));
  std::unordered_map<std::string, std::string> texts;  // by lower-case value
  for (const domain::FilterColumns& one : read) {
    const std::string& text = domain::text_of(one, *column);
    texts.emplace(to_lower(text), text);
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto text = texts.find(values[i]);
    if (text != texts.end()) facet.values[i].value = text->second;
  }
  return {};
}

Result<void> VisibleCatalogue::check() const {
  return state_->values.check();
}

Result<bool> VisibleCatalogue::has_none(const Filter& filter) const {
  FIT_TRY(const Selection selection, parts_.columns.select(filter));
  return parts_.columns.is_empty(selection);
}

Result<bool> VisibleCatalogue::has_none_of(const std::vector<ItemId>& items) const {
  // both() would also require that the items are active where the filter names the status.
  Filter having = filter();
  domain::keep_among(having, items);
  return has_none(having);
}

// The explanation that no visible item has one of the values; empty when some item has one.
Result<std::string> VisibleCatalogue::missing_value(const ValueSet& values) const {
  Filter having = filter();
  having.any_of.push_back(values);
  FIT_TRY(const bool is_missing, has_none(having));
  if (!is_missing) return std::string();
  FIT_TRY(auto known, values_of(parts_.columns, values.column, visible_, kMostSuggested));
  std::vector<std::string_view> names;
  for (const domain::Facet::Value& one : known.values) names.emplace_back(one.value);
  const auto nearest = text::nearest_name(values.values.front(), names);
  known.values.clear();
  if (nearest) known.values.push_back({*nearest, 0});
  FIT_CHECK(spell(known));
  const std::string_view spelt = nearest ? std::string_view(known.values[0].value) : std::string_view();
  return no_such_value(values, std::span(&spelt, nearest ? 1 : 0));
}

Result<std::string> VisibleCatalogue::explain_empty(const Filter& own) const {
  FIT_TRY(const bool is_all_empty, has_none(filter()));
  if (is_all_empty) return std::string("the catalogue is empty");
  for (const ValueSet& values : own.any_of) {
    FIT_TRY(std::string reason, missing_value(values));
    if (!reason.empty()) return reason;
  }
  return contradiction(own, [this](const Filter& part) { return has_none(domain::both(filter(), part)); });
}

}  // namespace fit::search

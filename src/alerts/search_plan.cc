#include "alerts/search_plan.h"

#include <algorithm>
#include <array>

namespace fit::alerts {
namespace {

// A condition with more values is none to list a search under.
constexpr std::size_t kMaxKeys = 100;
constexpr std::array<std::string_view, 3> kListingColumns = {"source", "brand", "size"};
// The column of words among the keys; no column has this name.
constexpr std::string_view kWordColumn = "*";

std::string plan_key(std::string_view column, std::string_view value) {
  std::string key(column);
  key += '\n';
  key += value;
  return key;
}

// The first tokens of the forms, one of which a text with the word has.
void add_word_keys(const WordForms& forms, std::vector<std::string>& keys) {
  for (const std::string& form : forms) keys.push_back(plan_key(kWordColumn, form.substr(0, form.find(' '))));
}

bool all_words(const std::vector<WordForms>& wanted, const ListingWords& words) {
  return std::ranges::all_of(wanted, [&words](const WordForms& forms) { return words.has_any(forms); });
}

std::string_view listing_text(const domain::Listing& listing, std::string_view column) {
  if (column == "source") return listing.source;
  if (column == "brand") return listing.brand;
  return listing.size;
}

}  // namespace

void SearchPlan::put(std::shared_ptr<const PlannedSearch> search) {
  remove(search->saved.id);
  Slot slot{.search = search, .keys = keys_of(search->compiled)};
  if (slot.keys.empty()) unlisted_.push_back(search.get());
  for (const std::string& key : slot.keys) listed_[key].push_back(search.get());
  slots_.emplace(search->saved.id, std::move(slot));
}

void SearchPlan::remove(SavedSearchId id) {
  const auto found = slots_.find(id);
  if (found == slots_.end()) return;
  const PlannedSearch* const search = found->second.search.get();
  if (found->second.keys.empty()) std::erase(unlisted_, search);
  for (const std::string& key : found->second.keys) {
    const auto list = listed_.find(key);
    if (list == listed_.end()) continue;
    std::erase(list->second, search);
    if (list->second.empty()) listed_.erase(list);
  }
  slots_.erase(found);
}

void SearchPlan::keep_if(const std::function<bool(SavedSearchId)>& is_kept) {
  std::vector<SavedSearchId> gone;
  for (const auto& [id, slot] : slots_) {
    if (!is_kept(id)) gone.push_back(id);
  }
  for (const SavedSearchId id : gone) remove(id);
}

void SearchPlan::clear() {
  unlisted_.clear();
  listed_.clear();
  slots_.clear();
}

std::vector<std::string> SearchPlan::keys_of(const CompiledSearch& search) const {
  std::vector<std::string> best;
  const auto offer = [&best](std::vector<std::string> keys) {
    std::ranges::sort(keys);
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    if (keys.empty() || keys.size() > kMaxKeys) return;
    if (best.empty() || keys.size() < best.size()) best = std::move(keys);
  };
  for (const auto* const filter : {&search.filter, &search.required}) {
    for (const domain::ValueSet& set : filter->any_of) {
      if (set.column == "status") continue;
      std::vector<std::string> keys;
      for (const std::string& value : set.values) {
        keys.push_back(plan_key(set.column, rules_.value_key(set.column, value)));
      }
      offer(std::move(keys));
    }
  }
  if (search.vector_suffices) return best;
  for (const WordForms& forms : search.words) {
    std::vector<std::string> keys;
    add_word_keys(forms, keys);
    offer(std::move(keys));
  }
  for (const WantedProperty& wanted : search.properties) {
    std::vector<std::string> keys;
    for (const std::string& value : wanted.values) {
      keys.push_back(plan_key(wanted.column, rules_.value_key(wanted.column, value)));
    }
    if (!wanted.words.empty()) add_word_keys(wanted.words.front(), keys);
    offer(std::move(keys));
  }
  return best;
}

std::vector<const PlannedSearch*> SearchPlan::candidates(const domain::Listing& listing,
                                                         const ListingWords& words) const {
  std::vector<const PlannedSearch*> found;
  const auto add = [&](std::string_view column, std::string_view value) {
    const auto list = listed_.find(plan_key(column, value));
    if (list != listed_.end()) found.insert(found.end(), list->second.begin(), list->second.end());
  };
  for (const std::string_view column : kListingColumns) {
    const std::string_view text = listing_text(listing, column);
    if (!text.empty()) add(column, rules_.value_key(column, text));
  }
  for (std::size_t i = 0; i < domain::kProperties.size(); ++i) {
    const std::string& text = listing.properties.at(i);
    if (!text.empty()) add(domain::kProperties.at(i), rules_.value_key(domain::kProperties.at(i), text));
  }
  words.visit([&add](const std::string& token) { add(kWordColumn, token); });
  std::ranges::sort(found, {}, [](const PlannedSearch* one) { return one->saved.id; });
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

bool SearchPlan::is_similar(const CompiledSearch& search,
                            std::span<const domain::ImageVector> vectors) const {
  const std::size_t size = search.vector.size();
  return std::ranges::any_of(vectors, [&](const domain::ImageVector& image) {
    if (image.values.size() != size) return false;
    const float similarity = kernels_.dot(search.vector.data(), image.values.data(), size);
    if (similarity < search.min_similarity) return false;
    return std::ranges::none_of(search.unlike, [&](const embed::Vector& other) {
      return kernels_.dot(other.data(), image.values.data(), size) >= similarity;
    });
  });
}

bool SearchPlan::satisfies(const domain::Listing& listing, const search::Filter& filter) const {
  if (filter.among && filter.among->empty()) return false;
  return filter.empty() ? listing.status == "active" : rules_.satisfies(listing, filter);
}

bool SearchPlan::has_property(const domain::Listing& listing, const ListingWords& words,
                              const WantedProperty& wanted) const {
  if (!wanted.words.empty() && all_words(wanted.words, words)) return true;
  return rules_.satisfies(listing,
                          {.any_of = {{wanted.column, wanted.values}, {"status", {listing.status}}}});
}

bool SearchPlan::says_all(const CompiledSearch& search, const domain::Listing& listing,
                          const ListingWords& words) const {
  return all_words(search.words, words) &&
         std::ranges::all_of(search.properties, [&](const WantedProperty& wanted) {
           return has_property(listing, words, wanted);
         });
}

bool SearchPlan::matches(const CompiledSearch& search, const domain::ItemRecord& item,
                         const ListingWords& words, std::span<const domain::ImageVector> vectors) const {
  const bool is_near = search.vector.empty() || is_similar(search, vectors);
  if (!is_near && !search.vector_suffices) return false;
  if (std::ranges::contains(search.excluded, item.id)) return false;
  if (!satisfies(item.listing, search.filter)) return false;
  if (!search.required.empty() && !satisfies(item.listing, search.required)) return false;
  const auto is_denied = [&words](const domain::DeniedWord& word) { return words.is_denied(word); };
  if (std::ranges::any_of(search.filter.no_words, is_denied)) return false;
  if (std::ranges::any_of(search.required.no_words, is_denied)) return false;
  if (!search.vector_suffices) return says_all(search, item.listing, words);
  const bool asks_words = !search.words.empty() || !search.properties.empty();
  return is_near || (asks_words && says_all(search, item.listing, words));
}

std::vector<const PlannedSearch*> SearchPlan::match(const domain::ItemRecord& item,
                                                    std::span<const domain::ImageVector> vectors) const {
  if (slots_.empty()) return {};
  const ListingWords words(item.listing);
  std::vector<const PlannedSearch*> found = candidates(item.listing, words);
  const auto is_other = [&](const PlannedSearch* one) {
    return !matches(one->compiled, item, words, vectors);
  };
  std::erase_if(found, is_other);
  for (const PlannedSearch* const one : unlisted_) {
    if (!is_other(one)) found.push_back(one);
  }
  std::ranges::sort(found, {}, [](const PlannedSearch* one) { return one->saved.id; });
  return found;
}

}  // namespace fit::alerts

#include "search/pages.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <unordered_set>
#include <utility>

#include "base/format.h"
#include "base/text.h"
#include "search/fusion.h"
#include "search/personal_order.h"
#include "search/query_fields.h"
#include "search/same_image.h"

namespace fit::search {
domain::SortValue sort_value(const domain::Listing& listing, domain::SortOrder order,
                             const domain::PriceUnit* unit) {
  if (order == domain::SortOrder::kNewest) {
    if (!listing.listed_at) return {};
    return {domain::SortValue::Group::kCompared,
            -static_cast<double>(listing.listed_at->time_since_epoch().count())};
  }
  const auto converted =
      listing.price && unit != nullptr ? unit->convert(listing.currency, *listing.price) : listing.price;
  return domain::price_sort_value(order, listing.price, converted);
}

std::uint64_t rates_of_order(std::optional<domain::SortOrder> order, const domain::PriceUnit* unit) {
  const bool is_by_price = order && *order != domain::SortOrder::kNewest;
  return is_by_price && unit != nullptr ? unit->rates : 0;
}

// Reads at least `count` candidates unless fewer match.
Result<Pages::Prefix> Pages::read_prefix(std::size_t count) const {
  if (kind_) return read_tiers(count);
  Prefix prefix{.candidates = fused_};
  if (prefix.candidates.size() >= count) return prefix;
  if (resolved_.query_vector() != nullptr) {
    FIT_CHECK(append_similar(count, selection_, KindTier::kOfKind, prefix));
  } else if (resolved_.has_words_only()) {
    prefix.is_all = true;
  } else {
    FIT_CHECK(append_latest(count, prefix));
  }
  return prefix;
}

// Reads the tiers of the kind one after the other: the fused candidates of a tier and all its remaining items
// come before the next tier.
Result<Pages::Prefix> Pages::read_tiers(std::size_t count) const {
  Prefix prefix;
  for (const KindTier tier : {KindTier::kOfKind, KindTier::kUnknown, KindTier::kOtherKind}) {
    std::ranges::copy_if(fused_, std::back_inserter(prefix.candidates),
                         [tier](const Candidate& one) { return one.tier == tier; });
    if (prefix.candidates.size() >= count) return prefix;
    FIT_TRY(const Selection selection, select_tier(tier));
    FIT_CHECK(append_similar(count, selection, tier, prefix));
    if (!prefix.is_all) return prefix;
  }
  return prefix;
}

// The selected items of a tier. The selection of kOtherKind includes the items of kUnknown.
Result<Selection> Pages::select_tier(KindTier tier) const {
  Filter filter = selection_.filter;
  const std::string column(domain::kProperties[kind_->property]);
  if (tier == KindTier::kOfKind) {
    filter.any_of.push_back({column, kind_->values});
  } else {
    ValueSet others{column, kind_->values};
    if (tier == KindTier::kUnknown) {
      for (const std::string& value : parts_.columns.values().values_after(kind_->property, 0)) {
        others.values.push_back(to_lower(value));
      }
    }
    filter.none_of.push_back(std::move(others));
  }
  return parts_.columns.select(filter);
}

// The lowest cosine of the items after the fused candidates. Their relevance depends on the cosine alone.
std::optional<double> Pages::least_similarity() const {
  if (!resolved_.min_relevance || *resolved_.min_relevance == 0) return resolved_.min_similarity;
  constexpr double kMoreThanAny = 2;
  double least = kMoreThanAny;
  if (resolved_.relevance != nullptr && trust_ >= *resolved_.min_relevance) {
    least = resolved_.relevance->least_cosine(*resolved_.min_relevance / trust_).value_or(kMoreThanAny);
  }
  return std::max(least, resolved_.min_similarity.value_or(least));
}

// Appends those items of the selection, nearest first, that are neither fused nor in the prefix.
Result<void> Pages::append_similar(std::size_t count, const Selection& selection, KindTier tier,
                                   Prefix& prefix) const {
  const std::size_t limit = count + resolved_.excluded.size();
  constexpr double kAny = -std::numeric_limits<double>::infinity();
  const auto least = static_cast<float>(least_similarity().value_or(kAny));
  FIT_TRY(const auto found, parts_.searcher.nearest(*resolved_.query_vector(), limit, selection, least));
  prefix.is_all = found.size() < limit;
  std::unordered_set<ItemId> known(resolved_.excluded.begin(), resolved_.excluded.end());
  for (const Candidate& one : fused_) known.insert(one.item);
  for (const Candidate& one : prefix.candidates) known.insert(one.item);
  for (const domain::Neighbor& neighbor : found) {
    if (known.contains(neighbor.item)) continue;
    const double similarity = neighbor.similarity;
    Candidate one{.item = neighbor.item,
                  .image = neighbor.image,
                  .similarity = similarity,
                  .relevance = relevance_of(similarity),
                  .score = similarity,
                  .tier = tier,
                  .is_behind_fused = true};
    if (query_.explain) one.parts = {{resolved_.image_vector ? "image" : "text", similarity}};
    prefix.candidates.push_back(std::move(one));
  }
  return {};
}

std::optional<double> Pages::relevance_of(double similarity) const {
  if (resolved_.relevance == nullptr) return std::nullopt;
  return trust_ * resolved_.relevance->at(similarity);
}

Result<void> Pages::append_latest(std::size_t count, Prefix& prefix) const {
  FIT_TRY(const auto items, parts_.columns.latest(selection_, count));
  prefix.is_all = items.size() < count;
  for (const ItemId item : items) {
    prefix.candidates.push_back(
        {.item = item, .score = static_cast<double>(item.value), .is_behind_fused = true});
  }
  return {};
}

// Removes hits that show the same image as an earlier hit.
Result<void> Pages::collapse_duplicates(std::vector<Hit>& hits) const {
  std::vector<const Hit*> found;
  for (const Hit& hit : hits) found.push_back(&hit);
  FIT_TRY(const std::vector<std::size_t> first, find_first_copies(found, parts_.searcher));
  std::vector<Hit> distinct;
  for (std::size_t i = 0; i < hits.size(); ++i) {
    if (first[i] == i) distinct.push_back(std::move(hits[i]));
  }
  hits = std::move(distinct);
  return {};
}

// Makes hits of candidates and their items' records. Leaves out items that have been removed, and those that
// are hidden by now, which columns may not know yet.
Result<std::vector<Hit>> Pages::hits_of(std::vector<Candidate> candidates) const {
  std::vector<ItemId> ids;
  ids.reserve(candidates.size());
  for (const Candidate& one : candidates) ids.push_back(one.item);
  FIT_TRY(auto records, parts_.store.items().get(ids));
  std::vector<Hit> hits;
  hits.reserve(records.size());
  auto record = records.begin();
  for (Candidate& one : candidates) {
    if (record == records.end()) break;
    if (record->id != one.item) continue;
    if (parts_.visible != nullptr && !parts_.visible->shows(record->listing)) {
      ++record;
      continue;
    }
    Hit& hit = hits.emplace_back();
    hit.item = std::move(*record++);
    hit.best_image = one.image;
    if (hit.best_image == ImageId{} && !hit.item.images.empty()) hit.best_image = hit.item.images[0].id;
    hit.similarity = one.similarity;
    hit.relevance = one.relevance;
    hit.score = one.score;
    hit.tier = one.tier;
    hit.is_behind_fused = one.is_behind_fused;
    if (query_.explain) hit.parts = std::move(one.parts);
  }
  return hits;
}

// The space that a cursor is bound to, because similarities of different spaces are not comparable. Browsing
// uses no similarities.
std::int64_t Pages::space() const {
  return query_.browse ? 0 : parts_.searcher.space().id;
}

Result<Cursor> Pages::read_cursor() const {
  if (query_.cursor.empty()) return Cursor{};
  FIT_TRY(const Cursor cursor, decode_cursor(query_.cursor));
  if (cursor.query != fingerprint(query_)) {
    return invalid("cursor", "belongs to another query; repeat the query unchanged");
  }
  if (cursor.space != space()) {
    return invalid("cursor", "belongs to a search with another model; request the first page again");
  }
  const std::int64_t taste_at = query_.personal == nullptr ? 0 : query_.personal->learned_at();
  if (cursor.taste_at != taste_at) {
    return invalid("cursor", "belongs to another taste; request the first page again");
  }
  if (cursor.fusion != (query_.fusion == nullptr ? FusionCode{} : query_.fusion->code)) {
    return invalid("cursor", "belongs to other weights; request the first page again");
  }
  if (cursor.rates != rates_of_order(query_.sort, order_unit())) {
    return invalid("cursor", "belongs to other rates of exchange; request the first page again");
  }
  if (is_bounded() && cursor.returned > kMaxResults)
    return invalid("cursor", fit::format("is beyond result {}", kMaxResults));
  return cursor;
}

// The cursor of the next page; empty when there is none.
std::string Pages::next_cursor(const std::vector<Hit>& hits, std::size_t returned_before,
                               const SortKey& last) const {
  const std::size_t returned = returned_before + hits.size();
  if (!query_.paged || hits.size() < query_.limit) return {};
  if (is_bounded() && returned >= kMaxResults) return {};
  return encode_cursor({.last = last,
                        .returned = static_cast<std::uint32_t>(returned),
                        .query = fingerprint(query_),
                        .space = space(),
                        .taste_at = query_.personal == nullptr ? 0 : query_.personal->learned_at(),
                        .rates = rates_of_order(query_.sort, order_unit()),
                        .fusion = query_.fusion == nullptr ? FusionCode{} : query_.fusion->code});
}

// What an order by a value consists of: all selected items, or the best results of a query that ranks, since
// the cheapest item of a catalogue resembles nothing.
Result<Pages::Sorted> Pages::what_is_sorted() const {
  if (query_.browse) return Sorted{.selection = selection_, .best = {}};
  const bool has_threshold = resolved_.min_similarity || resolved_.min_relevance.value_or(0) > 0;
  const std::size_t most = has_threshold ? kMostSorted : kMostSortedOfAll;
  FIT_TRY(Prefix prefix, read_prefix(most + 1));
  Sorted sorted;
  sorted.extent.emplace(std::min(prefix.candidates.size(), most), prefix.candidates.size() <= most);
  prefix.candidates.resize(sorted.extent->count);
  Filter filter = selection_.filter;
  std::vector<ItemId> items;
  for (Candidate& one : prefix.candidates) {
    items.push_back(one.item);
    sorted.best.emplace(one.item, std::move(one));
  }
  domain::keep_among(filter, std::move(items));
  FIT_TRY(sorted.selection, parts_.columns.select(filter));
  return sorted;
}

Result<std::vector<Hit>> Pages::hits_of(std::span<const domain::SortedItem> items,
                                        const Sorted& sorted) const {
  std::vector<Candidate> candidates;
  for (const domain::SortedItem& one : items) {
    const auto known = sorted.best.find(one.item);
    candidates.push_back(known == sorted.best.end() ? Candidate{.item = one.item} : known->second);
  }
  return hits_of(std::move(candidates));
}

// Reads a page of results ordered by a value, which begins behind the last item of the page before. Items
// that are removed meanwhile shift no other.
Result<Page> Pages::read_sorted(domain::SortOrder order, const Cursor& cursor) const {
  domain::SortRequest request{.order = order, .limit = query_.limit, .unit = order_unit()};
  if (!query_.cursor.empty()) request.after = sorted_item(cursor.last);
  FIT_TRY(Sorted sorted, what_is_sorted());
  const bool is_distinct = query_.collapse_duplicates && sorted.extent;
  return is_distinct ? read_distinct_page(std::move(sorted), request, cursor)
                     : read_sorted_page(sorted, request, cursor);
}

Result<Page> Pages::read_sorted_page(const Sorted& sorted, domain::SortRequest request,
                                     const Cursor& cursor) const {
  Page page{.hits = {}, .next_cursor = {}, .sorted = sorted.extent};
  for (bool is_all = false; !is_all && page.hits.size() < query_.limit;) {
    request.limit = query_.limit - page.hits.size();
    FIT_TRY(const auto items, parts_.columns.sorted(sorted.selection, request));
    FIT_TRY(auto hits, hits_of(items, sorted));
    std::ranges::move(hits, std::back_inserter(page.hits));
    is_all = items.size() < request.limit;
    if (!items.empty()) request.after = items.back();
  }
  if (request.after) page.next_cursor = next_cursor(page.hits, cursor.returned, sorted_key(*request.after));
  return page;
}

// Of the results that show the same image, the first in the order is kept: of two prices, the one that is
// wanted.
Result<Page> Pages::read_distinct_page(Sorted sorted, domain::SortRequest request,
                                       const Cursor& cursor) const {
  const auto after = std::exchange(request.after, std::nullopt);
  request.limit = sorted.extent->count;
  FIT_TRY(const auto items, parts_.columns.sorted(sorted.selection, request));
  std::unordered_map<ItemId, domain::SortedItem> places;
  for (const domain::SortedItem& one : items) places.emplace(one.item, one);
  FIT_TRY(auto hits, hits_of(items, sorted));
  FIT_CHECK(collapse_duplicates(hits));
  Page page{.hits = {}, .next_cursor = {}, .sorted = sorted.extent};
  page.sorted->count = hits.size();
  for (Hit& hit : hits) {
    if (after && !comes_before(*after, places.at(hit.item.id))) continue;
    if (page.hits.size() < query_.limit) page.hits.push_back(std::move(hit));
  }
  if (page.hits.empty()) return page;
  page.next_cursor = next_cursor(page.hits, cursor.returned, sorted_key(places.at(page.hits.back().item.id)));
  return page;
}

Result<Page> Pages::read() {
  FIT_TRY(const Cursor cursor, read_cursor());
  if (query_.sort) return read_sorted(*query_.sort, cursor);
  const auto is_before_page = [&](const auto& one) {
    return !query_.cursor.empty() && !comes_before(cursor.last, one.sort_key());
  };
  // Removed items and duplicates leave the page short, so that a longer prefix is read.
  for (std::size_t extra = 0;; extra = extra * 2 + query_.limit) {
    const std::size_t wanted = cursor.returned + query_.limit + extra;
    FIT_TRY(Prefix prefix, read_prefix(wanted));
    // Duplicates of results on earlier pages are recognised only when those results are read too.
    if (!query_.collapse_duplicates) std::erase_if(prefix.candidates, is_before_page);
    const std::size_t most = query_.collapse_duplicates ? wanted : query_.limit + extra;
    const bool has_more = !prefix.is_all || prefix.candidates.size() > most;
    if (prefix.candidates.size() > most) prefix.candidates.resize(most);
    FIT_TRY(auto hits, hits_of(std::move(prefix.candidates)));
    if (query_.collapse_duplicates) {
      FIT_CHECK(collapse_duplicates(hits));
      std::erase_if(hits, is_before_page);
    }
    if (hits.size() < query_.limit && has_more && wanted < 2 * kMaxResults) continue;
    if (hits.size() > query_.limit) hits.resize(query_.limit);
    Page page{.hits = std::move(hits), .next_cursor = {}};
    const SortKey last = page.hits.empty() ? SortKey{} : page.hits.back().sort_key();
    page.next_cursor = next_cursor(page.hits, cursor.returned, last);
    return page;
  }
}

}  // namespace fit::search

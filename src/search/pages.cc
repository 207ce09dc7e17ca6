#include "search/pages.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <unordered_map>
#include <unordered_set>

namespace fit::search {
namespace {

constexpr std::size_t kDeepest = 10'000;  // places that pages reach
constexpr int kSameHashBits = 6;          // perceptual hashes of one image differ in so many bits at most
constexpr double kSameCosine = 0.98;

const domain::ImageRecord* image_of(const Hit& hit) {
  const auto found = std::ranges::find(hit.item.images, hit.best_image, &domain::ImageRecord::id);
  if (found != hit.item.images.end()) return &*found;
  return hit.item.images.empty() ? nullptr : hit.item.images.data();
}

}  // namespace

// The first places of the order, `count` behind the head at least unless fewer match.
Result<std::vector<Pages::Placed>> Pages::reach(std::size_t count, bool& exhausted) const {
  std::vector<Placed> order;
  for (const Candidate& one : head_) order.push_back({{false, one.score, one.item}, one});
  if (order.size() >= count) return order;
  if (resolved_.main() != nullptr) {
    FIT_CHECK(append_like(count, order, exhausted));
  } else if (resolved_.is_by_words_alone()) {
    exhausted = true;
  } else {
    FIT_CHECK(append_latest(count, order, exhausted));
  }
  return order;
}

Result<void> Pages::append_like(std::size_t count, std::vector<Placed>& order, bool& exhausted) const {
  const std::size_t limit = count + resolved_.left_out.size();
  constexpr double kAny = -std::numeric_limits<double>::infinity();
  const auto least = static_cast<float>(resolved_.min_similarity.value_or(kAny));
  FIT_TRY(const auto found, parts_.backend.nearest(*resolved_.main(), limit, matching_, least));
  exhausted = found.size() < limit;
  std::unordered_set<ItemId> known(resolved_.left_out.begin(), resolved_.left_out.end());
  for (const Candidate& one : head_) known.insert(one.item);
  for (const domain::Neighbor& neighbor : found) {
    if (known.contains(neighbor.item)) continue;
    const double similarity = neighbor.similarity;
    Candidate one{.item = neighbor.item,
                  .image = neighbor.image,
                  .similarity = similarity,
                  .score = similarity,
                  .parts = {}};
    if (query_.explain) one.parts = {{resolved_.look ? "image" : "text", similarity}};
    order.push_back({{true, similarity, neighbor.item}, std::move(one)});
  }
  return {};
}

Result<void> Pages::append_latest(std::size_t count, std::vector<Placed>& order, bool& exhausted) const {
  FIT_TRY(const auto items, parts_.backend.latest(matching_, count));
  exhausted = items.size() < count;
  for (const ItemId item : items) {
    const auto score = static_cast<double>(item.value);
    order.push_back({{true, score, item}, {.item = item, .image = {}, .score = score, .parts = {}}});
  }
  return {};
}

// Leaves out what shows the same image as an item before it.
Result<std::vector<Hit>> Pages::collapsed(std::vector<Hit> hits) const {
  std::vector<ItemId> items;
  for (const Hit& hit : hits) items.push_back(hit.item.id);
  std::unordered_map<ImageId, std::vector<float>> vectors;
  FIT_TRY(auto stored, parts_.backend.vectors_of(items));
  for (domain::ImageVector& vector : stored) vectors[vector.image] = std::move(vector.values);
  std::vector<Hit> kept;
  for (Hit& hit : hits) {
    const domain::ImageRecord* const image = image_of(hit);
    const bool repeats =
        image != nullptr && std::ranges::any_of(kept, [&](const Hit& before) {
          const domain::ImageRecord* const other = image_of(before);
          if (other == nullptr) return false;
          if (std::popcount(image->perceptual_hash ^ other->perceptual_hash) > kSameHashBits) return false;
          const auto a = vectors.find(image->id);
          const auto b = vectors.find(other->id);
          return a != vectors.end() && b != vectors.end() && embed::dot(a->second, b->second) >= kSameCosine;
        });
    if (!repeats) kept.push_back(std::move(hit));
  }
  return kept;
}

// Similarities of different spaces cannot be put in one order; what is browsed has none.
std::int64_t Pages::space() const {
  return query_.browse ? 0 : parts_.backend.space().id;
}

Result<Page> Pages::read() {
  Cursor cursor;
  const bool goes_on = !query_.cursor.empty();
  if (goes_on) {
    FIT_TRY(cursor, decode_cursor(query_.cursor));
    if (cursor.question != fingerprint(query_)) {
      return invalid("cursor", "belongs to another question; repeat the question as it was");
    }
    if (cursor.space != space()) {
      return invalid("cursor", "was given before another model took over; ask for the first page again");
    }
    if (cursor.passed > kDeepest) return invalid("cursor", "leads too deep");
  }
  const auto after = [&](const Place& place) { return !goes_on || comes_before(cursor.last, place); };
  for (std::size_t extra = 0;; extra = extra * 2 + query_.limit) {
    const std::size_t wanted = cursor.passed + query_.limit + extra;
    bool exhausted = false;
    FIT_TRY(auto order, reach(wanted, exhausted));
    // Duplicates of what earlier pages showed are known only with those.
    if (!query_.collapse_duplicates)
      std::erase_if(order, [&](const Placed& one) { return !after(one.place); });
    const std::size_t most = query_.collapse_duplicates ? wanted : query_.limit + extra;
    const bool more = !exhausted || order.size() > most;
    if (order.size() > most) order.resize(most);
    std::vector<ItemId> ids;
    for (const Placed& one : order) ids.push_back(one.candidate.item);
    FIT_TRY(auto records, parts_.store.items().get(ids));
    std::vector<Hit> hits;
    std::unordered_map<ItemId, Place> places;
    for (std::size_t i = 0, next = 0; i < order.size() && next < records.size(); ++i) {
      if (records[next].id != order[i].candidate.item) continue;
      Candidate& one = order[i].candidate;
      domain::ItemRecord& record = records[next++];
      if (one.image == ImageId{} && !record.images.empty()) one.image = record.images[0].id;
      if (!query_.explain) one.parts.clear();
      places[one.item] = order[i].place;
      std::optional<double> relevance;
      if (resolved_.relevance != nullptr) relevance = resolved_.relevance->at(one.similarity);
      hits.push_back(
          {std::move(record), one.image, one.similarity, relevance, one.score, std::move(one.parts)});
    }
    if (query_.collapse_duplicates) {
      FIT_TRY(hits, collapsed(std::move(hits)));
      std::erase_if(hits, [&](const Hit& hit) { return !after(places.at(hit.item.id)); });
    }
    if (hits.size() < query_.limit && more && wanted < 2 * kDeepest) continue;
    if (hits.size() > query_.limit) hits.resize(query_.limit);
    Page page{.hits = std::move(hits), .next_cursor = {}};
    const auto passed = static_cast<std::uint32_t>(cursor.passed + page.hits.size());
    if (query_.paged && page.hits.size() == query_.limit && passed < kDeepest) {
      page.next_cursor = encode_cursor({.last = places.at(page.hits.back().item.id),
                                        .passed = passed,
                                        .question = fingerprint(query_),
                                        .space = space()});
    }
    return page;
  }
}

}  // namespace fit::search

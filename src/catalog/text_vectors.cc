#include "catalog/text_vectors.h"

#include <algorithm>
#include <unordered_map>

#include "base/hash.h"
#include "base/text.h"

namespace fit::catalog {
namespace {

constexpr std::size_t kVectorPage = 64;
constexpr std::size_t kChanges = 1000;
constexpr std::size_t kDescriptionBytes = 1000;
constexpr std::size_t kMostRefused = 100'000;

}  // namespace

std::string text_of(const domain::Listing& listing) {
  std::string text;
  const auto add = [&text](std::string_view part) {
    part = trim(part);
    if (part.empty()) return;
    if (!text.empty()) text += '\n';
    text += part;
  };
  add(listing.title);
  add(listing.brand);
  std::string properties;
  for (std::size_t i = 0; i < domain::kProperties.size(); ++i) {
    if (listing.properties[i].empty()) continue;
    std::string name(domain::kProperties[i]);
    std::ranges::replace(name, '_', ' ');
    properties += (properties.empty() ? "" : ", ") + name + ": " + listing.properties[i];
  }
  add(properties);
  add(utf8_prefix(listing.description, kDescriptionBytes));
  return text;
}

TextVectors::TextVectors(Parts parts)
    : parts_(std::move(parts)),
      done_(parts_.metrics.counter("fit_text_vectors_written_total", "Vectors of items' texts written")) {}

Result<void> TextVectors::fill(const Progress& progress, const std::stop_token& stop, Report& report) {
  report = {};
  FIT_TRY(const std::int64_t start, parts_.store.changes().position());
  std::int64_t compared = 0;
  for (ItemId after{0};;) {
    progress(compared, 0);
    if (stop.stop_requested()) return cancelled();
    FIT_TRY(const auto items, parts_.store.vectors().items_without(parts_.space_id, after, kVectorPage));
    if (items.empty()) break;
    FIT_CHECK(fill_items(items, report));
    after = items.back();
    compared += static_cast<std::int64_t>(items.size());
  }
  position_ = start;
  return {};
}

Result<void> TextVectors::follow(const Progress& progress, const std::stop_token& stop, Report& report) {
  if (!position_) return fill(progress, stop, report);
  report = {};
  std::int64_t compared = 0;
  while (true) {
    progress(compared, 0);
    if (stop.stop_requested()) return cancelled();
    FIT_TRY(const auto changes, parts_.store.changes().list(*position_, kChanges));
    if (changes.empty()) return {};
    std::vector<ItemId> written;
    for (const store::Change& change : changes) {
      if (!change.removed) written.push_back(change.item);
    }
    for (std::size_t first = 0; first < written.size(); first += kVectorPage) {
      if (stop.stop_requested()) return cancelled();
      const auto page = std::span(written).subspan(first, std::min(kVectorPage, written.size() - first));
      FIT_CHECK(fill_items(page, report));
      compared += static_cast<std::int64_t>(page.size());
      progress(compared, 0);
    }
    position_ = changes.back().position;
  }
}

Result<void> TextVectors::fill_items(std::span<const ItemId> items, Report& report) {
  FIT_TRY(const auto records, parts_.store.items().get(items));
  FIT_TRY(const auto states, parts_.store.vectors().text_states(parts_.space_id, items));
  std::unordered_map<ItemId, const store::TextVectorState*> known;
  for (const store::TextVectorState& state : states) known[state.item] = &state;
  std::vector<store::TextVectorWrite> puts;  // their vectors are set after embedding
  std::vector<store::TextVectorWrite> same;
  std::vector<std::string> texts;
  for (const domain::ItemRecord& record : records) {
    std::string text = text_of(record.listing);
    store::TextVectorWrite put{{record.id, record.updated_at, sha256_hex(as_bytes(text))}, {}};
    const auto state = known.find(record.id);
    const bool is_same = state != known.end() && state->second->text_hash == put.text_hash;
    if (is_same) {
      if (state->second->updated_at != record.updated_at) same.push_back(std::move(put));
    } else if (!text.empty() && !refused_.contains(put.text_hash)) {
      puts.push_back(std::move(put));
      texts.push_back(std::move(text));
    }
  }
  if (!same.empty()) FIT_CHECK(parts_.store.vectors().put(parts_.space_id, same));
  report.unchanged += static_cast<std::int64_t>(same.size());
  if (puts.empty()) return {};
  return embed(puts, std::move(texts), report);
}

Result<void> TextVectors::embed(std::vector<store::TextVectorWrite>& puts, std::vector<std::string> texts,
                                Report& report) {
  FIT_TRY(auto vectors, embed_each(texts));
  std::vector<store::TextVectorWrite> made;
  for (std::size_t i = 0; i < puts.size(); ++i) {
    if (vectors[i]) {
      puts[i].values = *std::move(vectors[i]);
      made.push_back(std::move(puts[i]));
      continue;
    }
    parts_.log.warning("the provider of text embeddings rejects the texts of an item",
                       {{"item", puts[i].item.str()}});
    if (refused_.size() >= kMostRefused) refused_.clear();
    refused_.insert(puts[i].text_hash);
    ++report.refused;
  }
  if (made.empty()) return {};
  FIT_CHECK(parts_.store.vectors().put(parts_.space_id, made));
  report.done += static_cast<std::int64_t>(made.size());
  done_.add(static_cast<double>(made.size()));
  if (parts_.on_change) parts_.on_change();
  return {};
}

// The vectors of the texts; nullopt for texts that the provider rejects. When it rejects a batch, each text
// is sent alone.
Result<std::vector<std::optional<embed::Vector>>> TextVectors::embed_each(
    std::span<const std::string> texts) {
  std::vector<std::optional<embed::Vector>> vectors;
  auto together = parts_.embedder.embed(texts, embed::Priority::kBackground);
  if (together) {
    for (embed::Vector& vector : *together) vectors.emplace_back(std::move(vector));
    return vectors;
  }
  if (together.error().code != ErrorCode::kInvalid) return together.error();
  if (texts.size() == 1) {
    vectors.emplace_back();
    return vectors;
  }
  for (const std::string& text : texts) {
    FIT_TRY(auto alone, embed_each(std::span(&text, 1)));
    vectors.push_back(std::move(alone.front()));
  }
  return vectors;
}

}  // namespace fit::catalog

#include "catalog/catalogue_copy.h"

#include <algorithm>
#include <limits>
#include <map>

#include "base/json_reader.h"
#include "catalog/chosen_space.h"

namespace fit::catalog {
namespace {

constexpr std::size_t kItemsPerTransaction = 200;  // items a transaction
constexpr std::int64_t kLastId = std::numeric_limits<std::int64_t>::max();
constexpr std::string_view kMarkName = "copy";  // of the metadata that holds the mark

// The progress of a copy: it has all items up to `after` and, once `has_all` is set, all changes up to
// `position`.
struct Mark {
  std::string from;  // the id of the store that is copied
  std::int64_t position = 0;
  ItemId after;
  bool has_all = false;
};

std::string write_mark(const Mark& mark) {
  return dump_json(Json{{"from", mark.from},
                        {"position", mark.position},
                        {"after", mark.after.value},
                        {"has_all", mark.has_all}});
}

Result<Mark> read_mark(const std::string& text) {
  FIT_TRY(const Json json, parse_json("copy", text));
  JsonReader reader(json);
  Mark mark;
  mark.from = reader.text("from");
  mark.position = reader.integer("position", 0, kLastId);
  mark.after = ItemId{reader.integer("after", 0, kLastId)};
  mark.has_all = reader.flag("has_all");
  if (const auto read = reader.result(); !read) {
    return internal("the position of the copy is damaged", read.error().describe() + ": " + text);
  }
  return mark;
}

class Copier {
 public:
  Copier(store::Catalogue& from, store::Catalogue& to, const Progress& progress, const std::stop_token& stop,
         CopyReport& report)
      : from_(from), to_(to), progress_(progress), stop_(stop), report_(report) {}

  Result<void> run() {
    FIT_CHECK(begin());
    auto copied = copy();
    if (!copied && copied.error().code != ErrorCode::kCancelled) return copied;
    FIT_TRY(report_.from, from_.items().counts());
    FIT_TRY(report_.to, to_.items().counts());
    return copied;
  }

 private:
  Result<void> copy() {
    FIT_CHECK(copy_spaces());
    FIT_CHECK(copy_block_list());
    if (!mark_.has_all) FIT_CHECK(copy_all());
    FIT_CHECK(copy_changes());
    FIT_CHECK(copy_choice());
    FIT_TRY(report_.accounts, accounts::copy_accounts(from_.database(), to_.database()));
    return {};
  }

  Result<void> begin() {
    if (from_.id() == to_.id()) return Error{ErrorCode::kConflict, "both are the same catalogue", {}, {}};
    FIT_TRY(const std::string text, to_.metadata().get(std::string(kMarkName)));
    FIT_TRY(const store::Counts counts, to_.items().counts());
    if (!text.empty()) {
      FIT_TRY(mark_, read_mark(text));
    }
    if (!text.empty() && mark_.from == from_.id()) {
      done_ = mark_.has_all ? 0 : counts.items;
      return {};
    }
    if (counts.items > 0) {
      return Error{
          ErrorCode::kConflict,
          "the catalogue that is copied to holds items that are no copy of the other; copy to an empty one",
          {},
          {}};
    }
    FIT_TRY(const auto accounts, accounts::count_accounts(to_.database()));
    if (accounts.keys > 0 || accounts.users > 0) {
      return Error{ErrorCode::kConflict,
                   "the catalogue that is copied to has keys or users of its own; copy to an empty one",
                   {},
                   {}};
    }
    mark_ = {.from = from_.id(), .position = 0, .after = {}, .has_all = false};
    FIT_TRY(mark_.position, from_.changes().position());
    return save_mark();
  }

  Result<void> copy_spaces() {
    FIT_TRY(const auto spaces, from_.spaces().list());
    for (const domain::SpaceRecord& space : spaces) {
      const bool is_of_texts = space.of == domain::VectorsOf::kTexts;
      FIT_TRY(const domain::SpaceRecord made, to_.spaces().ensure(space));
      (is_of_texts ? text_spaces_ : spaces_)[space.id] = made.id;
    }
    return {};
  }

  Result<void> copy_block_list() {
    FIT_TRY(const auto blocked, from_.blocked_images().list());
    for (const store::BlockedImage& image : blocked) FIT_CHECK(to_.blocked_images().put(image));
    return {};
  }

  Result<void> copy_all() {
    FIT_TRY(const store::Counts counts, from_.items().counts());
    total_ = counts.items;
    while (true) {
      if (stop_.stop_requested()) return cancelled();
      FIT_TRY(const auto items, from_.items().list(mark_.after, kItemsPerTransaction));
      if (items.empty()) {
        mark_.has_all = true;
        return save_mark();
      }
      FIT_CHECK(write(items));
      mark_.after = items.back().id;
      FIT_CHECK(save_mark());
    }
  }

  Result<void> copy_changes() {
    while (true) {
      if (stop_.stop_requested()) return cancelled();
      FIT_TRY(const auto changes, from_.changes().list(mark_.position, kItemsPerTransaction));
      if (changes.empty()) return {};
      std::vector<ItemId> written;
      for (const store::Change& change : changes) {
        if (!change.removed) {
          written.push_back(change.item);
          continue;
        }
        const auto removed = to_.items().remove(change.item);
        if (!removed && removed.error().code != ErrorCode::kNotFound) return removed.error();
        report_.removed += removed ? 1 : 0;
      }
      FIT_TRY(const auto items, from_.items().get(written));
      total_ += static_cast<std::int64_t>(items.size());
      FIT_CHECK(copy_spaces());
      FIT_CHECK(write(items));
      mark_.position = changes.back().position;
      FIT_CHECK(save_mark());
    }
  }

  // Copies the chosen space, after all its vectors.
  Result<void> copy_choice() {
    FIT_TRY(const auto theirs, chosen_space(from_));
    if (!theirs) return choose_space(to_, std::nullopt);
    FIT_CHECK(copy_spaces());  // the chosen space may be new and have no vectors
    domain::SpaceRecord ours = *theirs;
    ours.id = spaces_.at(theirs->id);
    return choose_space(to_, ours);
  }

  Result<void> write(const std::vector<domain::ItemRecord>& items) {
    std::vector<domain::ItemCopy> copies(items.size());
    std::vector<ItemId> ids;
    std::map<ItemId, domain::ItemCopy*> by_id;
    for (std::size_t i = 0; i < items.size(); ++i) {
      copies[i].record = items[i];
      ids.push_back(items[i].id);
      by_id[items[i].id] = &copies[i];
    }
    for (const auto& [theirs, ours] : spaces_) {
      FIT_TRY(auto vectors, from_.vectors().of_items(theirs, ids));
      for (domain::ImageVector& vector : vectors) add(*by_id.at(vector.item), vector, ours);
    }
    FIT_TRY(auto histories, from_.items().stored_histories(ids));
    for (auto& [item, states] : histories) by_id.at(item)->history = std::move(states);
    FIT_TRY(const auto reviews, from_.reviews().of_items(ids));
    FIT_CHECK(to_.reviews().put(reviews));
    FIT_CHECK(to_.items().copy(copies));
    for (const auto& [theirs, ours] : text_spaces_) FIT_CHECK(copy_text_vectors(theirs, ours, ids));
    report_.copied += static_cast<std::int64_t>(items.size());
    done_ += static_cast<std::int64_t>(items.size());
    progress_(done_, std::max(total_, done_));
    return {};
  }

  Result<void> copy_text_vectors(std::int64_t theirs, std::int64_t ours, std::span<const ItemId> items) {
    FIT_TRY(const auto states, from_.vectors().text_states(theirs, items));
    FIT_TRY(auto vectors, from_.vectors().of_items(theirs, items));
    std::map<ItemId, std::vector<float>*> values;
    for (domain::ImageVector& vector : vectors) values[vector.item] = &vector.values;
    std::vector<store::TextVectorWrite> puts;
    for (const store::TextVectorState& state : states) {
      if (const auto found = values.find(state.item); found != values.end()) {
        puts.push_back({state, std::move(*found->second)});
      }
    }
    return to_.vectors().put(ours, puts);
  }

  // An image that was added after the item was read is copied with the item's change.
  static void add(domain::ItemCopy& copy, domain::ImageVector& vector, std::int64_t space_id) {
    const bool is_known = std::ranges::contains(copy.record.images, vector.image, &domain::ImageRecord::id);
    if (is_known) copy.vectors[space_id].push_back(std::move(vector));
  }

  Result<void> save_mark() { return to_.metadata().put(std::string(kMarkName), write_mark(mark_)); }

  store::Catalogue& from_;
  store::Catalogue& to_;
  const Progress& progress_;
  const std::stop_token stop_;
  Mark mark_;
  std::map<std::int64_t, std::int64_t> spaces_;  // id in `from_` -> id in `to_`
  std::map<std::int64_t, std::int64_t> text_spaces_;
  std::int64_t done_ = 0;
  std::int64_t total_ = 0;
  CopyReport& report_;
};

}  // namespace

Result<void> copy_catalogue(store::Catalogue& from, store::Catalogue& to, const Progress& progress,
                            const std::stop_token& stop, CopyReport& report) {
  report = {};
  return Copier(from, to, progress, stop, report).run();
}

}  // namespace fit::catalog

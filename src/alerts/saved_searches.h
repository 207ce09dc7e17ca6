#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/compiled_search.h"
#include "alerts/saved_search.h"
#include "base/bytes.h"
#include "base/result.h"
#include "sql/database.h"

namespace fit::alerts {

// A search that is to be saved.
struct NewSavedSearch {
  RecipientId recipient;
  std::string created_by;
  AlertOptions options;
  Json request;  // without the photo
  search::Query query;
  ByteView photo = {};  // empty: none
  StoredCompilation compiled;
  std::string compiled_for;  // compilation_key() of the space
};

// What a search was compiled for: the vector space, and the version of the compiler.
std::string compilation_key(std::int64_t space_id);

// A search as the matcher reads it.
struct StoredSearch {
  SavedSearch saved;
  StoredCompilation compiled;
  std::string compiled_for;
  bool is_matched = false;  // it is active, and its recipient can get alerts
  // It waits to be compiled: changes of the catalogue after this position are not compared with it yet.
  std::optional<std::int64_t> waiting_from = {};
};

// Searches as the matcher reads them. The rows of `unreadable` are damaged.
struct StoredSearches {
  std::vector<StoredSearch> searches = {};
  std::vector<SavedSearchId> unreadable = {};
};

// How far the catalogue is matched, the latest change of a saved search, and the number of the next batch.
struct MatcherState {
  std::int64_t position = 0;
  std::int64_t revision = 0;
  std::int64_t batch = 0;
};

// The saved searches of one catalogue. Each change of one gets the next revision. Thread-safe; calls block.
// Errors besides those named: as for sql::Database.
class SavedSearches {
 public:
  static constexpr std::size_t kMaxOfRecipient = 200;

  explicit SavedSearches(sql::Database& database) : database_(database) {}

  // Items that are listed from now on are new to the search. kConflict at kMaxOfRecipient.
  Result<SavedSearch> create(const NewSavedSearch& search);

  // kNotFound; kDamaged for a row that cannot be read.
  Result<SavedSearch> get(SavedSearchId id);
  // Lists the searches that a principal has saved, the latest first. Lists leave out rows that cannot be
  // read.
  Result<std::vector<SavedSearch>> list(std::string_view created_by);
  Result<std::vector<SavedSearch>> list(RecipientId recipient);
  // Lists all searches of the catalogue, the latest first, at most `limit`.
  Result<std::vector<SavedSearch>> list_all(std::size_t limit);
  // The photo; empty: the search has none. kNotFound.
  Result<Bytes> photo(SavedSearchId id);

  // Replaces the options, and the search that was compiled with them, if it is another one. kNotFound.
  struct Change {
    AlertOptions options;
    bool is_active = true;
    std::optional<StoredCompilation> compiled = {};
    std::string compiled_for = {};
  };
  Result<SavedSearch> change(SavedSearchId id, const Change& change);
  // kNotFound.
  Result<void> remove(SavedSearchId id);
  // Takes the channel of mail from a search; one without a channel left ends. kNotFound.
  Result<void> end_mail(SavedSearchId id);
  // Announces to the matcher that the recipient's searches may be matched or not from now on.
  Result<void> touch(RecipientId recipient);

  // The matcher calls the functions below.
  Result<MatcherState> state();
  Result<StoredSearches> changed_after(std::int64_t revision);
  // Lists the searches that wait to be compiled.
  Result<StoredSearches> waiting();
  Result<std::vector<SavedSearchId>> ids();
  // Stores what a search was compiled to for another space, unless it has been changed since. It has no
  // problem any more.
  Result<void> put_compiled(const SavedSearch& search, const StoredCompilation& compiled,
                            const std::string& compiled_for);
  // Stores why a search cannot be compared, unless it has been changed since, and it waits no more; empty: it
  // can.
  Result<void> put_problem(const SavedSearch& search, const std::string& problem);
  // Lets searches wait to be compiled: the changes after the position are not compared with them. Those that
  // wait already keep their position.
  Result<void> wait_from(std::span<const SavedSearchId> ids, std::int64_t position);

 private:
  sql::Database& database_;
};

}  // namespace fit::alerts

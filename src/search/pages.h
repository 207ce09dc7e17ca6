#pragma once

#include <string>
#include <vector>

#include "search/cursor.h"
#include "search/search_engine.h"

namespace fit::search {

struct Page {
  std::vector<Hit> hits;
  std::string next_cursor;
};

// Reads one page of the order of a question's answers: the fused candidates, then by likeness what they
// leave; nothing more where words alone answer; the latest items first where the question is a price alone.
// For one question; borrows all that it is given.
class Pages {
 public:
  struct Parts {
    store::Catalogue& store;
    const Backend& backend;
  };
  Pages(Parts parts, const Query& query, const ResolvedQuery& asked, const Selection& matching)
      : parts_(parts), query_(query), resolved_(asked), matching_(matching) {}

  void set_head(std::vector<Candidate> head) { head_ = std::move(head); }

  // kInvalid naming "cursor" for a broken one.
  Result<Page> read();

 private:
  struct Placed {
    Place place;
    Candidate candidate;
  };

  std::int64_t space() const;
  Result<std::vector<Placed>> reach(std::size_t count, bool& exhausted) const;
  Result<void> append_like(std::size_t count, std::vector<Placed>& order, bool& exhausted) const;
  Result<void> append_latest(std::size_t count, std::vector<Placed>& order, bool& exhausted) const;
  Result<std::vector<Hit>> collapsed(std::vector<Hit> hits) const;

  Parts parts_;
  const Query& query_;
  const ResolvedQuery& resolved_;
  const Selection& matching_;
  std::vector<Candidate> head_;
};

}  // namespace fit::search

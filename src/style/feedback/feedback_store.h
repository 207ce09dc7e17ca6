#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "sql/database.h"
#include "style/feedback/feedback.h"
#include "style/feedback/person.h"

namespace fit::style {

// What is listed of a person's feedback.
struct FeedbackListOptions {
  std::int64_t before = 0;  // feedback with smaller ids; 0: the latest
  std::size_t limit = 50;
  std::optional<FeedbackTarget::Kind> kind = {};
  std::optional<Signal> signal = {};
};

// The feedback of a catalogue's people. Somebody else's feedback does not exist for a person. The changes of
// one person's feedback follow one another. Thread-safe; calls block. Errors besides those named: as for
// sql::Database.
class FeedbackStore {
 public:
  static constexpr std::size_t kMaxOfPerson = 5'000;

  explicit FeedbackStore(sql::Database& database) : database_(database) {}

  struct Recorded {
    Feedback feedback;
    bool is_new = false;
  };
  // Stores feedback once: a repetition returns what is stored. A rating replaces the rating before, a like
  // the dislike of the same target, and a dislike the like. Beyond kMaxOfPerson the oldest are dropped. The
  // errors of check_feedback(); kConflict naming "key" when the key is of other feedback. `target` is from
  // parse_target().
  Result<Recorded> record(const Person& person, const NewFeedback& feedback, Timestamp time);

  // Takes a signal of a target back, with all its events. kNotFound. What a person's choices taught the
  // weights of their searches (style/fusion/) cannot be taken apart: it is forgotten with any of them.
  Result<void> undo(const Person& person, const FeedbackTarget& target, Signal signal);

  // Lists the feedback of a person, the latest first.
  Result<std::vector<Feedback>> list(const Person& person, const FeedbackListOptions& options);
  // Returns all feedback of a person in the order of time, as a taste reads it.
  Result<std::vector<Feedback>> history(const Person& person);

  // Forgets one, as undo() does. kNotFound.
  Result<void> forget(const Person& person, FeedbackId id);
  // Forgets all, with the weights and the interleaved searches of the person. Returns how many were
  // forgotten.
  Result<std::int64_t> forget_all(const Person& person);

  // Forgets what a person has said about a garment, or about an outfit and its pieces, in the transaction of
  // another store.
  static Result<void> forget_target(sql::SqlConnection& connection, const Person& person,
                                    const FeedbackTarget& target);

  // Makes a device's feedback a user's. The later one of two equal signals of one target stays, and so does
  // the later one of a like and a dislike. The weights of the device's searches become the user's where the
  // user has none. Returns how many rows were moved; the device has none afterwards.
  Result<std::int64_t> merge(const Person& device, const Person& user);

  // A number that grows with each change of the person's feedback; 0: there is none.
  Result<std::int64_t> revision(const Person& person);

  // The ids of users of whom forget_all() has something to remove: who have given feedback, or whose searches
  // wait for a choice.
  Result<std::vector<std::int64_t>> users();

 private:
  sql::Database& database_;
};

}  // namespace fit::style

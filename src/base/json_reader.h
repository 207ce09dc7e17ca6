#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"

namespace fit {

// Reads the members of a JSON object strictly: a wrong type, a missing member and, where the caller says so,
// an unknown one are each kInvalid, naming the member by its path ("files[2].sha256"). The first problem is
// kept; after it every call returns an empty value, so that a caller reads all members and checks once, with
// finish() or result(). A member that is null counts as missing. Readers of nested objects report to the
// reader that they come from.
//
// Does not own the JSON, which must outlive it. Not thread-safe.
class JsonReader {
 public:
  // `path` is where the object stands, empty at the top of a document.
  explicit JsonReader(const Json& json, std::string path = {});

  // Required and not empty.
  std::string text(const std::string& key);
  // Empty when missing.
  std::string optional_text(const std::string& key);
  std::int64_t integer(const std::string& key, std::int64_t least, std::int64_t most);
  bool flag(const std::string& key);
  // A whole number of at least 0.
  std::uint64_t count(const std::string& key);
  std::optional<std::uint64_t> optional_count(const std::string& key);
  // The position of the text among the choices.
  std::size_t choice(const std::string& key, std::initializer_list<std::string_view> choices);
  // A list of 1 to `most` texts, none of them empty.
  std::vector<std::string> texts(const std::string& key, std::size_t most);
  // A list of any number of texts, none of them empty; none when it is missing.
  std::vector<std::string> optional_texts(const std::string& key);

  // An object; `optional_object` gives nothing when it is missing.
  JsonReader object(const std::string& key);
  std::optional<JsonReader> optional_object(const std::string& key);
  // A list of 1 to `most` objects, or of any number.
  std::vector<JsonReader> objects(const std::string& key, std::size_t most);
  std::vector<JsonReader> objects(const std::string& key);
  // The members of an object of objects, by name; none when it is missing.
  std::vector<std::pair<std::string, JsonReader>> named_objects(const std::string& key);
  // The names of all members, in their order; none after a problem. Does not count as naming them.
  std::vector<std::string> keys() const;
  // A member of any type; null when it is missing. `require` makes that a problem.
  const Json* find(const std::string& key);
  const Json* require(const std::string& key);

  // Reports a problem of the member, or of the object itself where `key` is empty.
  void fail(const std::string& key, std::string message);
  // Reports a member that no call has named.
  void reject_unknown_keys();

  // The first problem of this reader and of all that came from it.
  Result<void> result() const;
  // reject_unknown_keys() of this object, then result().
  Result<void> finish();
  bool ok() const { return !error_->has_value(); }
  std::string path(const std::string& key) const { return path_.empty() ? key : path_ + "." + key; }

 private:
  JsonReader(const Json& json, std::string path, std::shared_ptr<std::optional<Error>> error);
  const Json* list(const std::string& key, std::size_t most);
  std::vector<std::string> texts_of(const std::string& key, const Json& values);
  std::vector<JsonReader> readers_of(const std::string& key, const Json& values);

  const Json* json_;
  std::string path_;
  std::shared_ptr<std::optional<Error>> error_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace fit

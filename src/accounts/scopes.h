#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fit::accounts {

// What a caller may do. A route requires at most one scope.
enum class Scope : std::uint8_t {
  kSearch,         // "search": search by photo, item and words
  kItemsRead,      // "items:read": items and their images
  kItemsWrite,     // "items:write": change, remove and import items
  kContentReview,  // "content:review": items that the content filter flagged, and its block list
  kEmbed,          // "embed": vectors of texts and images
  kIngest,         // "ingest": send files, and see and remove assets
  kMetrics,        // "metrics": health and metrics
  kAdmin,          // "admin": keys, tokens, users and the audit log
  kAccount,        // "account": what belongs to the signed-in user; users have it, keys never
};

inline constexpr std::array<std::string_view, 9> kScopeNames = {"search",         "items:read", "items:write",
                                                                "content:review", "embed",      "ingest",
                                                                "metrics",        "admin",      "account"};

std::string_view to_string(Scope scope);

// A set of scopes. A value type.
class Scopes {
 public:
  constexpr Scopes() = default;
  constexpr Scopes(std::initializer_list<Scope> scopes) {
    for (const Scope scope : scopes) bits_ |= bit(scope);
  }

  // Every scope that a key may have.
  static constexpr Scopes all_of_keys() {
    return {Scope::kSearch, Scope::kItemsRead, Scope::kItemsWrite, Scope::kContentReview,
            Scope::kEmbed,  Scope::kIngest,    Scope::kMetrics,    Scope::kAdmin};
  }

  // Reads the names of scopes of keys; "*" stands for all of them. kInvalid naming `field` for an empty list
  // and for unknown names.
  static Result<Scopes> parse(const std::string& field, std::span<const std::string> names);

  // Reads what text() has written. Unknown names, which a newer version may have written, are left out.
  static Scopes from_text(std::string_view text);
  std::string text() const;  // the names, separated by blanks
  std::vector<std::string> names() const;

  constexpr bool contains(Scope scope) const { return (bits_ & bit(scope)) != 0; }
  constexpr bool contains_all(Scopes others) const { return (bits_ & others.bits_) == others.bits_; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr Scopes without(Scopes others) const { return Scopes(bits_ & ~others.bits_); }
  constexpr Scopes operator|(Scopes other) const { return Scopes(bits_ | other.bits_); }
  friend constexpr bool operator==(Scopes, Scopes) = default;

 private:
  explicit constexpr Scopes(unsigned bits) : bits_(bits) {}
  static constexpr unsigned bit(Scope scope) { return 1U << static_cast<unsigned>(scope); }

  unsigned bits_ = 0;
};

}  // namespace fit::accounts

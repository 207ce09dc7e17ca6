#include "sql/postgres_error.h"

#include <algorithm>
#include <array>

namespace fit::sql {
namespace {

struct Meaning {
  std::string_view sqlstate;  // whole, or a class of two characters
  ErrorCode code;
  std::string_view message;
};

// The first that fits counts.
constexpr auto kMeanings = std::to_array<Meaning>({
    {"53100", ErrorCode::kStorageFull, "the disk of the database is full"},
    {"53200", ErrorCode::kUnavailable, "the database is out of memory; try again"},
    {"53300", ErrorCode::kUnavailable, "the database has too many connections; try again"},
    {"53", ErrorCode::kUnavailable, "the database has not enough resources; try again"},
    {"23505", ErrorCode::kConflict, "a concurrent request has stored the same key; try again"},
    {"25006", ErrorCode::kStorageFull, "the database is read-only: a standby, or set so"},
    {"25P03", ErrorCode::kUnavailable, "the database gave up a transaction that stood still; try again"},
    {"55P03", ErrorCode::kUnavailable, "the database is locked by another process; try again"},
    {"57014", ErrorCode::kUnavailable, "the database took longer than the statement timeout; try again"},
    {"57", ErrorCode::kUnavailable, "the database is starting or stopping; try again"},
    {"08", ErrorCode::kUnavailable, "the connection to the database is lost; try again"},
    {"40", ErrorCode::kUnavailable, "the database put another transaction first; try again"},
    {"54", ErrorCode::kTooLarge, "a value is too large for the database"},
    {"26000", ErrorCode::kUnavailable,
     "the database forgot a prepared statement: PgBouncer needs max_prepared_statements above 0"},
    {"XX001", ErrorCode::kDamaged, "the database is damaged"},
    {"XX002", ErrorCode::kDamaged, "an index of the database is damaged"},
    {"58030", ErrorCode::kInternal, "the disk of the database failed"},
});

// What libpq's or the server's words mean when a connection fails; it has no codes there.
constexpr auto kConnectMeanings = std::to_array<Meaning>({
    {"password authentication failed", ErrorCode::kInvalid, "the database refuses the user or the password"},
    {"no password supplied", ErrorCode::kInvalid, "the database asks for a password"},
    {"authentication failed", ErrorCode::kInvalid, "the database refuses the user"},
    {"no pg_hba.conf entry", ErrorCode::kInvalid, "the database does not let this user in from this host"},
    {"could not translate host name", ErrorCode::kUnavailable, "the host of the database is unknown"},
    {"could not look up", ErrorCode::kUnavailable, "the host of the database is unknown"},
    {"too many", ErrorCode::kUnavailable, "the database has too many connections; try again"},
    {"remaining connection slots", ErrorCode::kUnavailable,
     "the database has too many connections; try again"},
    {"no more connections allowed", ErrorCode::kUnavailable,
     "the database has too many connections; try again"},
    {"is starting up", ErrorCode::kUnavailable, "the database is starting; try again"},
    {"is shutting down", ErrorCode::kUnavailable, "the database is stopping; try again"},
    {"in recovery mode", ErrorCode::kUnavailable, "the database is recovering; try again"},
    {"not yet accepting", ErrorCode::kUnavailable, "the database is starting; try again"},
    {"role", ErrorCode::kInvalid, "the database does not know the user"},
    {"no such database", ErrorCode::kInvalid, "there is no such database"},
    {"does not exist", ErrorCode::kInvalid, "there is no such database"},
    {"invalid ", ErrorCode::kInvalid, "the address of the database has an option that it does not know"},
    {"certificate", ErrorCode::kInvalid, "the certificate of the database is not the expected one"},
    {"timeout expired", ErrorCode::kUnavailable, "the database did not respond in time"},
});

// libpq's "role" of a message that names a role that is not there.
bool fits(const Meaning& meaning, std::string_view message) {
  if (!message.contains(meaning.sqlstate)) return false;
  return meaning.sqlstate != "role" || message.contains("does not exist");
}

// A shard: a server that postgres_fdw asks for this one, named "fit_<shard>".
constexpr std::string_view kNotReached = "could not connect to server \"";
constexpr std::string_view kServerPrefix = "fit_";

// What a shard that is not there means; empty for another error.
std::string lost_shard(std::string_view sqlstate, std::string_view detail) {
  const bool is_lost = sqlstate.starts_with("08") || (sqlstate.starts_with("57") && sqlstate != "57014");
  if (!is_lost) return {};
  const std::size_t at = detail.find(kNotReached);
  if (at == std::string_view::npos) {
    return detail.contains("remote SQL command") ? "a shard of the database cannot be reached; try again"
                                                 : "";
  }
  std::string_view name = detail.substr(at + kNotReached.size());
  name = name.substr(0, name.find('"'));
  if (name.starts_with(kServerPrefix)) name.remove_prefix(kServerPrefix.size());
  return "the shard " + std::string(name) + " of the database cannot be reached; try again";
}

}  // namespace

Error postgres_error(std::string_view sqlstate, std::string detail) {
  if (auto message = lost_shard(sqlstate, detail); !message.empty()) {
    return {ErrorCode::kUnavailable, std::move(message), {}, std::move(detail)};
  }
  if (sqlstate.empty()) sqlstate = "08";
  const auto* const meaning = std::ranges::find_if(
      kMeanings, [sqlstate](const Meaning& one) { return sqlstate.starts_with(one.sqlstate); });
  if (meaning == kMeanings.end()) return internal("the database returned an error", std::move(detail));
  return {meaning->code, std::string(meaning->message), {}, std::move(detail)};
}

Error postgres_connect_error(std::string_view message) {
  while (message.ends_with('\n')) message.remove_suffix(1);
  const auto* const meaning =
      std::ranges::find_if(kConnectMeanings, [message](const Meaning& one) { return fits(one, message); });
  if (meaning == kConnectMeanings.end()) {
    return {ErrorCode::kUnavailable, "the database cannot be reached", {}, std::string(message)};
  }
  return {meaning->code, std::string(meaning->message), {}, std::string(message)};
}

}  // namespace fit::sql

#include "store/catalogue.h"

#include <random>

#include "base/format.h"

namespace fit::store {
namespace {

std::string random_id() {
  std::random_device device;
  std::string id;
  for (int i = 0; i < 4; ++i) id += fit::format("{:08x}", device());
  return id;
}

Result<std::string> read_id(sql::SqlConnection& connection) {
  std::string id;
  FIT_CHECK(connection.query("SELECT value FROM store_meta WHERE name = $1", {"store_id"},
                             [&id](const sql::SqlRow& row) { id = row.text(0); }));
  return id;
}

// Returns the catalogue's id, and makes it when the catalogue is opened for the first time.
Result<std::string> ensure_id(sql::SqlConnection& connection) {
  FIT_TRY(auto id, read_id(connection));
  if (!id.empty()) return id;
  FIT_TRY(auto transaction, sql::Transaction::write(connection, sql::Ordering::kOrdered));
  FIT_CHECK(
      connection.execute("INSERT INTO store_meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
                         {"store_id", std::string_view(random_id())}));
  FIT_TRY(id, read_id(connection));
  FIT_CHECK(transaction.commit());
  return id;
}

}  // namespace

Catalogue::Catalogue(std::string id, sql::Database::Pools pools, const Engine& engine,
                     const GraphOptions& graph)
    : id_(std::move(id)),
      engine_(engine),
      database_(std::move(pools)),
      spaces_(database_, engine, graph),
      items_(database_, engine, spaces_),
      vectors_(database_, engine, spaces_),
      changes_(database_),
      words_(database_, *engine.words),
      metadata_(database_),
      reviews_(database_),
      blocked_images_(database_),
      search_(engine.make_search == nullptr ? nullptr : engine.make_search(database_)) {}

Result<std::unique_ptr<Catalogue>> Catalogue::make(sql::Database::Pools pools, const Engine& engine,
                                                   const GraphOptions& graph) {
  std::string id;
  {
    FIT_TRY(const auto writer, pools.ordered->acquire());
    FIT_TRY(id, ensure_id(*writer));
  }
  return std::unique_ptr<Catalogue>(new Catalogue(std::move(id), std::move(pools), engine, graph));
}

Result<void> Catalogue::check() {
  FIT_CHECK(changes_.position());
  const std::optional<Error> damage = database_.damage();
  if (!damage) return {};
  return Error{
      ErrorCode::kDamaged, damage->message + "; fit check names what is damaged", {}, damage->detail};
}

Result<void> Catalogue::check_integrity(const IntegrityOptions& options, const Progress& progress,
                                        const std::stop_token& stop, std::vector<Damage>& found) {
  FIT_CHECK(engine_.check_tables(database_, options, progress, stop, found));
  database_.forget_damage();
  if (!found.empty()) {
    database_.note_damage({ErrorCode::kDamaged,
                           "the database is damaged (" + found.front().part + ")",
                           {},
                           found.front().what});
  }
  return {};
}

}  // namespace fit::store

#include "style/saved/saved_outfit_store.h"

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <utility>

#include "base/format.h"
#include "sql/sql_times.h"
#include "style/feedback/feedback_store.h"
#include "style/wardrobe/wardrobe_store.h"

namespace fit::style {
namespace {

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;
using sql::SqlValue;

constexpr std::string_view kSelectOutfits =
    "SELECT o.id, o.user_id, o.name, o.notes, o.share_token, o.created_at, o.updated_at FROM saved_outfits o "
    "WHERE ";
constexpr std::string_view kFirstDay = "0000-00-00";
constexpr std::string_view kLastDay = "9999-99-99";

SavedOutfit read_outfit(const SqlRow& row) {
  SavedOutfit outfit;
  outfit.id = SavedOutfitId{row.integer(0)};
  outfit.user = row.integer(1);
  outfit.fields.name = row.text(2);
  outfit.fields.notes = row.text(3);
  if (!row.is_null(4)) outfit.share_token = row.text(4);
  outfit.created_at = sql::time_at(row, 5);
  outfit.updated_at = sql::time_at(row, 6);
  return outfit;
}

// A piece with its outfit and its place there.
struct PlacedPiece {
  std::int64_t outfit = 0;
  std::int64_t position = 0;
  SavedPiece piece;
};

PlacedPiece read_piece(const SqlRow& row) {
  PlacedPiece placed{.outfit = row.integer(0), .position = row.integer(1), .piece = {}};
  if (!row.is_null(2)) placed.piece.item = ItemId{row.integer(2)};
  if (!row.is_null(3)) placed.piece.garment = GarmentId{row.integer(3)};
  return placed;
}

Result<std::vector<SavedOutfit>> select_outfits(SqlConnection& connection, std::string_view condition,
                                                std::initializer_list<SqlValue> values) {
  std::vector<SavedOutfit> found;
  FIT_CHECK(connection.query(fit::format("{}{}", kSelectOutfits, condition), values,
                             [&found](const SqlRow& row) { found.push_back(read_outfit(row)); }));
  std::vector<std::int64_t> ids;
  std::unordered_map<std::int64_t, SavedOutfit*> by_id;
  for (SavedOutfit& one : found) {
    ids.push_back(one.id.value);
    by_id.emplace(one.id.value, &one);
  }
  std::vector<PlacedPiece> pieces;
  FIT_CHECK(sql::query_among(
      connection,
      "SELECT p.outfit_id, p.position, p.item_id, p.garment_id FROM saved_outfit_pieces p WHERE p.outfit_id",
      ids, [&pieces](const SqlRow& row) { pieces.push_back(read_piece(row)); }));
  std::ranges::sort(pieces, {}, &PlacedPiece::position);
  for (const PlacedPiece& one : pieces) by_id.at(one.outfit)->fields.pieces.push_back(one.piece);
  FIT_CHECK(sql::query_among(connection,
                             "SELECT p.outfit_id, p.planned_for FROM saved_outfit_plans p WHERE p.outfit_id",
                             ids, [&by_id](const SqlRow& row) {
                               by_id.at(row.integer(0))->fields.planned_for.emplace_back(row.text(1));
                             }));
  FIT_CHECK(sql::query_among(
      connection, "SELECT w.outfit_id, w.worn_on FROM saved_outfit_wears w WHERE w.outfit_id", ids,
      [&by_id](const SqlRow& row) { by_id.at(row.integer(0))->worn_on.emplace_back(row.text(1)); }));
  for (SavedOutfit& one : found) {
    std::ranges::sort(one.fields.planned_for);
    std::ranges::sort(one.worn_on);
  }
  return found;
}

Result<SavedOutfit> find_outfit(SqlConnection& connection, std::int64_t user, SavedOutfitId id) {
  FIT_TRY(auto found, select_outfits(connection, "o.user_id = $1 AND o.id = $2", {user, id.value}));
  if (found.empty()) return not_found("there is no outfit " + id.str());
  return std::move(found.front());
}

Result<void> check_room_for_outfit(SqlConnection& connection, std::int64_t user) {
  FIT_TRY(const auto count,
          connection.query_integer("SELECT COUNT(*) FROM saved_outfits WHERE user_id = $1", {user}));
  if (count.value_or(0) < static_cast<std::int64_t>(SavedOutfitStore::kMaxOutfits)) return {};
  return invalid("outfits", fit::format("must not be more than {}", SavedOutfitStore::kMaxOutfits));
}

Result<void> check_wears_of_outfit(SqlConnection& connection, SavedOutfitId id) {
  FIT_TRY(const auto count, connection.query_integer(
                                "SELECT COUNT(*) FROM saved_outfit_wears WHERE outfit_id = $1", {id.value}));
  if (count.value_or(0) <= static_cast<std::int64_t>(SavedOutfitStore::kMaxWears)) return {};
  return invalid("date", fit::format("must not be one of more than {} days", SavedOutfitStore::kMaxWears));
}

// Writes the pieces and the planned days of an outfit, which has none.
Result<void> write_parts(SqlConnection& connection, SavedOutfitId id, const SavedOutfitFields& fields) {
  std::int64_t position = 0;
  for (const SavedPiece& piece : fields.pieces) {
    const SqlValue item = piece.item ? SqlValue(piece.item->value) : SqlValue();
    const SqlValue garment = piece.garment ? SqlValue(piece.garment->value) : SqlValue();
    FIT_CHECK(connection.execute(
        "INSERT INTO saved_outfit_pieces (outfit_id, position, item_id, garment_id) VALUES ($1, $2, $3, $4)",
        {id.value, ++position, item, garment}));
  }
  for (const std::string& day : fields.planned_for) {
    FIT_CHECK(connection.execute("INSERT INTO saved_outfit_plans (outfit_id, planned_for) VALUES ($1, $2)",
                                 {id.value, std::string_view(day)}));
  }
  return {};
}

Result<void> remove_parts(SqlConnection& connection, SavedOutfitId id) {
  FIT_CHECK(connection.execute("DELETE FROM saved_outfit_pieces WHERE outfit_id = $1", {id.value}));
  FIT_CHECK(connection.execute("DELETE FROM saved_outfit_plans WHERE outfit_id = $1", {id.value}));
  return {};
}

}  // namespace

Result<SavedOutfit> SavedOutfitStore::add(std::int64_t user, const SavedOutfitFields& fields,
                                          Timestamp time) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<SavedOutfit> {
    FIT_CHECK(WardrobeStore::begin_change(connection, user));
    FIT_CHECK(check_room_for_outfit(connection, user));
    SavedOutfitId id;
    FIT_CHECK(connection.query(
        "INSERT INTO saved_outfits (user_id, name, notes, created_at, updated_at) VALUES ($1, $2, $3, $4, "
        "$5) RETURNING id",
        {user, std::string_view(fields.name), std::string_view(fields.notes), sql::ticks(time),
         sql::ticks(time)},
        [&id](const SqlRow& row) { id = SavedOutfitId{row.integer(0)}; }));
    FIT_CHECK(write_parts(connection, id, fields));
    return find_outfit(connection, user, id);
  });
}

Result<SavedOutfit> SavedOutfitStore::get(std::int64_t user, SavedOutfitId id) {
  return database_->read([&](SqlConnection& connection) { return find_outfit(connection, user, id); });
}

Result<std::vector<SavedOutfit>> SavedOutfitStore::list(std::int64_t user, const SavedOutfitQuery& query) {
  const std::int64_t before = query.before == 0 ? std::numeric_limits<std::int64_t>::max() : query.before;
  const std::int64_t limit = sql::sql_limit(query.limit);
  const std::string_view from = query.from.empty() ? kFirstDay : std::string_view(query.from);
  const std::string_view to = query.to.empty() ? kLastDay : std::string_view(query.to);
  return database_->read([&](SqlConnection& connection) {
    if (query.from.empty() && query.to.empty()) {
      return select_outfits(connection, "o.user_id = $1 AND o.id < $2 ORDER BY o.id DESC LIMIT $3",
                            {user, before, limit});
    }
    return select_outfits(connection,
                          "o.user_id = $1 AND o.id < $2 AND EXISTS (SELECT 1 FROM saved_outfit_plans p WHERE "
                          "p.outfit_id = o.id AND p.planned_for >= $4 AND p.planned_for <= $5) ORDER BY o.id "
                          "DESC LIMIT $3",
                          {user, before, limit, from, to});
  });
}

Result<std::vector<SavedOutfit>> SavedOutfitStore::all(std::int64_t user) {
  return database_->read([&](SqlConnection& connection) {
    return select_outfits(connection, "o.user_id = $1 ORDER BY o.id", {user});
  });
}

Result<std::vector<std::vector<OutfitPieceId>>> SavedOutfitStore::pieces(
    std::int64_t user, std::span<const std::int64_t> outfits) {
  using All = std::vector<std::vector<OutfitPieceId>>;
  return database_->read([&](SqlConnection& connection) -> Result<All> {
    std::unordered_map<std::int64_t, std::vector<OutfitPieceId>> by_outfit;
    const auto keep = [&by_outfit](const SqlRow& row) {
      const PlacedPiece placed = read_piece(row);
      std::vector<OutfitPieceId>& of_outfit = by_outfit[placed.outfit];
      if (placed.piece.item) of_outfit.push_back({.kind = PieceKind::kItem, .id = placed.piece.item->value});
      if (placed.piece.garment) {
        of_outfit.push_back({.kind = PieceKind::kGarment, .id = placed.piece.garment->value});
      }
    };
    sql::IdList list(outfits);
    for (auto some = list.next({user}); !some.values.empty(); some = list.next({user})) {
      FIT_CHECK(connection.query(
          fit::format("SELECT p.outfit_id, p.position, p.item_id, p.garment_id FROM saved_outfit_pieces p "
                      "JOIN saved_outfits o ON o.id = p.outfit_id "
                      "WHERE o.user_id = $1 AND p.outfit_id IN ({})",
                      some.placeholders),
          some.values, keep));
    }
    All all;
    for (auto& [outfit, of_outfit] : by_outfit) all.push_back(std::move(of_outfit));
    return all;
  });
}

Result<SavedOutfit> SavedOutfitStore::change(std::int64_t user, SavedOutfitId id, const Change& make,
                                             Timestamp time) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<SavedOutfit> {
    FIT_CHECK(WardrobeStore::begin_change(connection, user));
    FIT_TRY(const SavedOutfit outfit, find_outfit(connection, user, id));
    FIT_TRY(const SavedOutfitFields fields, make(outfit));
    FIT_CHECK(connection.execute(
        "UPDATE saved_outfits SET name = $2, notes = $3, updated_at = $4 WHERE id = $1",
        {id.value, std::string_view(fields.name), std::string_view(fields.notes), sql::ticks(time)}));
    FIT_CHECK(remove_parts(connection, id));
    FIT_CHECK(write_parts(connection, id, fields));
    return find_outfit(connection, user, id);
  });
}

Result<void> SavedOutfitStore::remove(std::int64_t user, SavedOutfitId id) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(WardrobeStore::begin_change(connection, user));
    FIT_TRY(const std::int64_t removed,
            connection.execute("DELETE FROM saved_outfits WHERE user_id = $1 AND id = $2", {user, id.value}));
    if (removed == 0) return not_found("there is no outfit " + id.str());
    return FeedbackStore::forget_target(connection, Person::user(user),
                                        {.kind = FeedbackTarget::Kind::kOutfit, .id = id.str()});
  });
}

Result<bool> SavedOutfitStore::wear(std::int64_t user, SavedOutfitId id, std::string_view date) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<bool> {
    FIT_CHECK(WardrobeStore::begin_change(connection, user));
    FIT_TRY(const SavedOutfit outfit, find_outfit(connection, user, id));
    for (const SavedPiece& piece : outfit.fields.pieces) {
      if (piece.garment) FIT_CHECK(WardrobeStore::note_wear(connection, user, *piece.garment, date));
    }
    FIT_TRY(const std::int64_t added,
            connection.execute(
                "INSERT INTO saved_outfit_wears (outfit_id, worn_on) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                {id.value, date}));
    FIT_CHECK(check_wears_of_outfit(connection, id));
    return added > 0;
  });
}

Result<void> SavedOutfitStore::undo_wear(std::int64_t user, SavedOutfitId id, std::string_view date) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(WardrobeStore::begin_change(connection, user));
    FIT_CHECK(find_outfit(connection, user, id));
    FIT_TRY(const std::int64_t removed,
            connection.execute("DELETE FROM saved_outfit_wears WHERE outfit_id = $1 AND worn_on = $2",
                               {id.value, date}));
    if (removed == 0) return not_found("the outfit was not worn on that day");
    return {};
  });
}

Result<bool> SavedOutfitStore::share(std::int64_t user, SavedOutfitId id, std::string_view token) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<bool> {
    FIT_CHECK(WardrobeStore::begin_change(connection, user));
    FIT_CHECK(find_outfit(connection, user, id));
    FIT_TRY(
        const std::int64_t shared,
        connection.execute("UPDATE saved_outfits SET share_token = $2 WHERE id = $1 AND share_token IS NULL",
                           {id.value, token}));
    return shared > 0;
  });
}

Result<void> SavedOutfitStore::unshare(std::int64_t user, SavedOutfitId id) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(WardrobeStore::begin_change(connection, user));
    FIT_CHECK(find_outfit(connection, user, id));
    FIT_CHECK(connection.execute("UPDATE saved_outfits SET share_token = NULL WHERE id = $1", {id.value}));
    return {};
  });
}

Result<SavedOutfit> SavedOutfitStore::shared(std::string_view token) {
  return database_->read([&](SqlConnection& connection) -> Result<SavedOutfit> {
    FIT_TRY(auto found, select_outfits(connection, "o.share_token = $1", {token}));
    if (found.empty()) return not_found("there is no such shared outfit");
    return std::move(found.front());
  });
}

}  // namespace fit::style

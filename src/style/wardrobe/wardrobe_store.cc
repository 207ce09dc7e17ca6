#include "style/wardrobe/wardrobe_store.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/bytes.h"
#include "base/floats.h"
#include "base/format.h"
#include "base/json.h"
#include "domain/properties_json.h"
#include "sql/multi_row.h"
#include "sql/sql_times.h"
#include "style/feedback/feedback_store.h"
#include "style/wardrobe/person_text.h"

namespace fit::style {
namespace {

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;
using sql::SqlValue;

constexpr std::size_t kGarmentsAtOnce = 500;
constexpr std::string_view kSelectGarments =
    "SELECT g.id, g.name, g.brand, g.size, g.price, g.currency, g.bought_on, g.notes, g.care, g.tags, "
    "g.state, "
    "g.properties, g.item_id, g.created_at, g.updated_at, g.cutout, "
    "(SELECT COUNT(*) FROM garment_wears w WHERE w.garment_id = g.id), "
    "(SELECT MAX(w.worn_on) FROM garment_wears w WHERE w.garment_id = g.id) FROM garments g WHERE ";

// The values of a JSON object by the names of properties; none for a damaged text.
domain::Properties read_properties(std::string_view text) {
  domain::Properties values;
  const auto json = parse_json("properties", text);
  if (!json || !json->is_object()) return values;
  for (const auto& [name, value] : json->items()) {
    const auto property = domain::property_index(name);
    if (property && value.is_string()) values.at(*property) = value.get<std::string>();
  }
  return values;
}

Garment read_garment(const SqlRow& row) {
  Garment garment;
  garment.id = GarmentId{row.integer(0)};
  GarmentFields& fields = garment.fields;
  fields.name = row.text(1);
  fields.brand = row.text(2);
  fields.size = row.text(3);
  fields.price = sql::optional_real(row, 4);
  fields.currency = row.text(5);
  fields.bought_on = row.text(6);
  fields.notes = row.text(7);
  fields.care = row.text(8);
  fields.tags = split_list(row.text(9));
  fields.state = parse_garment_state(row.text(10)).value_or(GarmentState::kReady);
  fields.stated = read_properties(row.text(11));
  if (!row.is_null(12)) garment.item = ItemId{row.integer(12)};
  garment.created_at = sql::time_at(row, 13);
  garment.updated_at = sql::time_at(row, 14);
  fields.cutout = row.integer(15) != 0;
  garment.wears = row.integer(16);
  if (!row.is_null(17)) garment.last_worn_on = row.text(17);
  return garment;
}

// A photo of some garment, with what the models see on it.
struct PhotoOfGarment {
  std::int64_t garment = 0;
  std::int64_t position = 0;
  GarmentPhoto photo;
  domain::Properties seen;
};

Result<std::vector<PhotoOfGarment>> read_photos_of(SqlConnection& connection,
                                                   const std::vector<std::int64_t>& garments) {
  std::vector<PhotoOfGarment> photos;
  // A file that was fetched again has its facts at the asset with equal bytes.
  FIT_CHECK(sql::query_among(
      connection,
      "SELECT p.garment_id, p.position, p.asset_id, p.is_sent, f.properties FROM garment_photos p JOIN "
      "assets a "
      "ON a.id = p.asset_id JOIN assets f ON f.id = COALESCE(a.same_as, a.id) WHERE p.garment_id",
      garments, [&photos](const SqlRow& row) {
        photos.push_back({.garment = row.integer(0),
                          .position = row.integer(1),
                          .photo = {.asset = row.integer(2), .is_sent = row.integer(3) != 0},
                          .seen = read_properties(row.text(4))});
      }));
  std::ranges::sort(photos, {}, &PhotoOfGarment::position);
  return photos;
}

enum class Days : std::uint8_t { kLeftOut, kRead };

// Reads garments with their photos and what follows from them.
Result<std::vector<Garment>> select_garments(SqlConnection& connection, const ontology::Ontology& ontology,
                                             std::string_view condition, std::span<const SqlValue> values,
                                             Days days) {
  std::vector<Garment> found;
  FIT_CHECK(connection.query(fit::format("{}{}", kSelectGarments, condition), values,
                             [&found](const SqlRow& row) { found.push_back(read_garment(row)); }));
  std::vector<std::int64_t> ids;
  std::unordered_map<std::int64_t, Garment*> by_id;
  for (Garment& one : found) {
    ids.push_back(one.id.value);
    by_id.emplace(one.id.value, &one);
  }
  FIT_TRY(auto photos, read_photos_of(connection, ids));
  for (PhotoOfGarment& one : photos) {
    Garment& garment = *by_id.at(one.garment);
    garment.photos.push_back(one.photo);
    const bool is_first = garment.seen == domain::Properties{};
    if (is_first) garment.seen = std::move(one.seen);
  }
  if (days == Days::kRead) {
    FIT_CHECK(sql::query_among(
        connection, "SELECT w.garment_id, w.worn_on FROM garment_wears w WHERE w.garment_id", ids,
        [&by_id](const SqlRow& row) { by_id.at(row.integer(0))->worn_on.emplace_back(row.text(1)); }));
  }
  for (Garment& one : found) {
    std::ranges::sort(one.worn_on);
    describe_garment(one, ontology);
  }
  return found;
}

Result<std::vector<Garment>> select_garments(SqlConnection& connection, const ontology::Ontology& ontology,
                                             std::string_view condition,
                                             std::initializer_list<SqlValue> values, Days days) {
  return select_garments(connection, ontology, condition, std::span(values.begin(), values.size()), days);
}

Result<Garment> find_garment(SqlConnection& connection, const ontology::Ontology& ontology, std::int64_t user,
                             GarmentId id) {
  FIT_TRY(auto found, select_garments(connection, ontology, "g.user_id = $1 AND g.id = $2", {user, id.value},
                                      Days::kRead));
  if (found.empty()) return not_found("there is no garment " + id.str());
  return std::move(found.front());
}

Result<void> check_garment_exists(SqlConnection& connection, std::int64_t user, GarmentId id) {
  FIT_TRY(const auto found, connection.query_integer("SELECT id FROM garments WHERE user_id = $1 AND id = $2",
                                                     {user, id.value}));
  if (!found) return not_found("there is no garment " + id.str());
  return {};
}

Result<void> check_room(SqlConnection& connection, std::int64_t user) {
  FIT_TRY(const auto count,
          connection.query_integer("SELECT COUNT(*) FROM garments WHERE user_id = $1", {user}));
  if (count.value_or(0) <= static_cast<std::int64_t>(WardrobeStore::kMaxGarments)) return {};
  return invalid("wardrobe", fit::format("must not have more than {} garments", WardrobeStore::kMaxGarments));
}

Result<GarmentId> insert_garment(SqlConnection& connection, std::int64_t user, const GarmentFields& fields,
                                 Timestamp time) {
  const std::string tags = join_list(fields.tags);
  const std::string stated = dump_json(domain::properties_json(fields.stated));
  GarmentId id;
  FIT_CHECK(connection.query(
      "INSERT INTO garments (user_id, name, brand, size, price, currency, bought_on, notes, care, tags, "
      "state, "
      "properties, created_at, updated_at, cutout) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
      "$12, $13, $14, $15) RETURNING id",
      {user, std::string_view(fields.name), std::string_view(fields.brand), std::string_view(fields.size),
       sql::nullable(fields.price), std::string_view(fields.currency), std::string_view(fields.bought_on),
       std::string_view(fields.notes), std::string_view(fields.care), std::string_view(tags),
       to_string(fields.state), std::string_view(stated), sql::ticks(time), sql::ticks(time),
       static_cast<std::int64_t>(fields.cutout)},
      [&id](const SqlRow& row) { id = GarmentId{row.integer(0)}; }));
  return id;
}

Result<void> update_garment(SqlConnection& connection, GarmentId id, const GarmentFields& fields,
                            Timestamp time) {
  const std::string tags = join_list(fields.tags);
  const std::string stated = dump_json(domain::properties_json(fields.stated));
  FIT_CHECK(connection.execute(
      "UPDATE garments SET name = $2, brand = $3, size = $4, price = $5, currency = $6, bought_on = $7, "
      "notes = $8, care = $9, tags = $10, state = $11, properties = $12, updated_at = $13, cutout = $14 "
      "WHERE id = $1",
      {id.value, std::string_view(fields.name), std::string_view(fields.brand), std::string_view(fields.size),
       sql::nullable(fields.price), std::string_view(fields.currency), std::string_view(fields.bought_on),
       std::string_view(fields.notes), std::string_view(fields.care), std::string_view(tags),
       to_string(fields.state), std::string_view(stated), sql::ticks(time),
       static_cast<std::int64_t>(fields.cutout)}));
  return {};
}

// Makes the photos of a garment these. A photo that came with any garment keeps its is_sent.
Result<void> write_photos(SqlConnection& connection, GarmentId id, std::span<const GarmentPhoto> photos) {
  if (photos.size() > kMaxGarmentPhotos) {
    return invalid("asset_ids", fit::format("must not be more than {}", kMaxGarmentPhotos));
  }
  std::vector<std::int64_t> assets;
  for (const GarmentPhoto& photo : photos) assets.push_back(photo.asset);
  std::set<std::int64_t> sent;
  FIT_CHECK(sql::query_among(connection, "SELECT asset_id FROM garment_photos WHERE is_sent = 1 AND asset_id",
                             assets, [&sent](const SqlRow& row) { sent.insert(row.integer(0)); }));
  FIT_CHECK(connection.execute("DELETE FROM garment_photos WHERE garment_id = $1", {id.value}));
  std::set<std::int64_t> written;
  for (const GarmentPhoto& photo : photos) {
    if (!written.insert(photo.asset).second) continue;
    const std::int64_t is_sent = photo.is_sent || sent.contains(photo.asset) ? 1 : 0;
    FIT_CHECK(connection.execute(
        "INSERT INTO garment_photos (garment_id, position, asset_id, is_sent) VALUES ($1, $2, $3, $4)",
        {id.value, static_cast<std::int64_t>(written.size()), photo.asset, is_sent}));
  }
  return {};
}

Result<void> write_days(SqlConnection& connection, GarmentId id, std::span<const std::string> days) {
  FIT_CHECK(connection.execute("DELETE FROM garment_wears WHERE garment_id = $1", {id.value}));
  std::vector<SqlValue> values;
  for (const std::string_view day : std::set<std::string_view>(days.begin(), days.end())) {
    values.emplace_back(id.value);
    values.emplace_back(day);
  }
  return sql::insert_rows(connection, "INSERT INTO garment_wears (garment_id, worn_on)", 2, values, "");
}

// Collects the assets that came with garments, by a condition on the garments "g".
Result<std::vector<std::int64_t>> sent_assets(SqlConnection& connection, std::string_view condition,
                                              std::initializer_list<SqlValue> values) {
  std::vector<std::int64_t> assets;
  FIT_CHECK(connection.query(
      fit::format("SELECT DISTINCT p.asset_id FROM garment_photos p JOIN garments g ON g.id = p.garment_id "
                  "WHERE p.is_sent = 1 AND {}",
                  condition),
      values, [&assets](const SqlRow& row) { assets.push_back(row.integer(0)); }));
  return assets;
}

// Leaves those that no garment has.
Result<void> keep_unused(SqlConnection& connection, std::vector<std::int64_t>& assets) {
  std::set<std::int64_t> used;
  FIT_CHECK(sql::query_among(connection, "SELECT asset_id FROM garment_photos WHERE asset_id", assets,
                             [&used](const SqlRow& row) { used.insert(row.integer(0)); }));
  std::erase_if(assets, [&used](std::int64_t asset) { return used.contains(asset); });
  return {};
}

// The assets that have the bytes of the photos: a file that was fetched again is that of another asset.
Result<std::vector<std::int64_t>> files_of(SqlConnection& connection, std::span<const GarmentPhoto> photos) {
  std::vector<std::int64_t> assets;
  for (const GarmentPhoto& photo : photos) assets.push_back(photo.asset);
  std::unordered_map<std::int64_t, std::int64_t> files;
  FIT_CHECK(sql::query_among(connection, "SELECT a.id, COALESCE(a.same_as, a.id) FROM assets a WHERE a.id",
                             assets,
                             [&files](const SqlRow& row) { files[row.integer(0)] = row.integer(1); }));
  for (std::int64_t& asset : assets) {
    if (const auto found = files.find(asset); found != files.end()) asset = found->second;
  }
  return assets;
}

// The first garment of the user that has the bytes, for each asset as files_of() returns it.
Result<std::unordered_map<std::int64_t, GarmentId>> garments_of_files(SqlConnection& connection,
                                                                      std::int64_t user) {
  std::unordered_map<std::int64_t, GarmentId> garments;
  FIT_CHECK(connection.query(
      "SELECT COALESCE(a.same_as, a.id), g.id FROM garment_photos p JOIN garments g ON g.id = p.garment_id "
      "JOIN assets a ON a.id = p.asset_id WHERE g.user_id = $1 ORDER BY g.id",
      {user},
      [&garments](const SqlRow& row) { garments.try_emplace(row.integer(0), GarmentId{row.integer(1)}); }));
  return garments;
}

}  // namespace

Result<void> WardrobeStore::begin_change(SqlConnection& connection, std::int64_t user) {
  FIT_CHECK(connection.execute(
      "INSERT INTO wardrobes (user_id, changes) VALUES ($1, 1) ON CONFLICT (user_id) DO UPDATE SET "
      "changes = wardrobes.changes + 1",
      {user}));
  return {};
}

Result<bool> WardrobeStore::note_wear(SqlConnection& connection, std::int64_t user, GarmentId id,
                                      std::string_view date) {
  FIT_TRY(const auto found, connection.query_integer("SELECT id FROM garments WHERE user_id = $1 AND id = $2",
                                                     {user, id.value}));
  if (!found) return false;
  FIT_TRY(const std::int64_t added,
          connection.execute(
              "INSERT INTO garment_wears (garment_id, worn_on) VALUES ($1, $2) ON CONFLICT DO NOTHING",
              {id.value, date}));
  return added > 0;
}

Result<Garment> WardrobeStore::add(std::int64_t user, const GarmentDraft& draft, Timestamp time) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<Garment> {
    FIT_CHECK(begin_change(connection, user));
    FIT_TRY(const GarmentId id, insert_garment(connection, user, draft.fields, time));
    FIT_CHECK(check_room(connection, user));
    FIT_CHECK(write_photos(connection, id, draft.photos));
    return find_garment(connection, *ontology_, user, id);
  });
}

Result<Garment> WardrobeStore::get(std::int64_t user, GarmentId id) {
  return database_->read(
      [&](SqlConnection& connection) { return find_garment(connection, *ontology_, user, id); });
}

Result<std::vector<Garment>> WardrobeStore::list(std::int64_t user, const GarmentFilter& filter,
                                                 std::int64_t before, std::size_t limit) {
  if (before == 0) before = std::numeric_limits<std::int64_t>::max();
  return database_->read([&](SqlConnection& connection) -> Result<std::vector<Garment>> {
    std::vector<Garment> found;
    for (std::int64_t next = before;;) {
      FIT_TRY(auto some, select_garments(connection, *ontology_,
                                         "g.user_id = $1 AND g.id < $2 ORDER BY g.id DESC LIMIT $3",
                                         {user, next, sql::sql_limit(kGarmentsAtOnce)}, Days::kLeftOut));
      const bool is_last = some.size() < kGarmentsAtOnce;
      if (!some.empty()) next = some.back().id.value;
      for (Garment& one : some) {
        if (!matches(one, filter)) continue;
        found.push_back(std::move(one));
        if (found.size() == limit) return found;
      }
      if (is_last) return found;
    }
  });
}

Result<std::vector<Garment>> WardrobeStore::all(std::int64_t user) {
  return database_->read([&](SqlConnection& connection) {
    return select_garments(connection, *ontology_, "g.user_id = $1 ORDER BY g.id", {user}, Days::kRead);
  });
}

Result<std::vector<Garment>> WardrobeStore::some(std::int64_t user, std::span<const std::int64_t> ids) {
  return database_->read([&](SqlConnection& connection) -> Result<std::vector<Garment>> {
    std::vector<Garment> found;
    sql::IdList list(ids);
    for (auto piece = list.next({user}); !piece.values.empty(); piece = list.next({user})) {
      FIT_TRY(auto garments,
              select_garments(connection, *ontology_,
                              fit::format("g.user_id = $1 AND g.id IN ({})", piece.placeholders),
                              piece.values, Days::kLeftOut));
      std::ranges::move(garments, std::back_inserter(found));
    }
    return found;
  });
}

Result<WardrobeStore::GarmentVectors> WardrobeStore::vectors(std::span<const GarmentId> garments,
                                                             std::int64_t space_id) {
  std::vector<std::int64_t> ids;
  for (const GarmentId one : garments) ids.push_back(one.value);
  return database_->read([&](SqlConnection& connection) -> Result<GarmentVectors> {
    GarmentVectors found;
    std::unordered_map<GarmentId, std::int64_t> positions;  // of the photos in `found`
    const auto keep = [&](const SqlRow& row) {
      const GarmentId garment{row.integer(0)};
      const auto [known, is_new] = positions.try_emplace(garment, row.integer(1));
      if (!is_new && known->second <= row.integer(1)) return;
      known->second = row.integer(1);
      found[garment] = floats_of(row.blob(2));
    };
    sql::IdList list(ids);
    for (auto piece = list.next({space_id}); !piece.placeholders.empty(); piece = list.next({space_id})) {
      FIT_CHECK(connection.query(
          fit::format("SELECT p.garment_id, p.position, v.embedding FROM garment_photos p JOIN assets a ON "
                      "a.id = p.asset_id JOIN asset_frames f ON f.asset_id = COALESCE(a.same_as, a.id) JOIN "
                      "asset_vectors v ON v.frame_id = f.id AND v.space_id = $1 WHERE p.garment_id IN ({})",
                      piece.placeholders),
          piece.values, keep));
    }
    return found;
  });
}

Result<WardrobeStore::Changed> WardrobeStore::change(std::int64_t user, GarmentId id, const Change& make,
                                                     Timestamp time) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<Changed> {
    FIT_CHECK(begin_change(connection, user));
    FIT_TRY(const Garment garment, find_garment(connection, *ontology_, user, id));
    FIT_TRY(const GarmentDraft draft, make(garment));
    FIT_TRY(auto unused, sent_assets(connection, "g.id = $1", {id.value}));
    FIT_CHECK(update_garment(connection, id, draft.fields, time));
    FIT_CHECK(write_photos(connection, id, draft.photos));
    FIT_CHECK(keep_unused(connection, unused));
    FIT_TRY(Garment changed, find_garment(connection, *ontology_, user, id));
    return Changed{.garment = std::move(changed), .unused = std::move(unused)};
  });
}

Result<WardrobeStore::UnusedAssets> WardrobeStore::remove(std::int64_t user, GarmentId id) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<UnusedAssets> {
    FIT_CHECK(begin_change(connection, user));
    FIT_CHECK(check_garment_exists(connection, user, id));
    FIT_TRY(auto unused, sent_assets(connection, "g.id = $1", {id.value}));
    FIT_CHECK(connection.execute("DELETE FROM garments WHERE id = $1", {id.value}));
    FIT_CHECK(FeedbackStore::forget_target(connection, Person::user(user),
                                           {.kind = FeedbackTarget::Kind::kGarment, .id = id.str()}));
    FIT_CHECK(keep_unused(connection, unused));
    return unused;
  });
}

Result<WardrobeStore::UnusedAssets> WardrobeStore::remove_all(std::int64_t user) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<UnusedAssets> {
    FIT_CHECK(begin_change(connection, user));
    FIT_TRY(auto unused, sent_assets(connection, "g.user_id = $1", {user}));
    FIT_CHECK(connection.execute("DELETE FROM garments WHERE user_id = $1", {user}));
    FIT_CHECK(connection.execute("DELETE FROM wardrobes WHERE user_id = $1", {user}));
    FIT_CHECK(keep_unused(connection, unused));
    return unused;
  });
}

Result<bool> WardrobeStore::wear(std::int64_t user, GarmentId id, std::string_view date) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<bool> {
    FIT_CHECK(begin_change(connection, user));
    FIT_CHECK(check_garment_exists(connection, user, id));
    return note_wear(connection, user, id, date);
  });
}

Result<void> WardrobeStore::undo_wear(std::int64_t user, GarmentId id, std::string_view date) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(begin_change(connection, user));
    FIT_CHECK(check_garment_exists(connection, user, id));
    FIT_TRY(const std::int64_t removed,
            connection.execute("DELETE FROM garment_wears WHERE garment_id = $1 AND worn_on = $2",
                               {id.value, date}));
    if (removed == 0) return not_found("the garment was not worn on that day");
    return {};
  });
}

Result<void> WardrobeStore::set_item(std::int64_t user, GarmentId id, ItemId item) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(begin_change(connection, user));
    FIT_CHECK(check_garment_exists(connection, user, id));
    FIT_CHECK(connection.execute("UPDATE garments SET item_id = $2 WHERE id = $1", {id.value, item.value}));
    return {};
  });
}

Result<WardrobeStore::Imported> WardrobeStore::import(std::int64_t user, std::span<const GarmentRow> rows,
                                                      Timestamp time) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<Imported> {
    FIT_CHECK(begin_change(connection, user));
    Imported imported;
    FIT_TRY(imported.unused, sent_assets(connection, "g.user_id = $1", {user}));
    const std::set<std::int64_t> sent(imported.unused.begin(), imported.unused.end());
    for (const GarmentRow& row : rows) {
      std::optional<std::int64_t> known;
      if (row.id) {
        FIT_TRY(known, connection.query_integer("SELECT id FROM garments WHERE user_id = $1 AND id = $2",
                                                {user, row.id->value}));
      }
      GarmentId id = row.id.value_or(GarmentId{});
      if (known) {
        FIT_CHECK(update_garment(connection, id, row.draft.fields, time));
        ++imported.updated;
      } else {
        FIT_TRY(id, insert_garment(connection, user, row.draft.fields, time));
        ++imported.created;
      }
      // A photo that came with one garment may move to another one.
      std::vector<GarmentPhoto> photos = row.draft.photos;
      for (GarmentPhoto& photo : photos) photo.is_sent = photo.is_sent || sent.contains(photo.asset);
      FIT_CHECK(write_photos(connection, id, photos));
      FIT_CHECK(write_days(connection, id, row.worn_on));
    }
    FIT_CHECK(check_room(connection, user));
    FIT_CHECK(keep_unused(connection, imported.unused));
    return imported;
  });
}

Result<std::vector<WardrobeStore::AddedPhotos>> WardrobeStore::add_photos(
    std::int64_t user, std::span<const GarmentDraft> drafts, KnownPhotos known_photos, Timestamp time) {
  using All = std::vector<AddedPhotos>;
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<All> {
    FIT_CHECK(begin_change(connection, user));
    FIT_TRY(auto owned, garments_of_files(connection, user));
    All all;
    for (const GarmentDraft& draft : drafts) {
      FIT_TRY(const auto files, files_of(connection, draft.photos));
      GarmentDraft rest{.fields = draft.fields, .photos = {}};
      for (std::size_t i = 0; i < files.size(); ++i) {
        const bool is_known = known_photos == KnownPhotos::kLeftOut && owned.contains(files[i]);
        if (!is_known) rest.photos.push_back(draft.photos[i]);
      }
      if (rest.photos.empty()) {
        all.push_back({.garment = owned.at(files.front()), .is_new = false});
        continue;
      }
      FIT_TRY(const GarmentId id, insert_garment(connection, user, rest.fields, time));
      FIT_CHECK(write_photos(connection, id, rest.photos));
      for (const std::int64_t file : files) owned.try_emplace(file, id);
      all.push_back({.garment = id, .is_new = true});
    }
    FIT_CHECK(check_room(connection, user));
    return all;
  });
}

Result<std::set<std::int64_t>> WardrobeStore::usable_photos(const PhotoChooser& chooser,
                                                            std::span<const std::int64_t> assets) {
  return database_->read([&](SqlConnection& connection) -> Result<std::set<std::int64_t>> {
    std::set<std::int64_t> own;
    std::set<std::int64_t> of_others;
    FIT_CHECK(sql::query_among(
        connection,
        "SELECT p.asset_id, p.is_sent, g.user_id FROM garment_photos p JOIN garments g ON g.id = "
        "p.garment_id WHERE p.asset_id",
        assets, [&](const SqlRow& row) {
          if (row.integer(2) == chooser.user) {
            own.insert(row.integer(0));
          } else if (row.integer(1) != 0) {
            of_others.insert(row.integer(0));
          }
        }));
    std::set<std::int64_t> usable;
    FIT_CHECK(
        sql::query_among(connection, "SELECT a.id, a.owner, a.media_type, a.state FROM assets a WHERE a.id",
                         assets, [&](const SqlRow& row) {
                           const std::int64_t id = row.integer(0);
                           const bool is_seen = (chooser.sees_assets && !of_others.contains(id)) ||
                                                row.text(1) == chooser.principal;
                           const bool is_allowed = own.contains(id) || (is_seen && row.text(3) != "failed");
                           if (is_allowed && !row.text(2).starts_with("video/")) usable.insert(id);
                         }));
    return usable;
  });
}

Result<std::vector<std::int64_t>> WardrobeStore::users() {
  return database_->read([&](SqlConnection& connection) -> Result<std::vector<std::int64_t>> {
    std::vector<std::int64_t> ids;
    FIT_CHECK(connection.query("SELECT user_id FROM wardrobes ORDER BY user_id", {},
                               [&ids](const SqlRow& row) { ids.push_back(row.integer(0)); }));
    return ids;
  });
}

}  // namespace fit::style

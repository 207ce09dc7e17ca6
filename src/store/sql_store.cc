#include "store/sql_store.h"

#include <random>

#include "base/format.h"
#include "store/sql_bulk.h"
#include "store/sql_changes.h"
#include "store/sql_item_copies.h"
#include "store/sql_item_properties.h"
#include "store/sql_item_reads.h"
#include "store/sql_item_writes.h"
#include "store/sql_text_vectors.h"
#include "store/sql_vectors.h"
#include "store/sql_words.h"
#include "store/validation.h"

namespace fit::store {
namespace {

constexpr int kMaxDimensions = 16384;

std::string random_id() {
  std::random_device device;
  std::string id;
  for (int i = 0; i < 4; ++i) id += fit::format("{:08x}", device());
  return id;
}

// Of store_meta; '' when it is not there.
Result<std::string> read_meta(sql::SqlConnection& connection, std::string_view name) {
  std::string value;
  FIT_CHECK(connection.query("SELECT value FROM store_meta WHERE name = $1", {name},
                             [&value](const sql::SqlRow& row) { value = row.text(0); }));
  return value;
}

Result<std::string> read_id(sql::SqlConnection& connection) {
  return read_meta(connection, "store_id");
}

// Notes live beside the store's own entries, under names that those never have.
std::string note_key(const std::string& name) {
  return "note:" + name;
}

// The database's own id, made by the first process that opens it.
Result<std::string> ensure_id(sql::SqlConnection& connection) {
  FIT_TRY(auto id, read_id(connection));
  if (!id.empty()) return id;
  FIT_TRY(auto transaction, sql::Transaction::write(connection));
  FIT_CHECK(
      connection.execute("INSERT INTO store_meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
                         {"store_id", std::string_view(random_id())}));
  FIT_TRY(id, read_id(connection));
  FIT_CHECK(transaction.commit());
  return id;
}

Result<void> check_words(std::span<const std::string> words) {
  for (const std::string& word : words) {
    if (!is_storable_text(word)) return invalid("words", "must be UTF-8 text without a NUL character");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Store>> SqlStore::make(std::unique_ptr<sql::ConnectionPool> writers,
                                              std::unique_ptr<sql::ReadSource> readers,
                                              const GraphOptions& graph) {
  FIT_TRY(const auto writer, writers->acquire());
  FIT_TRY(auto id, ensure_id(*writer));
  std::unique_ptr<SqlStore> store(new SqlStore(std::move(id), std::move(writers), std::move(readers)));
  store->graph_ = graph;
  if (writer->dialect().make_search != nullptr) {
    store->search_ = writer->dialect().make_search(store->sql_reads());
  }
  return store;
}

template <class Work>
auto SqlStore::read(const Work& work) -> decltype(work(std::declval<sql::SqlConnection&>())) {
  for (bool again = false;; again = true) {
    FIT_TRY(const auto connection, again ? readers_->acquire_latest() : readers_->acquire());
    auto answer = [&]() -> decltype(work(*connection)) {
      FIT_TRY(const auto transaction, sql::Transaction::read(*connection));
      return work(*connection);
    }();
    if (answer || again || !(connection->is_broken() || connection->is_standby())) return answer;
  }
}

template <class Work>
auto SqlStore::read_alone(const Work& work) -> decltype(work(std::declval<sql::SqlConnection&>())) {
  for (bool again = false;; again = true) {
    FIT_TRY(const auto connection, again ? readers_->acquire_latest() : readers_->acquire());
    auto answer = work(*connection);
    if (answer || again || !(connection->is_broken() || connection->is_standby())) return answer;
  }
}

Result<sql::Lease> SqlStore::begin_write() {
  for (bool again = false;; again = true) {
    FIT_TRY(auto connection, writers_->acquire());
    auto begun = connection->begin_write();
    if (begun) return connection;
    if (again || !connection->is_broken()) return std::move(begun).error();
  }
}

template <class Work>
auto SqlStore::write(const Work& work) -> decltype(work(std::declval<sql::SqlConnection&>())) {
  FIT_TRY(const auto connection, begin_write());
  auto transaction = sql::Transaction::of_begun(*connection);
  auto answer = work(*connection);
  if (!answer) return answer;
  FIT_CHECK(transaction.commit());
  readers_->wrote(*connection);
  return answer;
}

Result<int> SqlStore::dimensions_of(std::int64_t space_id, VectorsOf kind) {
  const auto find = [&]() -> std::optional<int> {
    const auto known = spaces_.find(space_id);
    if (known == spaces_.end() || known->second.of != kind) return std::nullopt;
    return known->second.dimensions;
  };
  {
    const std::lock_guard lock(spaces_mutex_);
    if (const auto known = find()) return *known;
  }
  FIT_TRY(const auto all, spaces());
  const std::lock_guard lock(spaces_mutex_);
  for (const SpaceRecord& space : all) spaces_.insert_or_assign(space.id, space);
  if (const auto known = find()) return *known;
  return invalid("space_id", fit::format("there is no vector space {} of {}", space_id,
                                         kind == VectorsOf::kTexts ? "texts" : "pictures"));
}

Result<bool> SqlStore::has_space(std::int64_t space_id, VectorsOf kind) {
  const auto dimensions = dimensions_of(space_id, kind);
  if (dimensions) return true;
  if (dimensions.error().code == ErrorCode::kInvalid) return false;
  return dimensions.error();
}

Result<void> SqlStore::check() {
  FIT_CHECK(position());
  return {};
}

Result<SpaceRecord> SqlStore::ensure_space(const std::string& name, const std::string& model,
                                           const std::string& version, int dimensions) {
  return ensure({.id = 0, .name = name, .model = model, .version = version, .dimensions = dimensions});
}

Result<SpaceRecord> SqlStore::ensure_text_space(const std::string& name, const std::string& model,
                                                const std::string& version, int dimensions) {
  return ensure({.id = 0,
                 .name = name,
                 .model = model,
                 .version = version,
                 .dimensions = dimensions,
                 .of = VectorsOf::kTexts});
}

Result<SpaceRecord> SqlStore::ensure(const SpaceRecord& wanted) {
  if (wanted.name.empty() || !is_storable_text(wanted.name)) {
    return invalid("name", "must be UTF-8 text and not empty");
  }
  if (!is_storable_text(wanted.model)) return invalid("model", "must be UTF-8 text");
  if (!is_storable_text(wanted.version)) return invalid("version", "must be UTF-8 text");
  if (wanted.dimensions < 1 || wanted.dimensions > kMaxDimensions) {
    return invalid("dimensions", fit::format("must be between 1 and {}", kMaxDimensions));
  }
  FIT_TRY(auto known, read([&](sql::SqlConnection& connection) { return find_space(connection, wanted); }));
  if (known) return *std::move(known);
  return write(
      [&](sql::SqlConnection& connection) { return find_or_make_space(connection, wanted, graph_); });
}

Result<std::vector<SpaceRecord>> SqlStore::spaces() {
  return read([](sql::SqlConnection& connection) { return read_spaces(connection); });
}

Result<std::vector<UpsertOutcome>> SqlStore::upsert_items(std::span<const domain::ItemWrite> items) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    auto valid = validate(items[i], [this](std::int64_t space_id) { return dimensions_of(space_id); });
    if (valid) continue;
    Error error = std::move(valid).error();
    error.detail +=
        fit::format("{}item {} of {} in the batch", error.detail.empty() ? "" : "; ", i, items.size());
    return error;
  }
  if (items.empty()) return std::vector<UpsertOutcome>{};
  return write([&](sql::SqlConnection& connection) { return write_items(connection, items, now()); });
}

Result<void> SqlStore::put_vectors(std::int64_t space_id, std::span<const VectorWrite> vectors) {
  FIT_TRY(const int dimensions, dimensions_of(space_id));
  for (const VectorWrite& vector : vectors) FIT_CHECK(validate_vector(vector.values, dimensions));
  if (vectors.empty()) return {};
  return write([&](sql::SqlConnection& connection) { return write_vectors(connection, space_id, vectors); });
}

Result<std::int64_t> SqlStore::put_properties(std::span<const domain::PropertiesWrite> properties) {
  for (const domain::PropertiesWrite& put : properties)
    FIT_CHECK(validate_properties(put.properties, put.origins));
  if (properties.empty()) return 0;
  return write(
      [&](sql::SqlConnection& connection) { return write_properties(connection, properties, now()); });
}

Result<void> SqlStore::copy_items(std::span<const domain::ItemCopy> items) {
  for (const domain::ItemCopy& copy : items) {
    domain::ItemWrite write{.listing = copy.record.listing,
                            .origins = copy.record.origins,
                            .content_hash = copy.record.content_hash,
                            .images = {}};
    for (const domain::ImageRecord& image : copy.record.images) write.images.push_back({image, {}});
    FIT_CHECK(validate(write, [this](std::int64_t space_id) { return dimensions_of(space_id); }));
    for (const domain::ItemCopy::Vector& one : copy.vectors) {
      FIT_TRY(const int dimensions, dimensions_of(one.vector.space_id));
      FIT_CHECK(validate_vector(one.vector.values, dimensions));
    }
  }
  if (items.empty()) return {};
  return write([&](sql::SqlConnection& connection) { return write_copies(connection, items); });
}

Result<void> SqlStore::remove_item(ItemId item) {
  return write([&](sql::SqlConnection& connection) { return store::remove_item(connection, item); });
}

Result<domain::ItemRecord> SqlStore::item(ItemId item) {
  FIT_TRY(auto found, items(std::span(&item, 1)));
  if (found.empty()) return not_found("there is no item " + item.str());
  return std::move(found.front());
}

Result<domain::ImageRecord> SqlStore::image(ImageId image) {
  return read([&](sql::SqlConnection& connection) { return read_image(connection, image); });
}

Result<std::vector<domain::ItemRecord>> SqlStore::items(std::span<const ItemId> items) {
  return read([&](sql::SqlConnection& connection) { return read_items(connection, items); });
}

Result<std::vector<std::optional<Store::Known>>> SqlStore::find(std::span<const domain::ItemKey> keys) {
  return read([&](sql::SqlConnection& connection) {
    return keys.size() < kBulk ? find_items(connection, keys) : find_items_in_bulk(connection, keys);
  });
}

Result<std::vector<domain::ItemRecord>> SqlStore::list(ItemId after, std::size_t limit) {
  return read([&](sql::SqlConnection& connection) { return read_item_page(connection, after, limit); });
}

Result<std::vector<domain::FilterColumns>> SqlStore::list_filter_columns(ItemId after, std::size_t limit) {
  return read([&](sql::SqlConnection& connection) { return read_facts_page(connection, after, limit); });
}

Result<std::vector<domain::FilterColumns>> SqlStore::facts(std::span<const ItemId> items) {
  return read([&](sql::SqlConnection& connection) { return read_facts(connection, items); });
}

Result<std::vector<StoredVector>> SqlStore::vectors(std::int64_t space_id, std::span<const ItemId> items) {
  FIT_TRY(const bool is_known, has_space(space_id));
  if (!is_known) return std::vector<StoredVector>{};
  return read([&](sql::SqlConnection& connection) { return read_vectors(connection, space_id, items); });
}

Result<std::vector<StoredVector>> SqlStore::list_vectors(std::int64_t space_id, ImageId after,
                                                         std::size_t limit) {
  FIT_TRY(const bool is_known, has_space(space_id));
  if (!is_known) return std::vector<StoredVector>{};
  return read(
      [&](sql::SqlConnection& connection) { return read_vector_page(connection, space_id, after, limit); });
}

Result<std::vector<domain::ImageRecord>> SqlStore::list_images(ImageId after, std::size_t limit) {
  return read([&](sql::SqlConnection& connection) { return read_image_page(connection, after, limit); });
}

Result<std::vector<domain::ImageRecord>> SqlStore::images_without_vector(std::int64_t space_id, ImageId after,
                                                                         std::size_t limit) {
  FIT_CHECK(dimensions_of(space_id));
  return read([&](sql::SqlConnection& connection) {
    return read_images_without_vector(connection, space_id, after, limit);
  });
}

Result<ImageId> SqlStore::last_image() {
  return read([](sql::SqlConnection& connection) { return read_last_image(connection); });
}

Result<std::int64_t> SqlStore::count_vectors(std::int64_t space_id) {
  FIT_TRY(const bool is_known, has_space(space_id));
  if (!is_known) return 0;
  return read([&](sql::SqlConnection& connection) { return store::count_vectors(connection, space_id); });
}

Result<void> SqlStore::put_text_vectors(std::int64_t space_id, std::span<const TextVectorWrite> vectors) {
  FIT_TRY(const int dimensions, dimensions_of(space_id, VectorsOf::kTexts));
  for (const TextVectorWrite& vector : vectors) {
    if (!vector.values.empty()) FIT_CHECK(validate_vector(vector.values, dimensions));
    if (!is_storable_text(vector.text_hash)) return invalid("text_hash", "must be UTF-8 text");
  }
  if (vectors.empty()) return {};
  return write(
      [&](sql::SqlConnection& connection) { return write_text_vectors(connection, space_id, vectors); });
}

Result<std::vector<ItemId>> SqlStore::items_without_text_vector(std::int64_t space_id, ItemId after,
                                                                std::size_t limit) {
  FIT_CHECK(dimensions_of(space_id, VectorsOf::kTexts));
  return read([&](sql::SqlConnection& connection) {
    return store::items_without_text_vector(connection, space_id, after, limit);
  });
}

Result<std::vector<TextVectorState>> SqlStore::text_vector_states(std::int64_t space_id,
                                                                  std::span<const ItemId> items) {
  FIT_TRY(const bool is_known, has_space(space_id, VectorsOf::kTexts));
  if (!is_known) return std::vector<TextVectorState>{};
  return read(
      [&](sql::SqlConnection& connection) { return store::text_vector_states(connection, space_id, items); });
}

Result<std::vector<StoredVector>> SqlStore::text_vectors(std::int64_t space_id,
                                                         std::span<const ItemId> items) {
  FIT_TRY(const bool is_known, has_space(space_id, VectorsOf::kTexts));
  if (!is_known) return std::vector<StoredVector>{};
  return read([&](sql::SqlConnection& connection) { return read_text_vectors(connection, space_id, items); });
}

Result<std::vector<StoredVector>> SqlStore::list_text_vectors(std::int64_t space_id, ItemId after,
                                                              std::size_t limit) {
  FIT_TRY(const bool is_known, has_space(space_id, VectorsOf::kTexts));
  if (!is_known) return std::vector<StoredVector>{};
  return read([&](sql::SqlConnection& connection) {
    return read_text_vector_page(connection, space_id, after, limit);
  });
}

Result<std::int64_t> SqlStore::count_text_vectors(std::int64_t space_id) {
  FIT_TRY(const bool is_known, has_space(space_id, VectorsOf::kTexts));
  if (!is_known) return 0;
  return read(
      [&](sql::SqlConnection& connection) { return store::count_text_vectors(connection, space_id); });
}

Result<std::int64_t> SqlStore::position() {
  return read([](sql::SqlConnection& connection) { return read_position(connection); });
}

Result<std::vector<Change>> SqlStore::changes(std::int64_t position, std::size_t limit) {
  return read([&](sql::SqlConnection& connection) { return read_changes(connection, position, limit); });
}

Result<WordResults> SqlStore::find_words(const WordQuery& question) {
  FIT_CHECK(check_words(question.words));
  return read(
      [&](sql::SqlConnection& connection) { return connection.dialect().find_words(connection, question); });
}

Result<std::vector<WordCorrection>> SqlStore::correct_words(std::span<const std::string> words) {
  FIT_CHECK(check_words(words));
  return read([&](sql::SqlConnection& connection) { return store::correct_words(connection, words); });
}

Result<Counts> SqlStore::counts() {
  return read([](sql::SqlConnection& connection) { return read_counts(connection); });
}

PoolStats SqlStore::use() {
  PoolStats use = readers_->use();
  use.writes_waiting = writers_->use().waiting;
  return use;
}

sql::SqlReads SqlStore::sql_reads() {
  return {.in_transaction = [this](const sql::SqlReads::Work& work) { return read(work); },
          .alone = [this](const sql::SqlReads::Work& work) { return read_alone(work); }};
}

Result<std::string> SqlStore::note(const std::string& name) {
  return read([&](sql::SqlConnection& connection) { return read_meta(connection, note_key(name)); });
}

Result<void> SqlStore::put_note(const std::string& name, const std::string& text) {
  if (!is_storable_text(name)) return invalid("name", "must be UTF-8 text without a NUL character");
  if (!is_storable_text(text)) return invalid("text", "must be UTF-8 text without a NUL character");
  return write([&](sql::SqlConnection& connection) -> Result<void> {
    FIT_CHECK(
        connection.execute("INSERT INTO store_meta (name, value) VALUES ($1, $2) "
                           "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                           {std::string_view(note_key(name)), text}));
    return {};
  });
}

}  // namespace fit::store

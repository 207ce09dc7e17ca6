#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "sql/connection_pool.h"
#include "sql/sql_connection.h"
#include "store/store.h"
#include "store/vector_search.h"

namespace fit::store {

// Store over any SqlConnection.
class SqlStore final : public Store {
 public:
  // Takes sessions of a database with an up-to-date schema.
  static Result<std::unique_ptr<Store>> make(std::unique_ptr<sql::ConnectionPool> writers,
                                             std::unique_ptr<sql::ReadSource> readers,
                                             const GraphOptions& graph = {});

  const std::string& id() const override { return id_; }
  Result<void> check() override;

  Result<SpaceRecord> ensure_space(const std::string& name, const std::string& model,
                                   const std::string& version, int dimensions) override;
  Result<SpaceRecord> ensure_text_space(const std::string& name, const std::string& model,
                                        const std::string& version, int dimensions) override;
  Result<std::vector<SpaceRecord>> spaces() override;

  Result<std::vector<UpsertOutcome>> upsert_items(std::span<const domain::ItemWrite> items) override;
  Result<void> put_vectors(std::int64_t space_id, std::span<const VectorWrite> vectors) override;
  Result<std::int64_t> put_properties(std::span<const domain::PropertiesWrite> properties) override;
  Result<void> copy_items(std::span<const domain::ItemCopy> items) override;
  Result<void> remove_item(ItemId item) override;

  Result<domain::ItemRecord> item(ItemId item) override;
  Result<domain::ImageRecord> image(ImageId image) override;
  Result<std::vector<domain::ItemRecord>> items(std::span<const ItemId> items) override;
  Result<std::vector<std::optional<Known>>> find(std::span<const domain::ItemKey> keys) override;
  Result<std::vector<domain::ItemRecord>> list(ItemId after, std::size_t limit) override;
  Result<std::vector<domain::FilterColumns>> list_filter_columns(ItemId after, std::size_t limit) override;
  Result<std::vector<domain::FilterColumns>> facts(std::span<const ItemId> items) override;

  Result<std::vector<StoredVector>> vectors(std::int64_t space_id, std::span<const ItemId> items) override;
  Result<std::vector<StoredVector>> list_vectors(std::int64_t space_id, ImageId after,
                                                 std::size_t limit) override;
  Result<std::vector<domain::ImageRecord>> list_images(ImageId after, std::size_t limit) override;
  Result<std::vector<domain::ImageRecord>> images_without_vector(std::int64_t space_id, ImageId after,
                                                                 std::size_t limit) override;
  Result<ImageId> last_image() override;
  Result<std::int64_t> count_vectors(std::int64_t space_id) override;

  Result<void> put_text_vectors(std::int64_t space_id, std::span<const TextVectorWrite> vectors) override;
  Result<std::vector<ItemId>> items_without_text_vector(std::int64_t space_id, ItemId after,
                                                        std::size_t limit) override;
  Result<std::vector<TextVectorState>> text_vector_states(std::int64_t space_id,
                                                          std::span<const ItemId> items) override;
  Result<std::vector<StoredVector>> text_vectors(std::int64_t space_id,
                                                 std::span<const ItemId> items) override;
  Result<std::vector<StoredVector>> list_text_vectors(std::int64_t space_id, ItemId after,
                                                      std::size_t limit) override;
  Result<std::int64_t> count_text_vectors(std::int64_t space_id) override;

  Result<std::int64_t> position() override;
  Result<std::vector<Change>> changes(std::int64_t position, std::size_t limit) override;
  Result<WordResults> find_words(const WordQuery& question) override;
  Result<std::vector<WordCorrection>> correct_words(std::span<const std::string> words) override;
  Result<Counts> counts() override;
  PoolStats use() override;
  Result<std::string> note(const std::string& name) override;
  Result<void> put_note(const std::string& name, const std::string& text) override;
  VectorSearch* vector_search() override { return search_.get(); }

 private:
  SqlStore(std::string id, std::unique_ptr<sql::ConnectionPool> writers,
           std::unique_ptr<sql::ReadSource> readers)
      : id_(std::move(id)), writers_(std::move(writers)), readers_(std::move(readers)) {}

  sql::SqlReads sql_reads();

  // Runs work(connection) in a transaction of its own; a failed write changes nothing. A read whose session
  // turns out to be lost is done again on another, so its work may run twice.
  template <class Work>
  auto read(const Work& work) -> decltype(work(std::declval<sql::SqlConnection&>()));
  // The same without a transaction around the work.
  template <class Work>
  auto read_alone(const Work& work) -> decltype(work(std::declval<sql::SqlConnection&>()));
  template <class Work>
  auto write(const Work& work) -> decltype(work(std::declval<sql::SqlConnection&>()));

  // Begins a write on a session that answers.
  Result<sql::Lease> begin_write();

  Result<SpaceRecord> ensure(const SpaceRecord& wanted);
  // kInvalid naming "space_id" for an unknown one, or one of the other kind.
  Result<int> dimensions_of(std::int64_t space_id, VectorsOf kind = VectorsOf::kImages);
  Result<bool> has_space(std::int64_t space_id, VectorsOf kind = VectorsOf::kImages);

  std::string id_;
  std::unique_ptr<sql::ConnectionPool> writers_;
  std::unique_ptr<sql::ReadSource> readers_;
  GraphOptions graph_;
  std::mutex spaces_mutex_;
  std::unordered_map<std::int64_t, SpaceRecord> spaces_;  // met so far; they never change
  std::unique_ptr<VectorSearch> search_;                  // null where the database has none
};

}  // namespace fit::store

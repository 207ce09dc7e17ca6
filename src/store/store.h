#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/item_filter.h"
#include "domain/records.h"

namespace fit::store {

enum class UpsertKind { kCreated, kUpdated, kUnchanged };

struct UpsertOutcome {
  ItemId id;
  UpsertKind kind = UpsertKind::kCreated;
};

// What a space's vectors are of.
enum class VectorsOf : std::uint8_t { kImages, kTexts };

// A vector space as the store knows it. A model's new version is a new space beside the old one.
struct SpaceRecord {
  std::int64_t id = 0;
  std::string name;
  std::string model;
  std::string version;
  int dimensions = 0;
  VectorsOf of = VectorsOf::kImages;
};

// One step of the catalogue's history: the item was written, or removed.
struct Change {
  std::int64_t position = 0;
  ItemId item;
  bool removed = false;
};

// An image's vector with the item that it belongs to.
struct StoredVector {
  ImageId image;
  ItemId item;
  std::vector<float> values;
};

struct VectorWrite {
  ImageId image;
  std::vector<float> values;
};

// What an item's vector in a text space was made from.
struct TextVectorState {
  ItemId item;
  Timestamp updated_at;  // the item's, when its texts were last looked at
  std::string text_hash;
};

struct TextVectorWrite : TextVectorState {
  std::vector<float> values;  // empty: the texts are as they were, which is all that is noted
};

// A question for find_words().
struct WordQuery {
  std::vector<std::string> words;  // UTF-8 without NUL, one word each, such as "levi's"; any case and script
  std::size_t limit = 200;         // hits at most
  // Only these items, where given: bit i of number w stands for item 64 w + i. Borrowed.
  std::optional<std::span<const std::uint64_t>> among;
  const domain::ItemFilter* filter = nullptr;  // the same where there is a vector_search(). Borrowed
};

struct WordHit {
  ItemId item;
  double score = 0;    // BM25; higher is better, within one answer
  double matched = 0;  // above 0 to 1: how much of the words the item has, each by its weight
};

struct WordResults {
  // Of one word of the question.
  struct Word {
    double weight =
        0;  // its inverse document frequency; 0: no item has it, or too many to count beside others
    bool is_name = false;  // a brand has it, or it holds a digit: "levi's", "501"
  };
  std::vector<WordHit> hits;  // best first, equal ones the later item first
  std::vector<Word> words;    // in the question's order; at most kMaxWords
};

struct WordCorrection {
  std::string from;  // as it was given
  std::string to;    // lower case, as the catalogue has it
};

// Of a question's words so many are looked at.
inline constexpr std::size_t kMaxWords = 32;

struct Counts {
  std::int64_t items = 0;
  std::int64_t images = 0;
};

// The connections of a store.
struct PoolStats {
  struct Replica {
    std::string name;                  // host and port, or the folder of its socket
    bool is_used = false;              // at present
    std::int64_t lag_bytes = 0;        // of the log that it had not replayed, when it was last looked at
    std::chrono::milliseconds lag{0};  // since when it lacks something, to 200 ms; at most twice max_lag
  };
  std::size_t open = 0;            // of those that read
  std::size_t busy = 0;            // of those that read
  std::size_t waiting = 0;         // calls that wait for one of those
  std::size_t writes_waiting = 0;  // calls that wait for the one that writes
  std::vector<Replica> replicas;   // in the order of read_urls
};

class VectorSearch;

// The catalogue's durable memory: items, their images and vectors, and the order in which they changed.
// Thread-safe; calls block. A write that returned success is on the disk and survives a crash; one that
// failed changed nothing. Errors besides those named: kStorageFull (no space, read-only), kUnavailable
// (locked or not reachable; try again), kInternal (damaged file, bug).
class Store {
 public:
  virtual ~Store() = default;

  // A random id made with the database, so that derived files (index snapshots) know their own.
  virtual const std::string& id() const = 0;

  // Cheap proof that the database answers; for /ready.
  virtual Result<void> check() = 0;

  // The space of that name and version, made when new. kConflict when it exists with other dimensions.
  virtual Result<SpaceRecord> ensure_space(const std::string& name, const std::string& model,
                                           const std::string& version, int dimensions) = 0;
  // The same for vectors of items' texts. A name and version belong to one kind: kConflict otherwise.
  virtual Result<SpaceRecord> ensure_text_space(const std::string& name, const std::string& model,
                                                const std::string& version, int dimensions) = 0;
  virtual Result<std::vector<SpaceRecord>> spaces() = 0;

  // Writes items in one transaction, in order; an item with a known (source, external_id) is replaced under
  // its old id. Images whose sha256 the item had already keep their ids and their vectors in other spaces. An
  // item with an equal, not empty content_hash is left alone (kUnchanged); of one key twice in a batch, the
  // later wins. kInvalid naming the column when an item breaks the rules in store/records.h, or a vector is
  // not finite or not of its space's dimensions.
  virtual Result<std::vector<UpsertOutcome>> upsert_items(std::span<const domain::ItemWrite> items) = 0;

  // Adds or replaces vectors; images that are gone by now are passed over. One transaction. kInvalid for an
  // unknown space, or a vector that is not finite or not of its dimensions.
  virtual Result<void> put_vectors(std::int64_t space_id, std::span<const VectorWrite> vectors) = 0;

  // Sets the properties of items that are as they were at `updated_at`; others are passed over, so that no
  // write of the listing is lost. One transaction; answers how many were set, and they count as changed. The
  // content_hash stays. kInvalid as for upsert_items().
  virtual Result<std::int64_t> put_properties(std::span<const domain::PropertiesWrite> properties) = 0;

  // Keeps items of another store as they are there: ids, times, origins, images and vectors. What this store
  // has under the same item id, or the same (source, external_id), gives way. One transaction; they count as
  // changed. kInvalid as for upsert_items(); kConflict when an image's id belongs to an item that stays.
  virtual Result<void> copy_items(std::span<const domain::ItemCopy> items) = 0;

  // kNotFound when it is not there.
  virtual Result<void> remove_item(ItemId item) = 0;
  virtual Result<domain::ItemRecord> item(ItemId item) = 0;
  virtual Result<domain::ImageRecord> image(ImageId image) = 0;

  // In the order asked; ids that do not exist are left out.
  virtual Result<std::vector<domain::ItemRecord>> items(std::span<const ItemId> items) = 0;
  // The id and content hash of each key, in order; nothing for unknown ones.
  struct Known {
    ItemId id;
    std::string content_hash;
  };
  virtual Result<std::vector<std::optional<Known>>> find(std::span<const domain::ItemKey> keys) = 0;
  // By ascending id, from the first above `after`.
  virtual Result<std::vector<domain::ItemRecord>> list(ItemId after, std::size_t limit) = 0;
  virtual Result<std::vector<domain::FilterColumns>> list_filter_columns(ItemId after, std::size_t limit) = 0;
  // In the order asked; ids that do not exist are left out.
  virtual Result<std::vector<domain::FilterColumns>> facts(std::span<const ItemId> items) = 0;

  // Vectors of these items' images, in the order of the items and of their images; or all, by ascending image
  // id, from the first above `after`. None for an unknown space.
  virtual Result<std::vector<StoredVector>> vectors(std::int64_t space_id, std::span<const ItemId> items) = 0;
  virtual Result<std::vector<StoredVector>> list_vectors(std::int64_t space_id, ImageId after,
                                                         std::size_t limit) = 0;
  // By ascending id, from the first above `after`.
  virtual Result<std::vector<domain::ImageRecord>> list_images(ImageId after, std::size_t limit) = 0;
  virtual Result<std::vector<domain::ImageRecord>> images_without_vector(std::int64_t space_id, ImageId after,
                                                                         std::size_t limit) = 0;
  // The largest id of an image; later ones get larger ids. 0 when there is none.
  virtual Result<ImageId> last_image() = 0;
  virtual Result<std::int64_t> count_vectors(std::int64_t space_id) = 0;

  // Vectors of items' texts, at most one an item and text space, beside those of images. Putting one adds
  // or replaces it and counts as a change of the item; items that are gone by now are passed over. One
  // transaction; kInvalid as for put_vectors().
  virtual Result<void> put_text_vectors(std::int64_t space_id, std::span<const TextVectorWrite> vectors) = 0;
  // By ascending id, from the first above `after`: items that have none, or were written since their texts
  // were looked at.
  virtual Result<std::vector<ItemId>> items_without_text_vector(std::int64_t space_id, ItemId after,
                                                                std::size_t limit) = 0;
  // In no order; items without a vector are left out.
  virtual Result<std::vector<TextVectorState>> text_vector_states(std::int64_t space_id,
                                                                  std::span<const ItemId> items) = 0;
  // As vectors() and list_vectors() answer; ImageId has the item's number.
  virtual Result<std::vector<StoredVector>> text_vectors(std::int64_t space_id,
                                                         std::span<const ItemId> items) = 0;
  virtual Result<std::vector<StoredVector>> list_text_vectors(std::int64_t space_id, ItemId after,
                                                              std::size_t limit) = 0;
  virtual Result<std::int64_t> count_text_vectors(std::int64_t space_id) = 0;

  // The number of the latest change; grows with each write of an item, its images or its vectors. Cheap.
  virtual Result<std::int64_t> position() = 0;
  // Items changed after `position`, by ascending position, each once with its latest change.
  virtual Result<std::vector<Change>> changes(std::int64_t position, std::size_t limit) = 0;

  // Items whose title, brand or description has one of the words: in any case, without regard to accents, in
  // singular or plural; a word that no item has is taken for the start of one in titles and brands. Ranked by
  // BM25 over fields (Robertson, Zaragoza 2009), a title before a brand before a description. Sees each write
  // that returned before. `limit` hits whenever that many match, except that a word of thousands of items is
  // looked for among the latest million, and beside others not at all when half of the items have it. What a
  // query language would read as orders is only text here. kInvalid naming "words" for what is not UTF-8 or
  // holds a NUL.
  virtual Result<WordResults> find_words(const WordQuery& question) = 0;

  // The words that no item has, each with the nearest word of titles and brands, where there is one: within
  // one mistake (base/edit_distance.h) for words of four letters, where only brands count, to seven, and two
  // from eight. The commonest of equally near ones. Words with digits are not corrected, nor is a wrong first
  // letter. kInvalid as above.
  virtual Result<std::vector<WordCorrection>> correct_words(std::span<const std::string> words) = 0;

  virtual Result<Counts> counts() = 0;

  // A small text under a name, kept with the catalogue: where a long work goes on from. '' when there is
  // none.
  virtual Result<std::string> note(const std::string& name) = 0;
  virtual Result<void> put_note(const std::string& name, const std::string& text) = 0;

  // How the connections stand; cheap.
  virtual PoolStats use() = 0;

  // Search inside the database, by engines that can; nullptr by others. Owned by the store.
  virtual VectorSearch* vector_search() = 0;
};

// How the graph of a new space's vectors is built, inside the database.
struct GraphOptions {
  int m = 16;                // links of a node: 2 to 100
  int ef_construction = 64;  // width of the search while it is built: at least 2 m, at most 1000
};

struct OpenOptions {
  std::size_t connections = 4;  // that read; at least 1. One more writes
  // How long a write waits for another process before kUnavailable.
  std::chrono::milliseconds busy_timeout{10'000};

  // The others are for servers alone.
  std::size_t overflow_connections = 8;                 // more of them at times of need
  std::chrono::milliseconds statement_timeout{30'000};  // longest time of one statement; 0: no limit
  // Standbys that answer reads. One that is not reachable, that is further behind than max_lag, or that lacks
  // a write of this process, is passed over: reads then go to the primary.
  std::vector<std::string> read_urls = {};
  std::chrono::milliseconds max_lag{10'000};
  GraphOptions graph = {};
};

// Opens the database of a DATABASE_URL and applies missing migrations. "sqlite:///relative.db",
// "sqlite:////absolute.db": missing folders are made; several processes may use one file, on a local disk.
// "postgresql://user:password@host:port/database": PostgreSQL 15 or newer with pgvector 0.8 or newer, whose
// extension is made when the user may do so; PgBouncer may stand between. Vectors are kept there with 11 bits
// of mantissa (pgvector's halfvec) and no number beyond 65504. Errors naming DATABASE_URL: kInvalid (unknown
// scheme, not a database, wrong password, missing or old extension), kUnavailable (locked, not reachable),
// kStorageFull (cannot be made or written), kInternal (damaged), kConflict (its schema is newer than this
// program: upgrade the program).
Result<std::unique_ptr<Store>> open_store(const std::string& database_url, const OpenOptions& options = {});

}  // namespace fit::store

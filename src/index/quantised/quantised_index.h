#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "base/background_task.h"
#include "base/folder_lock.h"
#include "base/temp_dir.h"
#include "index/checks.h"
#include "index/kernels/code_scan.h"
#include "index/quantised/calibrate.h"
#include "index/quantised/candidates.h"
#include "index/quantised/filter_bits.h"
#include "index/quantised/segment_builder.h"
#include "index/quantised/segment_scan.h"
#include "index/row_store.h"
#include "index/scan.h"
#include "index/shared_gate.h"
#include "index/slot_table.h"
#include "index/snapshot.h"
#include "index/top_items.h"
#include "index/vector_index.h"

namespace fit::index {

// A segment in use: its file, and which of its rows are dead.
struct LiveSegment {
  std::shared_ptr<const Segment> segment;
  Calibration calibration;
  std::vector<std::uint64_t> dead;  // bit i of word w: row 64 w + i
  std::size_t dead_count = 0;
  std::shared_ptr<FilterCache> filters = std::make_shared<FilterCache>();
  bool is_kept = false;  // a manifest names it; others are removed when they are no longer used

  bool is_dead(std::size_t row) const { return (dead[row / 64] >> (row % 64) & 1) != 0; }
  std::size_t live() const { return segment->rows() - dead_count; }
  void kill(std::size_t row) {  // a live one
    dead[row / 64] |= std::uint64_t{1} << row % 64;
    ++dead_count;
  }
};

// Vectors in memory that become a segment. Rows do not change while they are written, but they die.
struct FrozenRows {
  SlotTable table;
  std::unique_ptr<RowStore> rows;
};

// An index for catalogues that memory does not hold: about 90 bytes a vector in memory at 512 dimensions, the
// vectors on disk. New vectors gather in memory, where they are compared exactly. When there are
// `delta_images` of them a thread writes them as a segment (segment.h) while others gather; another thread
// merges four segments of like size, and writes a segment anew of which a fifth is dead or that cannot be
// read. Searches and updates go on meanwhile; an update waits only while as many images have gathered as are
// being written. When the disk fails, vectors stay in memory and segments as they are, and it is tried again.
//
// An opened index is searched at once: codes are read when a search needs them, and by a thread that reads
// them all, then compares the checksum of the vectors. A segment that is found damaged is written anew.
//
// A search scans the codes of the most promising lists of every segment, as many as its distance to them
// makes necessary, reads the vectors of the best estimates, and orders them by their exact similarity. Few
// matching rows are compared exactly, and a search that finds too few results compares all.
// docs/decisions/0064, 0065, 0081, 0082 and 0083.
//
// The folder holds `vectors.fitindex`, the manifest (snapshot.h): the vectors in memory, the names of the
// segments and their dead rows. Segment files are written beside it and named by the next checkpoint; those
// that no manifest names are removed by a checkpoint. One index writes to a folder, which it locks. Another
// one on the same folder searches and is updated as well, but puts its segments into a temporary folder, and
// its checkpoints answer kConflict until the first is gone. Thread-safe as VectorIndex says.
class QuantisedIndex final : public VectorIndex {
 public:
  // Without a folder, segments lie in a temporary one.
  QuantisedIndex(const IndexOptions& options, std::filesystem::path folder);
  ~QuantisedIndex() override;

  // Loads the manifest of `folder` and its segments. kMalformed when any of them is damaged.
  static Result<std::unique_ptr<VectorIndex>> load(const SnapshotReader& manifest,
                                                   const std::filesystem::path& folder,
                                                   const IndexOptions& options);

  Result<void> upsert(std::span<const Entry> entries) override;
  Result<void> replace_items(std::span<const ItemId> items, std::span<const Entry> entries) override;
  void remove(std::span<const ImageId> images) override;
  Result<std::vector<domain::Neighbor>> search(std::span<const float> query,
                                               const SearchOptions& options) const override;
  std::vector<domain::ImageVector> vectors_of(std::span<const ItemId> items) const override;
  IndexStats stats() const override;
  int dimensions() const override { return options_.dimensions; }
  Result<void> save(const std::filesystem::path& folder, std::int64_t position,
                    const std::string& space_version) const override;
  Result<void> checkpoint(std::int64_t position, const std::string& space_version) override;

  // Waits until no segment is being written and none has to be, or writing has failed.
  void settle();

  // How each segment is searched, the oldest first.
  std::vector<Calibration> calibrations() const;

 private:
  // Where a live image is.
  struct Place {
    std::size_t segment = 0;  // kDelta or kFrozen: in memory
    std::uint32_t row = 0;    // of the segment, or the slot in memory
  };
  static constexpr std::size_t kDelta = ~std::size_t{0};
  static constexpr std::size_t kFrozen = ~std::size_t{1};

  std::size_t dimension_count() const { return static_cast<std::size_t>(options_.dimensions); }
  std::size_t live_in_segments() const;

  // Callers hold update_mutex_ or gate_.
  std::optional<Place> find(ImageId image) const;
  ItemId item_at(const Place& place) const;
  Result<bool> holds(const Entry& entry) const;
  std::vector<ImageId> images_of(ItemId item) const;
  Result<std::uint64_t> read(const Place& place, float* vector) const;

  // Callers hold update_mutex_. change() may release it for a while.
  Result<void> change(std::unique_lock<std::mutex>& update, std::span<const Entry> added,
                      std::span<const ImageId> removed);
  void kill(ImageId image);  // gate_ too
  void drop_dead_segments();
  bool is_flush_due() const;
  bool has_too_many_images() const;
  bool is_settled() const;
  std::vector<std::size_t> worth_merging() const;
  bool owns_folder() const;
  std::filesystem::path new_segment_path();
  void discard(const LiveSegment& segment) const;

  // The threads, which take update_mutex_ themselves. quantised_update.cc.
  struct Sources;
  void run_flushes(const std::stop_token& stop);
  void run_merges(const std::stop_token& stop);
  void load_codes(const std::stop_token& stop);
  bool freeze();
  Result<void> flush(const std::stop_token& stop);
  std::optional<Sources> choose_merge();
  Result<void> merge(const Sources& sources, const std::stop_token& stop);
  Result<LiveSegment> build(const std::filesystem::path& path, std::vector<SourceRow> rows,
                            const ReadVector& read) const;
  void end_of(const std::filesystem::path& path);

  // Reads a row of a segment and returns its fingerprint; where that fails, notes it and reads the vector
  // elsewhere.
  Result<std::uint64_t> read_row(const Segment& segment, std::size_t row, float* vector) const;

  Result<void> write_to(const std::filesystem::path& folder, std::int64_t position,
                        const std::string& space_version) const;
  Result<void> load_segments(ByteView table, const std::filesystem::path& folder);

  // Callers hold gate_ shared. Adds the vectors in memory.
  void scan_memory(const float* query, const ItemSet* filter, TopItems& best) const;
  // Callers hold gate_ shared. quantised_search.cc.
  struct Query;
  struct Matches;
  bool matches(const Query& query, std::size_t segment, std::uint32_t row) const;
  double typical_cost(double share) const;
  bool looks_up_items(const ItemSet& filter, std::size_t reads) const;
  Matches few_matches(const Query& query) const;
  Result<void> compare(const Query& query, std::vector<Candidate> candidates, TopItems& best) const;
  std::vector<Candidate> estimate_matches(const Query& query, const Matches& few, std::size_t reads) const;
  std::vector<Candidate> estimate_lists(const Query& query) const;
  void scan_lists(const Query& query, std::uint32_t segment, SegmentScan& scan, double more,
                  std::size_t reads, Candidates& best) const;
  Result<std::vector<domain::Neighbor>> search_all(const Query& query,
                                                   std::vector<domain::Neighbor> found) const;
  std::size_t typical_reads() const;
  std::size_t reads_for(const SearchOptions& options, std::size_t calibrated) const;

  const IndexOptions options_;
  const Kernels kernels_ = best_kernels();
  const CodeKernels codes_ = best_code_kernels();
  std::filesystem::path folder_;     // of the checkpoints; empty: none
  mutable std::mutex update_mutex_;  // one update or save at a time; taken before gate_
  // Guarded by update_mutex_:
  std::condition_variable_any settled_;     // a flush or a merge has ended
  std::optional<TempDir> scratch_;          // where segments lie that may not lie in the folder
  mutable std::optional<FolderLock> lock_;  // held: this index writes to the folder
  mutable std::uint64_t manifest_ = 0;      // identity of the folder's manifest when last looked at
  std::set<std::string> writing_;           // names of segments that are being written
  std::size_t retry_at_ = 0;                // images in memory at which a failed flush is tried again
  bool has_flush_failed_ = false;           // the rows of frozen_ wait for the next attempt
  bool is_merging_ = false;
  std::chrono::steady_clock::time_point merge_at_;  // no merge begins before: one has failed
  mutable SharedGate gate_;         // guards the members below; changing them needs update_mutex_ too
  std::unique_ptr<RowStore> rows_;  // the vectors in memory that gather, by slot of table_
  SlotTable table_;
  std::unique_ptr<FrozenRows> frozen_;         // those that are being written; null: none
  mutable std::vector<LiveSegment> segments_;  // save() notes which ones a manifest names
  BackgroundTask flusher_;                     // the last members: they end first
  BackgroundTask merger_;
  BackgroundTask loader_;
};

}  // namespace fit::index

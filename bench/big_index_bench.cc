// Measures the quantised index: build, memory, recall against exact results, filters, deletes, inserts,
// speed.
//
//   big_index_bench REAL N FOLDER [--queries Q] [--packed-from P] [--peer]
//
// REAL is a file of embeddings (../shared/data/products/clip_vit_b32.f32), N the number of vectors, FOLDER a
// place for the index, which is removed at the end, P the number of vectors from which on segments are
// packed.
// --peer measures hnswlib too. The last line of the output is JSON.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <optional>

#include "bare_hnswlib.h"
#include "base/parallel.h"
#include "big_changes.h"
#include "big_searches.h"
#include "cliplike.h"
#include "cold_start.h"
#include "index/quantised/quantised_index.h"

namespace fit::bench {
namespace {

constexpr std::size_t kDims = CliplikeVectors::kDimensions;
constexpr std::size_t kLimit = ExactAnswers::kLimit;

struct Settings {
  std::filesystem::path real;
  std::size_t vectors = 0;
  std::filesystem::path folder;
  std::size_t queries = 200;
  std::size_t packed_from = index::IndexOptions{}.packed_from;
  bool with_peer = false;
};

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

Search search_of(const index::VectorIndex& index, const ExactAnswers& queries, const index::ItemSet* filter) {
  return [&index, &queries, filter](std::size_t q) {
    const auto answer = index.search(queries[q], {.limit = kLimit, .filter = filter});
    if (!answer) throw std::runtime_error(answer.error().describe());
    std::vector<std::int64_t> ids;
    for (const domain::Neighbor& one : *answer) ids.push_back(one.item.value);
    return ids;
  };
}

class Run {
 public:
  explicit Run(const Settings& settings)
      : settings_(settings), source_(settings.real), filters_(make_filters(source_)) {
    const auto add = [&](const char* name, CliplikeVectors::Shape shape) {
      answers_.emplace_back(name, source_.chunk(2, 0, settings.queries, shape, kThreads), kDims,
                            filters_.size());
    };
    add("like the catalogue", {});
    add("harder", {.noise = 2, .shift = 0.35F});
    add("like texts", {.noise = 2, .gap = 2.3F});
    report_["vectors"] = settings.vectors;
  }

  Json measure_all() {
    const std::size_t before = resident_bytes();
    index::QuantisedIndex index({.kind = index::IndexKind::kQuantised,
                                 .dimensions = static_cast<int>(kDims),
                                 .build_threads = static_cast<int>(kThreads),
                                 .packed_from = settings_.packed_from},
                                settings_.folder);
    if (settings_.with_peer) peer_.emplace(kDims, settings_.vectors, 16, 200);
    build(index);
    const auto settling = Clock::now();
    index.settle();
    report_["build_seconds"] = report_["build_seconds"].get<double>() + seconds_since(settling);
    const auto saving = Clock::now();
    check(index.checkpoint(1, "bench"));
    report_["checkpoint_seconds"] = seconds_since(saving);
    const auto count = static_cast<double>(settings_.vectors);
    report_["memory_bytes_a_vector"] = static_cast<double>(index.stats().memory_bytes) / count;
    if (!peer_) report_["resident_bytes"] = resident_bytes() - before;
    std::uintmax_t disk = 0;
    for (const auto& file : std::filesystem::directory_iterator(settings_.folder)) disk += file.file_size();
    report_["disk_bytes_a_vector"] = static_cast<double>(disk) / count;
    for (const index::Calibration& one : index.calibrations()) {
      Json levels;
      for (const auto& level : one.levels) {
        levels.push_back({{"nearness", level.nearness},
                          {"probes", level.probes},
                          {"reads", level.reads},
                          {"recall", level.recall}});
      }
      report_["segments"].push_back(levels);
    }
    report_["cold_start"] = cold_start(settings_.folder, answers_.front()[0]);
    for (const ExactAnswers& queries : answers_)
      report_["searches"].push_back(measure(queries, 0, search_of(index, queries, nullptr)));
    measure_filters(index);
    measure_peer();
    report_["inserts"] = measure_inserts(index, source_, answers_[0], settings_.vectors);
    measure_deletes(index);
    return report_;
  }

 private:
  void build(index::VectorIndex& index) {
    double building = 0;
    double peer_building = 0;
    for (std::size_t begin = 0; begin < settings_.vectors; begin += CliplikeVectors::kChunk) {
      const std::size_t number = begin / CliplikeVectors::kChunk;
      const std::size_t size = std::min(CliplikeVectors::kChunk, settings_.vectors - begin);
      const std::vector<float> chunk = source_.chunk(1, number, size, {}, kThreads);
      const std::vector<std::uint32_t> origins = source_.origins(1, number, size);
      std::vector<index::Entry> entries;
      std::vector<std::uint16_t> admitted(size);
      for (std::size_t i = 0; i < size; ++i) {
        const auto id = static_cast<std::int64_t>(begin + i + 1);
        entries.push_back({{id}, {id}, std::span(chunk).subspan(i * kDims, kDims)});
        for (std::size_t f = 0; f < filters_.size(); ++f) {
          if (!filters_[f].admits(id, origins[i])) continue;
          admitted[i] = static_cast<std::uint16_t>(admitted[i] | 1U << f);
          filters_[f].items.insert({id});
        }
      }
      for (ExactAnswers& queries : answers_)
        queries.compare(kernels_, chunk, entries.front().item.value, admitted, kThreads);
      auto start = Clock::now();
      check(index.upsert(entries));
      building += seconds_since(start);
      if (!peer_) continue;
      start = Clock::now();
      parallel_for(size, {.threads = kThreads, .grain = 64}, [&](std::size_t i) {
        peer_->add(entries[i].vector.data(), static_cast<std::size_t>(entries[i].item.value));
      });
      peer_building += seconds_since(start);
    }
    report_["build_seconds"] = building;
    if (peer_) report_["peer"]["build_seconds"] = peer_building;
  }

  void measure_filters(const index::VectorIndex& index) {
    for (std::size_t f = 1; f + 1 < filters_.size(); ++f) {
      for (std::size_t set = 0; set < 2; ++set) {
        Json figures = measure(answers_[set], f, search_of(index, answers_[set], &filters_[f].items));
        figures["filter"] = filters_[f].name;
        figures["share"] = filters_[f].share;
        report_["filters"].push_back(figures);
      }
    }
  }

  void measure_peer() {
    if (!peer_) return;
    for (const std::size_t width : {40, 80, 160, 320}) {
      peer_->set_width(width);
      for (std::size_t set = 0; set < 2; ++set) {
        Json figures = measure(answers_[set], 0, [&](std::size_t q) {
          std::vector<std::int32_t> labels;
          peer_->search(answers_[set][q].data(), kLimit, labels);
          return std::vector<std::int64_t>(labels.begin(), labels.end());
        });
        figures["width"] = width;
        report_["peer"]["searches"].push_back(figures);
      }
    }
    peer_.reset();
  }

  // Nearly as many as a segment may lose before it is written anew.
  void measure_deletes(index::VectorIndex& index) {
    std::vector<ImageId> gone;
    for (std::size_t i = 1; i <= settings_.vectors; ++i) {
      const auto id = static_cast<std::int64_t>(i);
      if (!filters_.back().items.contains({id})) gone.push_back({id});
    }
    const auto start = Clock::now();
    for (std::size_t begin = 0; begin < gone.size(); begin += 1000)
      index.remove(std::span(gone).subspan(begin, std::min<std::size_t>(1000, gone.size() - begin)));
    report_["deletes"]["per_second"] = static_cast<double>(gone.size()) / seconds_since(start);
    report_["deletes"]["share"] = static_cast<double>(gone.size()) / static_cast<double>(settings_.vectors);
    for (std::size_t set = 0; set < 2; ++set) {
      report_["deletes"]["searches"].push_back(
          measure(answers_[set], filters_.size() - 1, search_of(index, answers_[set], nullptr)));
    }
  }

  const Settings& settings_;
  const CliplikeVectors source_;
  const index::Kernels kernels_ = index::best_kernels();
  std::vector<Filter> filters_;
  std::vector<ExactAnswers> answers_;
  std::optional<BareHnswlib> peer_;
  Json report_;
};

int main_of(int argc, char** argv) {
  Settings settings;
  std::vector<const char*> plain;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--peer") == 0)
      settings.with_peer = true;
    else if (std::strcmp(argv[i], "--queries") == 0 && i + 1 < argc)
      settings.queries = std::stoul(argv[++i]);
    else if (std::strcmp(argv[i], "--packed-from") == 0 && i + 1 < argc)
      settings.packed_from = std::stoul(argv[++i]);
    else
      plain.push_back(argv[i]);
  }
  if (plain.size() != 3) {
    std::fprintf(stderr, "usage: big_index_bench REAL N FOLDER [--queries Q] [--packed-from P] [--peer]\n");
    return 2;
  }
  settings.real = plain[0];
  settings.vectors = std::stoul(plain[1]);
  settings.folder = plain[2];
  std::filesystem::create_directories(settings.folder);
  std::cout << Run(settings).measure_all().dump() << "\n";
  std::filesystem::remove_all(settings.folder);
  return 0;
}

}  // namespace
}  // namespace fit::bench

int main(int argc, char** argv) {
  return fit::bench::main_of(argc, argv);
}

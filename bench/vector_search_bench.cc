// Compares vector search with bare hnswlib at equal recall, and measures its recall under filters.
//
//   vector_search_bench DATA N [--cache DIR] [--json FILE] [--rounds R] [--only ours|filters]
//
// DATA is a folder of ../shared/tools/make_cliplike_vectors.py with N vectors of 512 dimensions. Both graphs
// are built in this run (m 16, ef_construction 200, two threads) unless DIR has them from an earlier run. The
// two are measured in turns, and each figure is the median of R rounds over all queries.

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <set>
#include <thread>

#include "bare_hnswlib.h"
#include "base/format.h"
#include "base/json.h"
#include "index/factory/open_index.h"

namespace fit::bench {
namespace {

constexpr std::size_t kDimensions = 512;
constexpr std::size_t kLimit = 20;
constexpr std::size_t kM = 16;
constexpr std::size_t kEfConstruction = 200;
constexpr int kBuildThreads = 2;

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

template <class T>
std::vector<T> read_numbers(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  std::vector<T> numbers(std::filesystem::file_size(path) / sizeof(T));
  file.read(reinterpret_cast<char*>(numbers.data()),
            static_cast<std::streamsize>(numbers.size() * sizeof(T)));
  return numbers;
}

struct Data {
  std::vector<float> base, queries;
  std::vector<std::int32_t> attributes;
  std::filesystem::path folder;
  std::size_t n;

  std::size_t query_count() const { return queries.size() / kDimensions; }
  std::span<const float> query(std::size_t i) const {
    return std::span(queries).subspan(i * kDimensions, kDimensions);
  }
  const float* row(std::size_t i) const { return base.data() + i * kDimensions; }
};

// The found rows of the base, by query.
using Results = std::vector<std::vector<std::int32_t>>;

double recall(const Results& results, const std::vector<std::int32_t>& truth) {
  std::size_t found = 0;
  std::size_t wanted = 0;
  for (std::size_t q = 0; q < results.size(); ++q) {
    const std::set<std::int32_t> rows(results[q].begin(), results[q].end());
    for (std::size_t i = 0; i < kLimit; ++i) {
      const std::int32_t row = truth[q * kLimit + i];
      if (row < 0) continue;
      ++wanted;
      found += rows.contains(row);
    }
  }
  return static_cast<double>(found) / static_cast<double>(wanted);
}

std::unique_ptr<index::VectorIndex> our_index(const Data& data, const std::filesystem::path& cache,
                                              Json& report) {
  const index::IndexOptions options{.dimensions = kDimensions,
                                    .capacity = data.n,
                                    .m = kM,
                                    .ef_construction = kEfConstruction,
                                    .build_threads = kBuildThreads};
  const auto start = Clock::now();
  if (!cache.empty()) {
    auto loaded = index::open_index(cache / fit::format("fit-{}", data.n), options);
    if (loaded) {
      report["load_seconds"] = seconds_since(start);
      return std::move(loaded->index);
    }
  }
  auto made = index::make_index(options);
  std::vector<index::Entry> entries;
  for (std::size_t i = 0; i < data.n; ++i) {
    const auto id = static_cast<std::int64_t>(i + 1);
    entries.push_back({{id}, {id}, {data.row(i), kDimensions}});
  }
  if (auto done = made->upsert(entries); !done) throw std::runtime_error(done.error().describe());
  report["build_seconds"] = seconds_since(start);
  if (!cache.empty()) {
    const auto save = Clock::now();
    if (auto done = made->save(cache / fit::format("fit-{}", data.n), 0, "bench"); !done) {
      throw std::runtime_error(done.error().describe());
    }
    report["save_seconds"] = seconds_since(save);
  }
  return made;
}

std::unique_ptr<BareHnswlib> bare_index(const Data& data, const std::filesystem::path& cache, Json& report) {
  const auto start = Clock::now();
  const auto file = cache / fit::format("bare-{}", data.n);
  if (!cache.empty() && std::filesystem::exists(file)) {
    auto loaded = std::make_unique<BareHnswlib>(kDimensions, file.string());
    report["load_seconds"] = seconds_since(start);
    return loaded;
  }
  auto made = std::make_unique<BareHnswlib>(kDimensions, data.n, kM, kEfConstruction);
  made->add(data.row(0), 0);
  std::atomic<std::size_t> next{1};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kBuildThreads; ++t) {
      threads.emplace_back([&] {
        for (std::size_t i = next++; i < data.n; i = next++) made->add(data.row(i), i);
      });
    }
  }
  report["build_seconds"] = seconds_since(start);
  if (!cache.empty()) made->save(file.string());
  return made;
}

// Searches for query `q` and returns the found rows.
using Search = std::function<void(std::size_t q, std::vector<std::int32_t>& rows)>;

Search ours(const Data& data, const index::VectorIndex& index, std::size_t effort,
            const std::vector<index::ItemSet>* filters = nullptr) {
  return [&data, &index, effort, filters](std::size_t q, std::vector<std::int32_t>& rows) {
    const auto found = index.search(
        data.query(q), {.limit = kLimit, .filter = filters ? &(*filters)[q] : nullptr, .effort = effort});
    rows.clear();
    for (const auto& neighbor : *found) rows.push_back(static_cast<std::int32_t>(neighbor.item.value - 1));
  };
}

Search bare(const Data& data, BareHnswlib& graph, std::size_t width) {
  return [&data, &graph, width](std::size_t q, std::vector<std::int32_t>& rows) {
    graph.set_width(width);
    graph.search(data.query(q).data(), kLimit, rows);
  };
}

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// The mean time of a query in seconds, over all queries on `threads` threads: processor time for one thread,
// wall time for more.
double time_all(const Data& data, const Search& search, int threads, Results* results = nullptr) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    std::vector<std::int32_t> rows;
    for (std::size_t q = next++; q < data.query_count(); q = next++) {
      search(q, rows);
      if (results) (*results)[q] = rows;
    }
  };
  const double processor = processor_seconds();
  const auto start = Clock::now();
  {
    std::vector<std::jthread> workers;
    for (int t = 1; t < threads; ++t) workers.emplace_back(work);
    work();
  }
  const double seconds = threads == 1 ? processor_seconds() - processor : seconds_since(start);
  return seconds / static_cast<double>(data.query_count());
}

// The exact results: from a file, or from a search with an effort that makes the index compare all vectors.
std::vector<std::int32_t> exact_results(const Data& data, const std::string& file,
                                        const index::VectorIndex& index,
                                        const std::vector<index::ItemSet>* filters = nullptr) {
  if (std::filesystem::exists(data.folder / file)) return read_numbers<std::int32_t>(data.folder / file);
  Results results(data.query_count());
  time_all(data, ours(data, index, data.n, filters), 2, &results);
  std::vector<std::int32_t> truth;
  for (std::vector<std::int32_t>& rows : results) {
    rows.resize(kLimit, -1);
    truth.insert(truth.end(), rows.begin(), rows.end());
  }
  return truth;
}

// A measurement of one search width.
struct Point {
  std::string who;
  std::size_t width = 0;  // 0: chosen by the index
  double recall = 0;
  double one_us = 0;     // microseconds of a query on one thread
  double two_per_s = 0;  // queries per second on two threads
};

// The interpolated figure at which the points, in ascending order of width, reach a recall.
double at_recall(const std::vector<Point>& points, const std::string& who, double wanted,
                 double Point::* figure) {
  const Point* before = nullptr;
  for (const Point& point : points) {
    if (point.who != who || point.width == 0) continue;
    if (point.recall >= wanted) {
      if (!before) return point.*figure;
      const double share = (wanted - before->recall) / (point.recall - before->recall);
      return before->*figure + share * (point.*figure - before->*figure);
    }
    before = &point;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

// `kind`: "" for queries from the distribution of the base, "hard" for queries from another one.
Json compare(const Data& data, const std::string& kind, const std::vector<std::size_t>& widths,
             const index::VectorIndex& index, BareHnswlib* graph, int rounds) {
  const auto truth =
      exact_results(data, fit::format("truth_{}{}.i32", kind.empty() ? "" : kind + "_", data.n), index);
  std::vector<Point> points;
  std::vector<Search> searches;
  points.push_back({"fit", 0});
  searches.push_back(ours(data, index, 0));
  for (const std::size_t width : widths) {
    points.push_back({"fit", width});
    searches.push_back(ours(data, index, width));
    if (!graph) continue;
    points.push_back({"hnswlib", width});
    searches.push_back(bare(data, *graph, width));
  }
  std::vector<std::vector<double>> one(points.size()), two(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    Results results(data.query_count());
    time_all(data, searches[i], 1, &results);
    points[i].recall = recall(results, truth);
  }
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < points.size(); ++i) one[i].push_back(time_all(data, searches[i], 1));
    for (std::size_t i = 0; i < points.size(); ++i) two[i].push_back(time_all(data, searches[i], 2));
  }
  Json rows = Json::array();
  std::printf("%-8s %6s %8s %12s %14s\n", kind.c_str(), "width", "recall", "us, 1 thread", "/s, 2 threads");
  for (std::size_t i = 0; i < points.size(); ++i) {
    Point& p = points[i];
    p.one_us = 1e6 * median(one[i]);
    p.two_per_s = 1 / median(two[i]);
    std::printf("%-8s %6zu %8.4f %12.1f %14.0f\n", p.who.c_str(), p.width, p.recall, p.one_us, p.two_per_s);
    rows.push_back({{"who", p.who},
                    {"width", p.width},
                    {"recall", p.recall},
                    {"us", p.one_us},
                    {"per_s_2", p.two_per_s}});
  }
  Json result{{"points", rows}};
  if (!graph) return result;
  for (const double wanted : {0.95, 0.965, 0.98}) {
    const double fit_us = at_recall(points, "fit", wanted, &Point::one_us);
    const double bare_us = at_recall(points, "hnswlib", wanted, &Point::one_us);
    const double fit_s = at_recall(points, "fit", wanted, &Point::two_per_s);
    const double bare_s = at_recall(points, "hnswlib", wanted, &Point::two_per_s);
    std::printf("at recall %.3f: %.1f us against %.1f (%.2fx), two threads %.0f/s against %.0f (%.2fx)\n",
                wanted, fit_us, bare_us, fit_us / bare_us, fit_s, bare_s, bare_s / fit_s);
    result["at_recall"].push_back({{"recall", wanted},
                                   {"fit_us", fit_us},
                                   {"hnswlib_us", bare_us},
                                   {"ratio", fit_us / bare_us},
                                   {"fit_per_s_2", fit_s},
                                   {"hnswlib_per_s_2", bare_s},
                                   {"ratio_2", bare_s / fit_s}});
  }
  return result;
}

std::vector<index::ItemSet> filters_of(const Data& data, const std::string& percent) {
  const auto rows = read_numbers<std::int32_t>(data.folder / fit::format("filter_{}.i32", percent));
  std::vector<index::ItemSet> filters(data.query_count());
  for (std::size_t q = 0; q < filters.size(); ++q) {
    for (std::size_t i = 0; i < data.n; ++i) {
      const std::int32_t category = data.attributes[2 * i];
      const std::int32_t price = data.attributes[2 * i + 1];
      if (category == rows[3 * q] && price >= rows[3 * q + 1] && price < rows[3 * q + 2]) {
        filters[q].insert({static_cast<std::int64_t>(i + 1)});
      }
    }
  }
  return filters;
}

Json filtered(const Data& data, const std::string& kind, const index::VectorIndex& index, int rounds) {
  Json rows = Json::array();
  std::printf("\n%-8s %8s %12s %12s %14s\n", kind.empty() ? "filter" : kind.c_str(), "recall", "full pages",
              "us, 1 thread", "/s, 2 threads");
  for (const std::string percent : {"10", "1", "0.1"}) {
    const auto filters = filters_of(data, percent);
    const auto truth =
        exact_results(data, fit::format("truth_{}{}_{}.i32", kind.empty() ? "" : kind + "_", data.n, percent),
                      index, &filters);
    const Search search = ours(data, index, 0, &filters);
    Results results(data.query_count());
    time_all(data, search, 1, &results);
    std::size_t full = 0;
    for (std::size_t q = 0; q < results.size(); ++q)
      full += results[q].size() == std::min(kLimit, filters[q].size());
    std::vector<double> one, two;
    for (int round = 0; round < rounds; ++round) {
      one.push_back(time_all(data, search, 1));
      two.push_back(time_all(data, search, 2));
    }
    const double found = recall(results, truth);
    const double pages = static_cast<double>(full) / static_cast<double>(results.size());
    std::printf("%5s %% %8.4f %10.1f %% %12.1f %14.0f\n", percent.c_str(), found, 100 * pages,
                1e6 * median(one), 1 / median(two));
    rows.push_back({{"percent", percent},
                    {"recall", found},
                    {"full_pages", pages},
                    {"us", 1e6 * median(one)},
                    {"per_s_2", 1 / median(two)}});
  }
  return rows;
}

int run(const std::vector<std::string>& arguments) {
  std::filesystem::path cache, out;
  int rounds = 5;
  std::string only;
  for (std::size_t i = 2; i + 1 < arguments.size(); i += 2) {
    if (arguments[i] == "--cache") cache = arguments[i + 1];
    if (arguments[i] == "--json") out = arguments[i + 1];
    if (arguments[i] == "--rounds") rounds = std::stoi(arguments[i + 1]);
    if (arguments[i] == "--only") only = arguments[i + 1];
  }
  if (arguments.size() < 2) {
    std::cerr << "usage: vector_search_bench DATA N [--cache DIR] [--json FILE] [--rounds R] [--only "
                 "ours|filters]\n";
    return 2;
  }
  Data data{
      .base = {}, .queries = {}, .attributes = {}, .folder = arguments[0], .n = std::stoul(arguments[1])};
  data.base = read_numbers<float>(data.folder / fit::format("base_{}.f32", data.n));
  data.queries = read_numbers<float>(data.folder / "query.f32");
  data.attributes = read_numbers<std::int32_t>(data.folder / fit::format("attrs_{}.i32", data.n));

  Json report{
      {"vectors", data.n}, {"dimensions", kDimensions}, {"queries", data.query_count()}, {"rounds", rounds}};
  if (!cache.empty()) std::filesystem::create_directories(cache);
  const auto index = our_index(data, cache, report["fit"]);
  const auto graph = !only.empty() ? nullptr : bare_index(data, cache, report["hnswlib"]);
  std::cout << report.dump() << "\n";
  if (only != "filters") {
    report["unfiltered"] =
        compare(data, "", {24, 32, 40, 48, 56, 64, 80, 96, 128, 192}, *index, graph.get(), rounds);
  }
  report["filtered"] = filtered(data, "", *index, rounds);
  data.queries = read_numbers<float>(data.folder / "query_hard.f32");
  std::cout << "\n";
  if (only != "filters") {
    report["hard"] =
        compare(data, "hard", {24, 48, 96, 128, 160, 192, 256, 384, 480}, *index, graph.get(), rounds);
  }
  report["hard_filtered"] = filtered(data, "hard", *index, rounds);
  if (!out.empty()) std::ofstream(out) << report.dump(2) << "\n";
  return 0;
}

}  // namespace
}  // namespace fit::bench

int main(int argc, char** argv) {
  try {
    return fit::bench::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}

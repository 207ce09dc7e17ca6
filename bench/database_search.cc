// Compares nearest neighbours by store::VectorSearch with plain SQL through libpq, on the same server in the
// same run. bench/database_search.py fills the two tables and prints the results.
#include <libpq-fe.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <random>
#include <ranges>
#include <thread>
#include <unordered_set>
#include <vector>

#include "base/format.h"
#include "store/catalogue.h"
#include "store/pgvector/postgres_index.h"
#include "store/pgvector/vector_search.h"

namespace fit {
namespace {

constexpr std::size_t kDimensions = 512;
constexpr std::size_t kLimit = 20;
constexpr double kEnough = 0.95;  // least recall of a method that fit is compared with
constexpr double kAlike = 0.01;   // recalls that differ by at most this are equal
constexpr int kRounds = 5;
using Clock = std::chrono::steady_clock;

template <class T>
std::vector<T> read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  std::vector<T> values(bytes.size() / sizeof(T));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
  if (values.empty()) throw std::runtime_error("cannot read " + path);
  return values;
}

// The queries of one share with their exact results, which are rows from 0.
struct Queries {
  std::string share;  // "all", "10", "1", "0.1" percent
  std::vector<float> vectors;
  std::vector<std::int32_t> filters;  // for each query: category, least price, end of the prices; empty: none
  std::vector<std::int32_t> truth;

  std::size_t count() const { return vectors.size() / kDimensions; }
  std::span<const float> vector(std::size_t i) const {
    return std::span(vectors).subspan(i * kDimensions, kDimensions);
  }
};

Queries read_queries(const std::string& folder, int count, const std::string& share) {
  const std::string suffix = share == "all" ? "" : "_" + share;
  Queries made{.share = share,
               .vectors = read<float>(folder + "/query.f32"),
               .filters = {},
               .truth = read<std::int32_t>(fit::format("{}/truth_{}{}.i32", folder, count, suffix))};
  if (share != "all") made.filters = read<std::int32_t>(folder + "/filter_" + share + ".i32");
  return made;
}

using Search = std::function<std::vector<std::int64_t>(std::size_t query)>;  // returns ids from 1
using MakeSearch = std::function<Search()>;                                  // called once for each thread

// A connection through libpq with a prepared query.
class Bare {
 public:
  Bare(const std::string& url, const Queries& queries, const std::string& settings)
      : connection_(PQconnectdb(url.c_str())), queries_(queries) {
    run(settings);
    const std::string filter =
        queries.filters.empty() ? "" : "WHERE category = $2 AND price >= $3 AND price < $4 ";
    sql_ = "SELECT id FROM bare " + filter + "ORDER BY embedding <=> $1 LIMIT 20";
    PGresult* const made = PQprepare(connection_, "nearest", sql_.c_str(), 0, nullptr);
    if (PQresultStatus(made) != PGRES_COMMAND_OK) throw std::runtime_error(PQerrorMessage(connection_));
    PQclear(made);
  }
  Bare(const Bare&) = delete;
  ~Bare() { PQfinish(connection_); }

  std::vector<std::int64_t> search(std::size_t i) {
    std::string bytes;
    const auto put = [&bytes](std::uint16_t number) {
      bytes += static_cast<char>(number >> 8);
      bytes += static_cast<char>(number);
    };
    put(kDimensions);
    put(0);
    for (const float value : queries_.vector(i))
      put(std::bit_cast<std::uint16_t>(static_cast<_Float16>(value)));
    std::vector<std::string> texts;
    if (!queries_.filters.empty()) {
      for (std::size_t f = 0; f < 3; ++f) texts.push_back(std::to_string(queries_.filters[i * 3 + f]));
    }
    std::vector<const char*> values = {bytes.data()};
    std::vector<int> lengths = {static_cast<int>(bytes.size())};
    std::vector<int> formats = {1};
    for (const std::string& text : texts) {
      values.push_back(text.c_str());
      lengths.push_back(0);
      formats.push_back(0);
    }
    PGresult* const result = PQexecPrepared(connection_, "nearest", static_cast<int>(values.size()),
                                            values.data(), lengths.data(), formats.data(), 0);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) throw std::runtime_error(PQerrorMessage(connection_));
    std::vector<std::int64_t> ids;
    for (int row = 0; row < PQntuples(result); ++row) ids.push_back(std::stoll(PQgetvalue(result, row, 0)));
    PQclear(result);
    return ids;
  }

 private:
  void run(const std::string& sql) {
    PGresult* const result = PQexec(connection_, sql.c_str());
    if (PQresultStatus(result) != PGRES_COMMAND_OK) throw std::runtime_error(PQerrorMessage(connection_));
    PQclear(result);
  }

  PGconn* connection_;
  const Queries& queries_;
  std::string sql_;
};

struct Quality {
  double recall = 0;
  double full = 0;
};

Quality quality(const Queries& queries, const Search& search, std::size_t count) {
  double right = 0;
  double wanted = 0;
  double full = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto found = search(i);
    std::unordered_set<std::int64_t> truth;
    for (std::size_t t = 0; t < kLimit; ++t) {
      if (queries.truth[i * kLimit + t] >= 0) truth.insert(queries.truth[i * kLimit + t] + 1);
    }
    for (const std::int64_t id : found) right += static_cast<double>(truth.contains(id));
    wanted += static_cast<double>(truth.size());
    full += found.size() == truth.size() ? 1 : 0;
  }
  return {right / wanted, full / static_cast<double>(count)};
}

// Searches per second on `threads` threads.
double rate(const Queries& queries, const MakeSearch& make, std::size_t threads, double seconds) {
  std::atomic<std::int64_t> searches = 0;
  std::atomic<bool> stop = false;
  std::vector<std::thread> running;
  for (std::size_t t = 0; t < threads; ++t) {
    running.emplace_back([&, t] {
      const Search search = make();
      std::mt19937 random(static_cast<std::uint32_t>(t));
      while (!stop) {
        search(random() % queries.count());
        ++searches;
      }
    });
  }
  const auto start = Clock::now();
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  stop = true;
  for (std::thread& thread : running) thread.join();
  return static_cast<double>(searches) / std::chrono::duration<double>(Clock::now() - start).count();
}

// A method of search with its measurements.
struct Way {
  std::string name;
  MakeSearch make;
  Quality quality;
  std::vector<double> rates = {};  // searches per second of each round, ascending

  double median() const { return rates[rates.size() / 2]; }
};

void compare(const std::string& url, store::Catalogue& store, const Queries& queries, std::size_t threads) {
  store::VectorSearch& search = *store.vector_search();
  const auto ours = [&]() -> Search {
    return [&](std::size_t i) {
      domain::ItemFilter filter;
      if (!queries.filters.empty()) {
        const auto* const one = &queries.filters[i * 3];
        filter.any_of = {{"category", {"category" + std::to_string(one[0])}}};
        filter.min_price = one[1];
        filter.max_price = one[2] - 1;
      }
      std::vector<std::int64_t> ids;
      const auto found =
          search.nearest({.space_id = 1, .vector = queries.vector(i), .limit = kLimit, .filter = filter})
              .value();
      for (const auto& near : found) ids.push_back(near.item.value);
      return ids;
    };
  };
  const auto bare = [&](const std::string& settings) -> MakeSearch {
    return [&, settings]() -> Search {
      return [connection = std::make_shared<Bare>(url, queries, settings)](std::size_t i) {
        return connection->search(i);
      };
    };
  };
  std::vector<Way> ways = {{"fit", ours, {}}};
  const std::string graph =
      "SET jit = off; SET enable_seqscan = off; SET enable_sort = off; SET hnsw.max_scan_tuples = 200000; "
      "SET hnsw.scan_mem_multiplier = 4; SET hnsw.iterative_scan = relaxed_order; SET hnsw.ef_search = ";
  for (const int width : {20, 40})
    ways.push_back(
        {fit::format("bare, graph, ef_search {}", width), bare(graph + std::to_string(width)), {}});
  if (!queries.filters.empty()) {
    ways.push_back(
        {"bare, by B-tree", bare("SET jit = off; SET enable_seqscan = off; SET enable_indexscan = off"), {}});
  }
  const std::size_t tried = queries.share == "1" || queries.share == "0.1" ? 200 : 500;
  for (Way& way : ways) way.quality = quality(queries, way.make(), std::min(tried, queries.count()));
  for (int round = 0; round < kRounds; ++round) {
    for (Way& way : ways) way.rates.push_back(rate(queries, way.make, threads, 2));
  }
  for (Way& way : ways) std::ranges::sort(way.rates);
  const auto against = [&ways](double least_recall) {
    double best = 0;
    for (const Way& way : ways | std::views::drop(1)) {
      if (way.quality.recall >= least_recall) best = std::max(best, way.median());
    }
    return best > 0 ? fit::format("{:.2f}", ways[0].median() / best) : std::string("none");
  };
  for (const Way& way : ways) {
    const bool is_ours = &way == &ways[0];
    std::cout << fit::format("| {} | {} | {:.3f} | {:.0f} % | {:.0f} | {} | {} |\n", queries.share, way.name,
                             way.quality.recall, 100 * way.quality.full, way.median(),
                             is_ours ? against(kEnough) : "",
                             is_ours ? against(way.quality.recall - kAlike) : "")
              << std::flush;
  }
}

}  // namespace
}  // namespace fit

// make URL | index URL | compare URL FOLDER COUNT THREADS
int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto space = [](fit::store::Catalogue& store) {
    return store.spaces().ensure({"bench", "bench", "1", fit::kDimensions}).value();
  };
  if (arguments.size() == 2 && arguments[0] == "make") {
    const auto store = fit::store::open_catalogue(arguments[1]).value();
    return fit::store::drop_empty_indexes(arguments[1], space(*store)) ? 0 : 1;
  }
  if (arguments.size() == 2 && arguments[0] == "index") {
    const auto store = fit::store::open_catalogue(arguments[1]).value();
    return fit::store::build_indexes(arguments[1], space(*store), {}, fit::store::IndexesToBuild::kMissing,
                                     [](const std::string& what) { std::cerr << what << "\n"; })
               ? 0
               : 1;
  }
  if (arguments.size() != 5 || arguments[0] != "compare") return 2;
  const int count = std::stoi(arguments[3]);
  const auto threads = static_cast<std::size_t>(std::stoi(arguments[4]));
  const auto store = fit::store::open_catalogue(arguments[1], {.connections = threads}).value();
  std::cout
      << "| share, % | way | recall@20 | full pages | /s | fit against the best | and of those of its recall "
         "|\n|---|---|---|---|---|---|---|\n";
  for (const std::string share : {"all", "10", "1", "0.1"})
    fit::compare(arguments[1], *store, fit::read_queries(arguments[2], count, share), threads);
  return 0;
}

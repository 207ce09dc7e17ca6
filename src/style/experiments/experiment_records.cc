#include "style/experiments/experiment_records.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "base/format.h"
#include "sql/sql_times.h"

namespace fit::style {
namespace {

using search::Team;
using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;

constexpr std::size_t kSearchesLookedAt = 50;  // the latest ones of a person, for an event

char letter_of(Team team) {
  return team == Team::kA ? 'a' : team == Team::kB ? 'b' : '-';
}

std::string_view variant_name(const ExperimentNote& note) {
  if (note.is_interleaved) return "ab";
  return note.variant == Variant::kA ? "a" : "b";
}

// The columns of the counts of a signal are this name with "_a" or "_b".
std::string_view counted_name(Signal signal) {
  return signal == Signal::kClick ? "clicks" : signal == Signal::kSave ? "saves" : "buys";
}

std::string shown_text(std::span<const ShownItem> shown) {
  std::string text;
  for (const ShownItem& one : shown) {
    text += ' ';
    text += one.item.str();
    text += letter_of(one.team);
  }
  return text;
}

// The letter of an item among those that were shown.
std::optional<char> shown_letter(std::string_view shown, ItemId item) {
  const std::string number = " " + item.str();
  for (std::size_t at = shown.find(number); at != std::string_view::npos; at = shown.find(number, at + 1)) {
    const std::size_t end = at + number.size();
    if (end < shown.size() && (shown[end] < '0' || shown[end] > '9')) return shown[end];
  }
  return std::nullopt;
}

Result<void> store_search(SqlConnection& connection, const ExperimentNote& note, bool takes_people) {
  const std::string_view person = note.person.str();
  FIT_TRY(
      std::int64_t counted,
      connection.execute("UPDATE experiment_people SET searches = searches + 1 WHERE experiment_id = $1 AND "
                         "person = $2 AND variant = $3",
                         {note.experiment.value, person, variant_name(note)}));
  if (counted == 0 && takes_people) {
    FIT_TRY(counted,
            connection.execute(
                "INSERT INTO experiment_people (experiment_id, person, variant, searches, clicked, "
                "waited_ms, clicks_a, clicks_b, saves_a, saves_b, buys_a, buys_b) VALUES ($1, $2, $3, 1, "
                "0, 0, 0, 0, 0, 0, 0, 0) ON CONFLICT (experiment_id, person) DO UPDATE SET searches = "
                "experiment_people.searches + 1 WHERE experiment_people.variant = EXCLUDED.variant",
                {note.experiment.value, person, variant_name(note)}));
  }
  if (counted == 0) return {};
  const std::string shown = shown_text(note.shown);
  FIT_CHECK(connection.execute(
      "INSERT INTO experiment_searches (experiment_id, search_key, person, searched_at, shown, events) "
      "VALUES "
      "($1, $2, $3, $4, $5, '') ON CONFLICT (experiment_id, search_key) DO NOTHING",
      {note.experiment.value, note.search_key, person, sql::ticks(note.at), std::string_view(shown)}));
  return {};
}

Result<void> store_page(SqlConnection& connection, const ExperimentNote& note) {
  const std::string shown = shown_text(note.shown);
  FIT_CHECK(
      connection.execute("UPDATE experiment_searches SET shown = shown || $4 WHERE experiment_id = $1 AND "
                         "search_key = $2 AND person "
                         "= $3 AND LENGTH(shown) < 32000",
                         {note.experiment.value, note.search_key, std::string_view(note.person.str()),
                          std::string_view(shown)}));
  return {};
}

// A search that showed the item of an event.
struct FoundSearch {
  std::int64_t key = 0;
  Timestamp at;
  char letter = '-';
  std::string events;
};

Result<std::optional<FoundSearch>> find_search(SqlConnection& connection, const ExperimentNote& note) {
  std::optional<FoundSearch> found;
  FIT_CHECK(connection.query(
      "SELECT search_key, searched_at, shown, events FROM experiment_searches WHERE experiment_id = $1 AND "
      "person "
      "= $2 AND searched_at >= $3 AND searched_at <= $4 ORDER BY searched_at DESC, search_key LIMIT $5",
      {note.experiment.value, std::string_view(note.person.str()), sql::ticks(note.at - kAttributionTime),
       sql::ticks(note.at), sql::sql_limit(kSearchesLookedAt)},
      [&](const SqlRow& row) {
        if (found) return;
        if (const auto letter = shown_letter(row.text(2), note.item)) {
          found = FoundSearch{.key = row.integer(0),
                              .at = sql::time_at(row, 1),
                              .letter = *letter,
                              .events = std::string(row.text(3))};
        }
      }));
  return found;
}

Result<void> store_event(SqlConnection& connection, const ExperimentNote& note) {
  const std::string_view person = note.person.str();
  // Other events of the person wait until the transaction ends. Most people are in no experiment.
  FIT_TRY(const std::int64_t known,
          connection.execute(
              "UPDATE experiment_people SET searches = searches WHERE experiment_id = $1 AND person = $2",
              {note.experiment.value, person}));
  if (known == 0) return {};
  FIT_TRY(auto found, find_search(connection, note));
  if (!found) return {};
  const std::string event = fit::format(" {}{}", to_string(note.signal).front(), note.item.value);
  // A blank or the end follows an event, so that 1 is not found in 12.
  if ((found->events + " ").contains(event + " ")) return {};
  const bool is_first_click = note.signal == Signal::kClick && !found->events.contains(" c");
  found->events += event;
  FIT_CHECK(connection.execute(
      "UPDATE experiment_searches SET events = $3 WHERE experiment_id = $1 AND search_key = $2",
      {note.experiment.value, found->key, std::string_view(found->events)}));
  if (found->letter != '-') {
    const std::string column = fit::format("{}_{}", counted_name(note.signal), found->letter);
    FIT_CHECK(
        connection.execute(fit::format("UPDATE experiment_people SET {} = {} + 1 WHERE experiment_id = $1 "
                                       "AND person = $2",
                                       column, column),
                           {note.experiment.value, person}));
  }
  if (is_first_click) {
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(note.at - found->at);
    FIT_CHECK(
        connection.execute("UPDATE experiment_people SET clicked = clicked + 1, waited_ms = waited_ms + $3 "
                           "WHERE experiment_id = $1 "
                           "AND person = $2",
                           {note.experiment.value, person, std::int64_t{waited.count()}}));
  }
  return {};
}

// A metric's sums over people as SQL: x and y are of the columns.
struct MetricColumns {
  std::string_view x;
  std::string_view y;
};
constexpr std::array<MetricColumns, kExperimentMetrics.size()> kOfPeople = {
    MetricColumns{"searches", "(clicks_a + clicks_b)"}, MetricColumns{"searches", "(saves_a + saves_b)"},
    MetricColumns{"searches", "(buys_a + buys_b)"}, MetricColumns{"searches", "clicked"},
    MetricColumns{"clicked", "(waited_ms / 1000.0)"}};
constexpr std::array<std::string_view, 3> kCounted = {"clicks", "saves", "buys"};

// Reads the sums of each variant, by its name.
Result<void> read_sums(SqlConnection& connection, ExperimentId experiment, const MetricColumns& columns,
                       const std::function<void(std::string_view variant, const PeopleSums& sums)>& take) {
  const std::string x = fit::format("CAST({} AS DOUBLE PRECISION)", columns.x);
  const std::string y = fit::format("CAST({} AS DOUBLE PRECISION)", columns.y);
  return connection.query(
      fit::format(
          "SELECT variant, COUNT(*), SUM({0}), SUM({1}), SUM({0} * {0}), SUM({1} * {1}), SUM({0} * {1}) "
          "FROM experiment_people WHERE experiment_id = $1 AND {2} > 0 GROUP BY variant",
          x, y, columns.x),
      {experiment.value}, [&take](const SqlRow& row) {
        take(row.text(0), {.people = static_cast<double>(row.integer(1)),
                           .x = row.real(2),
                           .y = row.real(3),
                           .xx = row.real(4),
                           .yy = row.real(5),
                           .xy = row.real(6)});
      });
}

Result<void> read_interleaved(SqlConnection& connection, ExperimentId experiment, ExperimentSums& sums) {
  for (std::size_t i = 0; i < kCounted.size(); ++i) {
    const std::string difference = fit::format("({0}_b - {0}_a)", kCounted.at(i));
    FIT_CHECK(read_sums(connection, experiment, {.x = "searches", .y = difference},
                        [&](std::string_view, const PeopleSums& found) { sums.interleaved.at(i) = found; }));
    FIT_CHECK(connection.query(
        fit::format(
            "SELECT CAST(COALESCE(SUM({0}_a), 0) AS DOUBLE PRECISION), CAST(COALESCE(SUM({0}_b), 0) AS "
            "DOUBLE PRECISION) FROM experiment_people WHERE experiment_id = $1",
            kCounted.at(i)),
        {experiment.value}, [&](const SqlRow& row) {
          sums.of_a.at(i) = row.real(0);
          sums.of_b.at(i) = row.real(1);
        }));
  }
  return {};
}

}  // namespace

void ShadowSums::add(const ShadowSums& other) {
  compared += other.compared;
  failed += other.failed;
  dropped += other.dropped;
  overlap += other.overlap;
  rank_biased += other.rank_biased;
  timed += other.timed;
  a_ms += other.a_ms;
  b_ms += other.b_ms;
  a_slowest_ms = std::max(a_slowest_ms, other.a_slowest_ms);
  b_slowest_ms = std::max(b_slowest_ms, other.b_slowest_ms);
}

Result<void> ExperimentRecords::store(std::span<const ExperimentNote> notes, bool takes_people) {
  if (notes.empty()) return {};
  std::vector<const ExperimentNote*> ordered;
  for (const ExperimentNote& note : notes) ordered.push_back(&note);
  // In one order of people, so that two processes never wait for each other.
  std::ranges::stable_sort(
      ordered, {}, [](const ExperimentNote* note) -> const std::string& { return note->person.str(); });
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    // Locks the experiment, so that it is neither stopped nor removed until the transaction ends. Its
    // removal, which removes its people, would otherwise wait for a person of this transaction, and this
    // one for it.
    std::int64_t running = 0;
    FIT_CHECK(connection.query("UPDATE experiments SET name = name WHERE state = 'running' RETURNING id", {},
                               [&running](const SqlRow& row) { running = row.integer(0); }));
    for (const ExperimentNote* const note : ordered) {
      if (note->experiment.value != running) continue;
      switch (note->kind) {
        case ExperimentNote::Kind::kSearch:
          FIT_CHECK(store_search(connection, *note, takes_people));
          break;
        case ExperimentNote::Kind::kPage:
          FIT_CHECK(store_page(connection, *note));
          break;
        case ExperimentNote::Kind::kEvent:
          FIT_CHECK(store_event(connection, *note));
          break;
      }
    }
    return {};
  });
}

Result<std::int64_t> ExperimentRecords::people(ExperimentId experiment) {
  return database_.read([experiment](SqlConnection& connection) -> Result<std::int64_t> {
    FIT_TRY(const auto count,
            connection.query_integer("SELECT COUNT(*) FROM experiment_people WHERE experiment_id = $1",
                                     {experiment.value}));
    return count.value_or(0);
  });
}

Result<ExperimentSums> ExperimentRecords::sums(ExperimentId experiment, ExperimentMode mode) {
  return database_.read([&](SqlConnection& connection) -> Result<ExperimentSums> {
    ExperimentSums sums;
    if (mode == ExperimentMode::kInterleaving) {
      FIT_CHECK(read_interleaved(connection, experiment, sums));
      return sums;
    }
    for (std::size_t i = 0; i < kOfPeople.size(); ++i) {
      FIT_CHECK(read_sums(connection, experiment, kOfPeople.at(i),
                          [&](std::string_view variant, const PeopleSums& found) {
                            (variant == "b" ? sums.b : sums.a).at(i) = found;
                          }));
    }
    return sums;
  });
}

Result<void> ExperimentRecords::add_shadows(ExperimentId experiment, const ShadowSums& sums) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_TRY(const auto running,
            connection.query_integer("SELECT id FROM experiments WHERE id = $1 AND state = 'running'",
                                     {experiment.value}));
    if (!running) return {};
    FIT_CHECK(connection.execute(
        "INSERT INTO experiment_shadows (experiment_id, compared, failed, dropped, overlap, rank_biased, "
        "timed, "
        "a_ms, b_ms, a_slowest_ms, b_slowest_ms) VALUES ($1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) ON CONFLICT "
        "(experiment_id) DO NOTHING",
        {experiment.value}));
    FIT_CHECK(connection.execute(
        "UPDATE experiment_shadows SET compared = compared + $2, failed = failed + $3, dropped = dropped + "
        "$4, "
        "overlap = overlap + $5, rank_biased = rank_biased + $6, timed = timed + $7, a_ms = a_ms + $8, b_ms "
        "= "
        "b_ms + $9, a_slowest_ms = CASE WHEN a_slowest_ms < $10 THEN $10 ELSE a_slowest_ms END, b_slowest_ms "
        "= "
        "CASE WHEN b_slowest_ms < $11 THEN $11 ELSE b_slowest_ms END WHERE experiment_id = $1",
        {experiment.value, sums.compared, sums.failed, sums.dropped, sums.overlap, sums.rank_biased,
         sums.timed, sums.a_ms, sums.b_ms, sums.a_slowest_ms, sums.b_slowest_ms}));
    return {};
  });
}

Result<ShadowSums> ExperimentRecords::shadows(ExperimentId experiment) {
  return database_.read([experiment](SqlConnection& connection) -> Result<ShadowSums> {
    ShadowSums sums;
    FIT_CHECK(
        connection.query("SELECT compared, failed, dropped, overlap, rank_biased, timed, a_ms, b_ms, "
                         "a_slowest_ms, b_slowest_ms "
                         "FROM experiment_shadows WHERE experiment_id = $1",
                         {experiment.value}, [&sums](const SqlRow& row) {
                           sums = {.compared = row.integer(0),
                                   .failed = row.integer(1),
                                   .dropped = row.integer(2),
                                   .overlap = row.real(3),
                                   .rank_biased = row.real(4),
                                   .timed = row.integer(5),
                                   .a_ms = row.real(6),
                                   .b_ms = row.real(7),
                                   .a_slowest_ms = row.real(8),
                                   .b_slowest_ms = row.real(9)};
                         }));
    return sums;
  });
}

Result<std::int64_t> ExperimentRecords::prune(Timestamp time, std::size_t limit) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) {
    return connection.execute(
        "DELETE FROM experiment_searches WHERE searched_at < $1 AND searched_at <= (SELECT "
        "MAX(o.searched_at) FROM "
        "(SELECT s.searched_at FROM experiment_searches s ORDER BY s.searched_at LIMIT $2) o)",
        {sql::ticks(time), sql::sql_limit(limit)});
  });
}

Result<std::vector<PersonCounts>> ExperimentRecords::of_person(const Person& person) {
  return database_.read([&](SqlConnection& connection) -> Result<std::vector<PersonCounts>> {
    std::vector<PersonCounts> found;
    FIT_CHECK(
        connection.query("SELECT experiment_id, variant, searches, clicked, clicks_a + clicks_b, saves_a + "
                         "saves_b, buys_a + buys_b "
                         "FROM experiment_people WHERE person = $1 ORDER BY experiment_id",
                         {std::string_view(person.str())}, [&found](const SqlRow& row) {
                           found.push_back({.experiment = ExperimentId{row.integer(0)},
                                            .variant = std::string(row.text(1)),
                                            .searches = row.integer(2),
                                            .clicked = row.integer(3),
                                            .clicks = row.integer(4),
                                            .saves = row.integer(5),
                                            .buys = row.integer(6)});
                         }));
    return found;
  });
}

Result<void> ExperimentRecords::forget(const Person& person) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    const std::string_view text = person.str();
    FIT_CHECK(connection.execute("DELETE FROM experiment_people WHERE person = $1", {text}));
    FIT_CHECK(connection.execute("DELETE FROM experiment_searches WHERE person = $1", {text}));
    return {};
  });
}

Result<std::vector<std::int64_t>> ExperimentRecords::users() {
  constexpr std::string_view kPrefix = "user:";
  return database_.read([&](SqlConnection& connection) -> Result<std::vector<std::int64_t>> {
    std::vector<std::int64_t> ids;
    FIT_CHECK(connection.query(
        "SELECT DISTINCT person FROM experiment_people WHERE person LIKE 'user:%' ORDER BY person", {},
        [&](const SqlRow& row) {
          const auto id = parse_id("person", row.text(0).substr(kPrefix.size()));
          if (id) ids.push_back(*id);
        }));
    return ids;
  });
}

}  // namespace fit::style

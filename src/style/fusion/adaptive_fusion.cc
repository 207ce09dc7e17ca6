#include "style/fusion/adaptive_fusion.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/format.h"
#include "base/hash.h"
#include "base/secure_random.h"
#include "sql/sql_times.h"

namespace fit::style {
namespace {

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;

constexpr std::chrono::minutes kPruneEvery{10};

std::int64_t day_of(Timestamp time) {
  return std::chrono::floor<std::chrono::days>(time).time_since_epoch().count();
}

// What stands for a person on one day.
std::string quota_key(const Person& person, std::int64_t day) {
  constexpr std::size_t kDigits = 32;
  const std::string text = fit::format("{}/{}", day, person.str());
  return sha256_hex(as_bytes(text)).substr(0, kDigits);
}

std::optional<FusionType> type_named(std::string_view name) {
  const auto* const found = std::ranges::find(kFusionTypes, name);
  if (found == kFusionTypes.end()) return std::nullopt;
  return static_cast<FusionType>(found - kFusionTypes.begin());
}

// A search that has shown the item.
struct Match {
  std::int64_t id = 0;
  std::string type;
  ShownSearch shown;
  std::size_t chosen = 0;
};

// The latest search of the person that has shown the item.
Result<std::optional<Match>> find_search(SqlConnection& connection, const Person& person, ItemId item,
                                         Timestamp since) {
  std::vector<std::pair<Match, std::string>> rows;
  FIT_CHECK(connection.query(
      "SELECT id, query_type, shown FROM fusion_searches WHERE person = $1 AND made_at >= $2 ORDER BY id "
      "DESC",
      {std::string_view(person.str()), sql::ticks(since)}, [&rows](const SqlRow& row) {
        rows.push_back({{.id = row.integer(0), .type = std::string(row.text(1)), .shown = {}},
                        std::string(row.text(2))});
      }));
  for (auto& [match, text] : rows) {
    FIT_TRY(match.shown, read_shown(text));
    const auto& hits = match.shown.hits;
    const auto hit = std::ranges::find(hits, item, &search::InterleavedHit::item);
    if (hit == hits.end()) continue;
    match.chosen = static_cast<std::size_t>(hit - hits.begin());
    return std::optional(std::move(match));
  }
  return std::optional<Match>();
}

// Counts a lesson of a person. Returns whether it may be given.
Result<bool> take_quota(SqlConnection& connection, const Person& person, FusionType type, Timestamp time) {
  const std::int64_t day = day_of(time);
  FIT_CHECK(connection.execute("DELETE FROM fusion_quotas WHERE day < $1", {day}));
  const std::string key = quota_key(person, day);
  std::int64_t lessons = 0;
  FIT_CHECK(connection.query(
      "INSERT INTO fusion_quotas (person_key, query_type, day, lessons) VALUES ($1, $2, $3, 1) "
      "ON CONFLICT (person_key, query_type) DO UPDATE SET lessons = fusion_quotas.lessons + 1 RETURNING "
      "lessons",
      {std::string_view(key), to_string(type), day},
      [&lessons](const SqlRow& row) { lessons = row.integer(0); }));
  return lessons <= AdaptiveFusion::kLessonsPerDay;
}

// Reads the state of a type for a change: other changes of it wait until the transaction ends.
Result<FusionTypeState> lock_type(SqlConnection& connection, FusionType type, Timestamp time) {
  FIT_CHECK(
      connection.execute("INSERT INTO fusion_types (query_type, state, updated_at) VALUES ($1, '', $2) "
                         "ON CONFLICT (query_type) DO UPDATE SET updated_at = EXCLUDED.updated_at",
                         {to_string(type), sql::ticks(time)}));
  std::string text;
  FIT_CHECK(connection.query("SELECT state FROM fusion_types WHERE query_type = $1", {to_string(type)},
                             [&text](const SqlRow& row) { text = row.text(0); }));
  return read_type_state(text);
}

Result<std::string> person_text(SqlConnection& connection, const Person& person, FusionType type) {
  std::string text;
  FIT_CHECK(connection.query("SELECT state FROM fusion_people WHERE person = $1 AND query_type = $2",
                             {std::string_view(person.str()), to_string(type)},
                             [&text](const SqlRow& row) { text = row.text(0); }));
  return text;
}

Result<void> store_states(SqlConnection& connection, const Person& person, FusionType type, Timestamp time,
                          const FusionTypeState& everybody, const FusionPersonState& own) {
  const std::string everybody_text = dump_state(everybody);
  const std::string own_text = dump_state(own);
  FIT_CHECK(connection.execute("UPDATE fusion_types SET state = $2 WHERE query_type = $1",
                               {to_string(type), std::string_view(everybody_text)}));
  FIT_CHECK(connection.execute(
      "INSERT INTO fusion_people (person, query_type, state, updated_at) VALUES ($1, $2, $3, $4) "
      "ON CONFLICT (person, query_type) DO UPDATE SET state = EXCLUDED.state, updated_at = "
      "EXCLUDED.updated_at",
      {std::string_view(person.str()), to_string(type), std::string_view(own_text), sql::ticks(time)}));
  return {};
}

Json group_json(const SignalGroup& group, std::span<const double> weights) {
  constexpr double kDigits = 1e3;
  Json json = Json::object();
  for (std::size_t i = 0; i < group.names.size(); ++i) {
    if (group.fixed[i] > 0) json[group.names[i]] = std::round(weights[i] * kDigits) / kDigits;
  }
  return json;
}

}  // namespace

std::string_view to_string(FusionSource source) {
  return kFusionSources.at(static_cast<std::size_t>(source));
}

AdaptiveFusion::AdaptiveFusion(Parts parts) : parts_(std::move(parts)) {
  for (std::size_t i = 0; i < kFusionTypes.size(); ++i) {
    const Labels labels{{"query_type", std::string(kFusionTypes[i])}};
    lessons_[i] = &parts_.metrics.counter("fit_fusion_lessons_total",
                                          "Choices that taught the adapted weights of searches", labels);
    fallbacks_[i] = &parts_.metrics.counter(
        "fit_fusion_fallbacks_total", "Times that adapted weights of searches were found worse", labels);
  }
}

bool AdaptiveFusion::draw_interleaved() const {
  return secure_random_share() < parts_.share;
}

Result<FusionTypeState> AdaptiveFusion::type_state(FusionType type) {
  std::string text;
  FIT_CHECK(parts_.database.read([&](SqlConnection& connection) {
    return connection.query("SELECT state FROM fusion_types WHERE query_type = $1", {to_string(type)},
                            [&text](const SqlRow& row) { text = row.text(0); });
  }));
  return read_type_state(text);
}

Result<AdaptiveFusion::Choice> AdaptiveFusion::choose(FusionType type, const FusionSignals& signals,
                                                      const search::FusionWeights& fixed,
                                                      const Person* person, bool may_interleave) {
  Choice choice{.source = FusionSource::kFixed, .weights = fixed};
  if (!signals.can_be_adapted()) return choice;
  std::string everybody_text;
  std::string own_text;
  const std::string name = person == nullptr ? "" : person->str();
  FIT_CHECK(parts_.database.read([&](SqlConnection& connection) {
    return connection.query(
        "SELECT state, 1 FROM fusion_types WHERE query_type = $1 UNION ALL "
        "SELECT state, 2 FROM fusion_people WHERE query_type = $1 AND person = $2",
        {to_string(type), std::string_view(name)},
        [&](const SqlRow& row) { (row.integer(1) == 1 ? everybody_text : own_text) = row.text(0); });
  }));
  FIT_TRY(const FusionTypeState everybody, read_type_state(everybody_text));
  FIT_TRY(const FusionPersonState own, read_person_state(own_text));
  const bool is_interleaved = may_interleave && person != nullptr && draw_interleaved();
  if (everybody.guard.is_fallback && !is_interleaved) {
    choice.source = FusionSource::kFallback;
    return choice;
  }
  choice.weights = adapted_weights(fixed, signals, everybody, &own);
  if (is_interleaved) {
    choice.source = FusionSource::kInterleaved;
  } else if (choice.weights != fixed) {
    choice.source = FusionSource::kAdapted;
  }
  return choice;
}

void AdaptiveFusion::start() {
  pruning_.start([this](const std::stop_token&) {
    do {
      if (const auto removed = remove_expired(now()); !removed) {
        parts_.log.error("searches that wait for a choice cannot be removed", removed.error());
      }
    } while (pruning_.wait_for(kPruneEvery));
  });
}

Result<void> AdaptiveFusion::remove_expired(Timestamp time) {
  return parts_.database.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(connection.execute("DELETE FROM fusion_searches WHERE made_at < $1",
                                 {sql::ticks(time - kChoiceTime)}));
    return {};
  });
}

Result<void> AdaptiveFusion::note_shown(const Person& person, FusionType type, const ShownSearch& shown,
                                        Timestamp time) {
  if (shown.hits.size() < 2) return {};
  const std::string text = dump_shown(shown);
  return parts_.database.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(connection.execute(
        "INSERT INTO fusion_searches (person, query_type, shown, made_at) VALUES ($1, $2, $3, $4)",
        {std::string_view(person.str()), to_string(type), std::string_view(text), sql::ticks(time)}));
    FIT_CHECK(connection.execute(
        "DELETE FROM fusion_searches WHERE person = $1 AND id <= (SELECT s.id FROM fusion_searches s WHERE "
        "s.person = $1 ORDER BY s.id DESC LIMIT 1 OFFSET $2)",
        {std::string_view(person.str()), sql::sql_limit(kMostSearches)}));
    return {};
  });
}

Result<bool> AdaptiveFusion::learn(const Person& person, ItemId item, Timestamp time) {
  FIT_TRY(const std::optional<Match> match, parts_.database.read([&](SqlConnection& connection) {
    return find_search(connection, person, item, time - kChoiceTime);
  }));
  if (!match) return false;
  const auto type = type_named(match->type);
  if (!type) return false;
  auto verdict = FusionGuard::Verdict::kNoChange;
  FusionGuard::State guard;
  FIT_TRY(const bool is_lesson,
          parts_.database.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<bool> {
            // Another click may have been first.
            FIT_TRY(const std::int64_t taken,
                    connection.execute("DELETE FROM fusion_searches WHERE id = $1", {match->id}));
            if (taken == 0) return false;
            FIT_TRY(const bool may_teach, take_quota(connection, person, *type, time));
            if (!may_teach) return false;
            FIT_TRY(FusionTypeState everybody, lock_type(connection, *type, time));
            FIT_TRY(const std::string own_text, person_text(connection, person, *type));
            FIT_TRY(FusionPersonState own, read_person_state(own_text));
            verdict = learn_choice(match->shown, match->chosen, everybody, &own);
            guard = everybody.guard;
            FIT_CHECK(store_states(connection, person, *type, time, everybody, own));
            return true;
          }));
  if (is_lesson) lessons_.at(static_cast<std::size_t>(*type))->add();
  announce(*type, verdict, guard);
  return is_lesson;
}

AdaptiveFusion::Choice AdaptiveFusion::choose_or_fixed(FusionType type, const FusionSignals& signals,
                                                       const search::FusionWeights& fixed,
                                                       const Person* person, bool may_interleave) {
  auto chosen = choose(type, signals, fixed, person, may_interleave);
  if (chosen) return *std::move(chosen);
  parts_.log.error("a search has the fixed weights", chosen.error());
  return {.source = FusionSource::kFixed, .weights = fixed};
}

void AdaptiveFusion::note_shown_or_log(const Person& person, FusionType type, const ShownSearch& shown,
                                       Timestamp time) {
  if (const auto noted = note_shown(person, type, shown, time); !noted) {
    parts_.log.error("an interleaved search is not kept", noted.error());
  }
}

void AdaptiveFusion::learn_or_log(const Person& person, ItemId item, Timestamp time) {
  if (const auto learned = learn(person, item, time); !learned) {
    parts_.log.error("a choice has taught the weights of searches nothing", learned.error());
  }
}

void AdaptiveFusion::announce(FusionType type, FusionGuard::Verdict verdict,
                              const FusionGuard::State& guard) {
  if (verdict == FusionGuard::Verdict::kFallBack) {
    fallbacks_.at(static_cast<std::size_t>(type))->add();
    parts_.log.warning("adapted weights are worse; searches fall back to the fixed ones",
                       {{"query_type", to_string(type)},
                        {"adapted_wins", guard.adapted_wins},
                        {"fixed_wins", guard.fixed_wins}});
  } else if (verdict == FusionGuard::Verdict::kReturn) {
    parts_.log.info("adapted weights are better; searches use them again", {{"query_type", to_string(type)}});
  }
}

Result<Json> AdaptiveFusion::report(const search::FusionWeights& fixed,
                                    const std::vector<std::string>& spaces) {
  Json types = Json::array();
  for (std::size_t i = 0; i < kFusionTypes.size(); ++i) {
    const auto type = static_cast<FusionType>(i);
    FIT_TRY(const FusionTypeState state, type_state(type));
    search::FusionWeights own = fixed;
    // Words alone have no image, and an image alone no words.
    if (type == FusionType::kWords) {
      own.parts[0] = 0;
      own.spaces.assign(own.spaces.size(), 0);
    } else if (type != FusionType::kComposed) {
      std::fill(own.parts.begin() + 1, own.parts.end(), 0.0);
    }
    const FusionSignals signals = fusion_signals(own, spaces);
    const auto weights = adapted_weights(own, signals, state, nullptr);
    types.push_back({{"query_type", to_string(type)},
                     {"source", to_string(state.guard.is_fallback ? FusionSource::kFallback
                                          : weights == own        ? FusionSource::kFixed
                                                                  : FusionSource::kAdapted)},
                     {"lessons", state.parts.lessons},
                     {"weights", group_json(signals.parts, weights.parts)},
                     {"spaces", group_json(signals.spaces, weights.spaces)},
                     {"adapted_wins", state.guard.adapted_wins},
                     {"fixed_wins", state.guard.fixed_wins},
                     {"fallbacks", state.guard.fallbacks},
                     {"evidence", FusionGuard(state.guard).evidence()}});
  }
  return Json{{"share", parts_.share}, {"query_types", std::move(types)}};
}

Result<std::vector<Json>> AdaptiveFusion::of_person(sql::Database& database, const Person& person) {
  std::vector<std::pair<std::string, std::string>> rows;
  FIT_CHECK(database.read([&](SqlConnection& connection) {
    return connection.query(
        "SELECT query_type, state FROM fusion_people WHERE person = $1 ORDER BY query_type",
        {std::string_view(person.str())}, [&rows](const SqlRow& row) {
          rows.emplace_back(std::string(row.text(0)), std::string(row.text(1)));
        });
  }));
  std::vector<Json> list;
  for (const auto& [type, text] : rows) {
    FIT_TRY(const FusionPersonState state, read_person_state(text));
    Json parts = Json::object();
    for (const auto& [name, offset] : state.parts.offsets) parts[name] = offset;
    Json spaces = Json::object();
    for (const auto& [name, offset] : state.spaces.offsets) spaces[name] = offset;
    list.push_back({{"query_type", type},
                    {"lessons", state.parts.lessons},
                    {"weights", std::move(parts)},
                    {"spaces", std::move(spaces)}});
  }
  return list;
}

}  // namespace fit::style

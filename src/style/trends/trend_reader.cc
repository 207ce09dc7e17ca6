#include "style/trends/trend_reader.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>

#include "base/format.h"
#include "base/json.h"
#include "base/text.h"
#include "domain/properties.h"
#include "ontology/mentions.h"
#include "sql/sql_times.h"
#include "style/feedback/feedback.h"
#include "style/trends/trend_counts.h"
#include "text/fold.h"

namespace fit::style {
namespace {

using sql::SqlConnection;
using sql::SqlRow;

constexpr std::size_t kPage = 5'000;    // rows that are read at a time
constexpr std::size_t kUsersPage = 20;  // users whose favourites are read at a time

// What item_of_row() reads of items; the first columns tell whether the item counts.
constexpr std::string_view kItemColumns =
    "id, COALESCE(listed_at, created_at), status, category, subcategory, primary_color, pattern, brand, "
    "price, currency";

// A property whose values have trends.
struct PropertyOfTrends {
  std::size_t property;
  TrendKind kind;
};
constexpr std::array kPropertiesOfTrends = {
    PropertyOfTrends{domain::kCategory, TrendKind::kCategory},
    PropertyOfTrends{domain::kSubcategory, TrendKind::kSubcategory},
    PropertyOfTrends{domain::kPrimaryColor, TrendKind::kPrimaryColor},
    PropertyOfTrends{domain::kPattern, TrendKind::kPattern},
};

struct ValueOfItem {
  TrendKind kind;
  std::string key;
  std::string shown;
  bool is_rare = false;  // too few items have it for a trend of listings
};

// A person has saved an item.
struct Save {
  std::int64_t id = 0;  // of the feedback; 0: of a favourite
  ItemId item;          // 0: feedback on something else
  std::string person;
  Timestamp at;
};

// A search of a user, as the history has it.
struct Search {
  std::int64_t id = 0;
  std::int64_t user = 0;
  Timestamp at;
  std::string query;
};

struct CountedItem {
  ItemId id;
  Timestamp listed_at;
  std::vector<ValueOfItem> values;
};

// An item is in a cluster once, however many of its images are.
void add_cluster(CountedItem& item, std::int64_t cluster, std::int64_t image, bool is_rare) {
  std::string key = std::to_string(cluster);
  const bool is_known = std::ranges::any_of(item.values, [&](const ValueOfItem& value) {
    return value.kind == TrendKind::kCluster && value.key == key;
  });
  if (is_known) return;
  item.values.push_back({.kind = TrendKind::kCluster,
                         .key = std::move(key),
                         .shown = std::to_string(image),
                         .is_rare = is_rare});
}

// Adds the clusters of items to their values. A centre that is gone, of an asset, or of an item that does not
// count is replaced by the item's own image. Most clusters are of one image: those with too few images are
// rare.
Result<void> add_clusters(SqlConnection& connection, std::vector<CountedItem>& items) {
  std::vector<std::int64_t> ids;
  std::unordered_map<std::int64_t, CountedItem*> by_id;
  for (CountedItem& item : items) {
    ids.push_back(item.id.value);
    by_id.emplace(item.id.value, &item);
  }
  return sql::query_among(
      connection,
      "SELECT m.item_id, c.id, CASE WHEN t.id IS NULL THEN m.image_id ELSE c.centre END, c.size "
      "FROM counters g "
      "JOIN cluster_members m ON m.generation = g.value "
      "JOIN clusters c ON c.generation = m.generation AND c.id = m.cluster_id "
      "LEFT JOIN images i ON i.id = c.centre "
      "LEFT JOIN items t ON t.id = i.item_id AND t.status NOT IN ('hidden', 'flagged') "
      "WHERE g.name = 'clusters_generation' AND m.item_id",
      ids, [&](const SqlRow& row) {
        const auto found = by_id.find(row.integer(0));
        if (found == by_id.end()) return;
        add_cluster(*found->second, row.integer(1), row.integer(2),
                    row.integer(3) < TrendOptions{}.least_count);
      });
}

// Whether the item of a row of kItemColumns counts.
bool is_counted(const SqlRow& row) {
  const std::string_view status = row.text(2);
  return status != "hidden" && status != domain::kFlaggedStatus;
}

// Reads all events of a catalogue into counts, a page at a time. What a page has is counted after it was
// read, because the database repeats a read whose session is lost. The events of a person follow one another.
class TrendReader {
 public:
  TrendReader(const TrendSources& sources, Timestamp time, const std::stop_token& stop)
      : sources_(sources), stop_(stop), time_(time), listings_(time), saves_(time), searches_(time) {}

  Result<void> read() {
    FIT_CHECK(read_feedback());
    FIT_CHECK(read_favourites());
    FIT_CHECK(read_items());
    return read_searches();
  }

  TrendReport report(std::size_t window) const {
    return {.window = window,
            .computed_at = time_,
            .listings = listings_.trends(window),
            .saves = saves_.trends(window),
            .searches = searches_.trends(window)};
  }

 private:
  Result<void> read_feedback();
  Result<void> read_favourites();
  Result<void> read_items();
  Result<void> read_searches();
  CountedItem item_of_row(const SqlRow& row) const;
  void count_listing(const CountedItem& item);
  Result<void> count_saves(std::span<const Save> saves);
  void count_search(const Search& search);

  std::int64_t earliest() const { return sql::ticks(TrendCounts::earliest(time_)); }

  const TrendSources& sources_;
  const std::stop_token& stop_;
  const Timestamp time_;
  TrendCounts listings_;
  TrendCounts saves_;
  TrendCounts searches_;
};

// Calls `read_page`, which returns whether there may be another page, until there is none.
template <class ReadPage>
Result<void> for_each_page(const std::stop_token& stop, const ReadPage& read_page) {
  while (!stop.stop_requested()) {
    FIT_TRY(const bool has_next, read_page());
    if (!has_next) return {};
  }
  return cancelled();
}

Result<void> TrendReader::read_feedback() {
  std::string person;
  std::int64_t id = 0;
  return for_each_page(stop_, [&]() -> Result<bool> {
    const auto work = [&](SqlConnection& connection) -> Result<std::vector<Save>> {
      std::vector<Save> page;
      FIT_CHECK(connection.query(
          "SELECT id, person, target_kind, target, given_at FROM feedback WHERE (person, id) > ($1, $2) "
          "AND given_at > $3 AND signal IN ('like', 'save', 'buy', 'wear') ORDER BY person, id LIMIT $4",
          {std::string_view(person), id, earliest(), sql::sql_limit(kPage)}, [&page](const SqlRow& row) {
            const auto target = parse_target(row.text(2), row.text(3));
            const auto item = target ? item_of(*target) : std::nullopt;
            page.push_back({.id = row.integer(0),
                            .item = item.value_or(ItemId{}),
                            .person = std::string(row.text(1)),
                            .at = sql::time_at(row, 4)});
          }));
      return page;
    };
    FIT_TRY(const auto page, sources_.database.read(work));
    if (page.empty()) return false;
    person = page.back().person;
    id = page.back().id;
    FIT_CHECK(count_saves(page));
    return true;
  });
}

Result<void> TrendReader::read_favourites() {
  std::int64_t after = 0;
  return for_each_page(stop_, [&]() -> Result<bool> {
    std::vector<std::int64_t> users;
    const auto work = [&](SqlConnection& connection) -> Result<std::vector<Save>> {
      users.clear();
      FIT_CHECK(connection.query(
          "SELECT DISTINCT user_id FROM favourite_lists WHERE user_id > $1 ORDER BY user_id LIMIT $2",
          {after, sql::sql_limit(kUsersPage)},
          [&users](const SqlRow& row) { users.push_back(row.integer(0)); }));
      std::vector<Save> saves;
      const auto visit = [&](const SqlRow& row) {
        if (row.text(1) != sources_.tenant || row.integer(3) <= earliest()) return;
        saves.push_back({.id = 0,
                         .item = {row.integer(2)},
                         .person = fit::format("user:{}", row.integer(0)),
                         .at = sql::time_at(row, 3)});
      };
      FIT_CHECK(sql::query_among(connection,
                                 "SELECT l.user_id, l.tenant, f.item_id, f.added_at FROM favourite_lists l "
                                 "JOIN favourites f ON f.list_id = l.id WHERE l.user_id",
                                 users, visit));
      return saves;
    };
    FIT_TRY(auto saves, sources_.accounts.read(work));
    if (users.empty()) return false;
    after = users.back();
    std::ranges::sort(saves, {}, &Save::person);
    for (std::size_t begin = 0; begin < saves.size(); begin += kPage) {
      FIT_CHECK(count_saves(std::span(saves).subspan(begin, std::min(kPage, saves.size() - begin))));
    }
    return true;
  });
}

Result<void> TrendReader::count_saves(std::span<const Save> saves) {
  std::vector<std::int64_t> ids;
  for (const Save& save : saves) ids.push_back(save.item.value);
  std::ranges::sort(ids);
  const auto repeated = std::ranges::unique(ids);
  ids.erase(repeated.begin(), repeated.end());
  const auto work = [&](SqlConnection& connection) -> Result<std::vector<CountedItem>> {
    std::vector<CountedItem> items;
    FIT_CHECK(sql::query_among(connection, fit::format("SELECT {} FROM items WHERE id", kItemColumns), ids,
                               [&](const SqlRow& row) {
                                 if (is_counted(row)) items.push_back(item_of_row(row));
                               }));
    FIT_CHECK(add_clusters(connection, items));
    return items;
  };
  FIT_TRY(const auto items, sources_.database.read(work));
  std::unordered_map<ItemId, const CountedItem*> by_id;
  for (const CountedItem& item : items) by_id.emplace(item.id, &item);
  for (const Save& save : saves) {
    const auto found = by_id.find(save.item);
    if (found == by_id.end()) continue;
    saves_.add_event(save.at);
    for (const ValueOfItem& value : found->second->values) {
      saves_.add_of(save.person, value.kind, value.key, value.shown, save.at);
    }
  }
  return {};
}

CountedItem TrendReader::item_of_row(const SqlRow& row) const {
  CountedItem item{.id = {row.integer(0)}, .listed_at = sql::time_at(row, 1), .values = {}};
  int column = 3;
  for (const PropertyOfTrends& one : kPropertiesOfTrends) {
    const std::string_view given = row.text(column++);
    if (given.empty()) continue;
    const auto canonical = sources_.ontology.canonical(one.property, given);
    const std::string value = canonical ? std::string(*canonical) : text::fold(given);
    item.values.push_back({.kind = one.kind, .key = value, .shown = value});
  }
  const std::string_view brand = trim(row.text(column++));
  item.values.push_back({.kind = TrendKind::kBrand, .key = text::fold(brand), .shown = std::string(brand)});
  if (!row.is_null(column)) {
    const std::string band = price_band(row.real(column), row.text(column + 1));
    item.values.push_back({.kind = TrendKind::kPriceBand, .key = band, .shown = band});
  }
  return item;
}

// The newest come first, so that their values are among those that are told apart.
Result<void> TrendReader::read_items() {
  const std::string statement =
      fit::format("SELECT {} FROM items WHERE id < $1 ORDER BY id DESC LIMIT $2", kItemColumns);
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
  return for_each_page(stop_, [&]() -> Result<bool> {
    std::int64_t last = 0;
    const auto work = [&](SqlConnection& connection) -> Result<std::vector<CountedItem>> {
      std::vector<CountedItem> items;
      last = before;
      FIT_CHECK(connection.query(statement, {before, sql::sql_limit(kPage)}, [&](const SqlRow& row) {
        last = row.integer(0);
        if (row.integer(1) > earliest() && is_counted(row)) items.push_back(item_of_row(row));
      }));
      FIT_CHECK(add_clusters(connection, items));
      return items;
    };
    FIT_TRY(const auto items, sources_.database.read(work));
    for (const CountedItem& item : items) count_listing(item);
    return std::exchange(before, last) != last;
  });
}

void TrendReader::count_listing(const CountedItem& item) {
  listings_.add_event(item.listed_at);
  for (const ValueOfItem& value : item.values) {
    if (value.is_rare) {
      listings_.add_rare(value.kind, item.listed_at);
    } else {
      listings_.add(value.kind, value.key, value.shown, item.listed_at);
    }
  }
}

Result<void> TrendReader::read_searches() {
  std::int64_t user = 0;
  std::int64_t id = 0;
  return for_each_page(stop_, [&]() -> Result<bool> {
    const auto work = [&](SqlConnection& connection) -> Result<std::vector<Search>> {
      std::vector<Search> page;
      FIT_CHECK(connection.query(
          "SELECT id, user_id, at, query FROM search_history WHERE (user_id, id) > ($1, $2) AND tenant = $3 "
          "AND at > $4 ORDER BY user_id, id LIMIT $5",
          {user, id, std::string_view(sources_.tenant), earliest(), sql::sql_limit(kPage)},
          [&page](const SqlRow& row) {
            page.push_back({.id = row.integer(0),
                            .user = row.integer(1),
                            .at = sql::time_at(row, 2),
                            .query = std::string(row.text(3))});
          }));
      return page;
    };
    FIT_TRY(const auto page, sources_.accounts.read(work));
    if (page.empty()) return false;
    user = page.back().user;
    id = page.back().id;
    for (const Search& search : page) count_search(search);
    return true;
  });
}

void TrendReader::count_search(const Search& search) {
  searches_.add_event(search.at);
  const auto json = parse_json("query", search.query);
  if (!json || !json->is_object()) return;
  const auto text = json->find("text");
  if (text == json->end() || !text->is_string()) return;
  const auto& words = text->get_ref<const std::string&>();
  const std::string person = fit::format("user:{}", search.user);
  for (const ontology::Mention& mention : ontology::find_mentions(sources_.ontology, words, {})) {
    if (mention.negated || mention.aside || mention.part || mention.implied) continue;
    for (const PropertyOfTrends& one : kPropertiesOfTrends) {
      if (one.property == mention.property) {
        searches_.add_of(person, one.kind, mention.value, mention.value, search.at);
      }
    }
    if (mention.property != domain::kSubcategory) continue;
    const auto category = sources_.ontology.category_of(mention.value);
    if (category) searches_.add_of(person, TrendKind::kCategory, *category, *category, search.at);
  }
}

}  // namespace

std::string price_band(double price, std::string_view currency) {
  constexpr std::array kSteps = {2.0, 2.5, 2.0};  // 1, 2, 5, 10
  constexpr double kHighest = 1e15;
  double low = 0;
  double high = 1;
  for (std::size_t step = 0; price >= high && high < kHighest; ++step) {
    low = high;
    high *= kSteps[step % kSteps.size()];
  }
  const std::string band = fit::format("{:.0f}-{:.0f}", low, high);
  return currency.empty() ? band : fit::format("{} {}", currency, band);
}

Result<std::vector<TrendReport>> compute_trends(const TrendSources& sources, Timestamp time,
                                                const std::stop_token& stop) {
  TrendReader reader(sources, time, stop);
  FIT_CHECK(reader.read());
  std::vector<TrendReport> reports;
  for (std::size_t window = 0; window < kTrendWindows.size(); ++window) {
    if (stop.stop_requested()) return cancelled();
    reports.push_back(reader.report(window));
  }
  return reports;
}

}  // namespace fit::style

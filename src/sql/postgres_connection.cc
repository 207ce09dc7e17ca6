#include "sql/postgres_connection.h"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <list>
#include <unordered_map>

#include "base/format.h"
#include "sql/postgres_address.h"
#include "sql/postgres_error.h"
#include "sql/postgres_values.h"
#include "store/postgres_dialect.h"

namespace fit::sql {
namespace {

constexpr int kOldestServer = 150000;
constexpr std::size_t kMostStatements = 300;  // that a session keeps prepared
constexpr std::size_t kCopyChunk = 1 << 16;
constexpr int kBinary = 1;
constexpr std::int64_t kWriterLock = 0x46695446;  // "FiTF": the key of the writers' advisory lock

// Of pg_type, where they are fixed.
enum TypeOid : Oid {
  kBool = 16,
  kInt8 = 20,
  kInt2 = 21,
  kInt4 = 23,
  kOid = 26,
  kFloat4 = 700,
  kFloat8 = 701,
  kLsn = 3220
};

struct CloseConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Connection = std::unique_ptr<PGconn, CloseConnection>;
using SearchResults = std::unique_ptr<PGresult, ClearResult>;

class Row final : public SqlRow {
 public:
  Row(const PGresult* result, int row) : result_(result), row_(row) {}

  bool is_null(int column) const override { return PQgetisnull(result_, row_, column) == 1; }

  std::int64_t integer(int column) const override {
    const std::string_view bytes = text(column);
    switch (PQftype(result_, column)) {
      case kInt8:
      case kLsn:
        return bytes.size() == 8 ? read_number<std::int64_t>(bytes.data()) : 0;
      case kInt4:
        return bytes.size() == 4 ? read_number<std::int32_t>(bytes.data()) : 0;
      case kOid:
        return bytes.size() == 4 ? read_number<std::uint32_t>(bytes.data()) : 0;
      case kInt2:
        return bytes.size() == 2 ? read_number<std::int16_t>(bytes.data()) : 0;
      case kBool:
        return bytes == std::string_view("\1", 1) ? 1 : 0;
      case kFloat4:
      case kFloat8:
        return static_cast<std::int64_t>(real(column));
      default:
        return 0;
    }
  }

  double real(int column) const override {
    const std::string_view bytes = text(column);
    switch (PQftype(result_, column)) {
      case kFloat8:
        return bytes.size() == 8 ? std::bit_cast<double>(read_number<std::uint64_t>(bytes.data())) : 0;
      case kFloat4:
        return bytes.size() == 4 ? std::bit_cast<float>(read_number<std::uint32_t>(bytes.data())) : 0;
      default:
        return static_cast<double>(integer(column));
    }
  }

  std::string_view text(int column) const override {
    return {PQgetvalue(result_, row_, column), static_cast<std::size_t>(PQgetlength(result_, row_, column))};
  }
  ByteView blob(int column) const override { return as_bytes(text(column)); }
  std::vector<float> vector(int column) const override { return read_vector_value(text(column)); }

 private:
  const PGresult* result_;
  int row_;
};

void visit_rows(const PGresult* result, const SqlConnection::Visitor& visit) {
  const int rows = PQntuples(result);
  for (int row = 0; row < rows; ++row) visit(Row(result, row));
}

// The parameters of a statement as libpq takes them: numbers and texts as text, bytes and vectors in binary.
class Parameters {
 public:
  Result<void> set(std::span<const SqlValue> values) {
    for (const SqlValue& value : values) FIT_CHECK(std::visit([this](auto v) { return add(v); }, value));
    return {};
  }

  int count() const { return static_cast<int>(values_.size()); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  Result<void> add(std::monostate) { return push(nullptr, 0, 0); }
  Result<void> add(std::int64_t number) { return keep(std::to_string(number), 0); }
  Result<void> add(double number) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return keep(std::string(digits.data(), end), 0);
  }
  Result<void> add(std::string_view text) { return keep(std::string(text), 0); }
  Result<void> add(ByteView bytes) {
    return push(bytes.empty() ? "" : reinterpret_cast<const char*>(bytes.data()), bytes.size(), kBinary);
  }
  Result<void> add(VectorView vector) {
    std::string bytes;
    if (!append_halfvec(bytes, vector)) return invalid("vector", "has a number beyond 65504");
    return keep(std::move(bytes), kBinary);
  }

  Result<void> keep(std::string text, int format) {
    kept_.push_back(std::move(text));
    return push(kept_.back().c_str(), kept_.back().size(), format);
  }

  Result<void> push(const char* value, std::size_t size, int format) {
    values_.push_back(value);
    lengths_.push_back(static_cast<int>(size));
    formats_.push_back(format);
    return {};
  }

  std::list<std::string> kept_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

// One field of COPY's binary format.
struct CopyField {
  std::string& bytes;

  bool operator()(std::monostate) const {
    append_number(bytes, std::int32_t{-1});
    return true;
  }
  bool operator()(std::int64_t number) const {
    append_number(bytes, std::int32_t{8});
    append_number(bytes, number);
    return true;
  }
  bool operator()(double number) const { return (*this)(std::bit_cast<std::int64_t>(number)); }
  bool operator()(std::string_view text) const {
    append_number(bytes, static_cast<std::int32_t>(text.size()));
    bytes += text;
    return true;
  }
  bool operator()(ByteView view) const { return (*this)(as_text(view)); }
  bool operator()(VectorView vector) const {
    append_number(bytes, static_cast<std::int32_t>(4 + vector.size() * 2));
    return append_halfvec(bytes, vector);
  }
};

class PostgresConnection final : public SqlConnection {
 public:
  PostgresConnection(Connection connection, const PostgresOptions& options)
      : connection_(std::move(connection)),
        statement_timeout_(std::to_string(options.statement_timeout.count())) {
    const std::string limit = fit::format("SET LOCAL statement_timeout = {};", statement_timeout_);
    begin_read_ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;" + limit;
    // A program that stands still in the middle of a write must not keep all others waiting.
    begin_write_ = fit::format(
        "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;{}SET LOCAL lock_timeout = {};"
        "SET LOCAL idle_in_transaction_session_timeout = '5min';"
        "SELECT pg_advisory_xact_lock({}), set_config('synchronous_commit', CASE "
        "current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE "
        "current_setting('synchronous_commit') "
        "END, true)",
        limit, options.lock_timeout.count(), kWriterLock);
  }

  const SqlDialect& dialect() const override { return store::postgres_dialect(); }

  Result<void> query(std::string_view sql, std::span<const SqlValue> values, const Visitor& visit) override {
    FIT_TRY(const SearchResults answer, run(sql, values));
    visit_rows(answer.get(), visit);
    return {};
  }

  Result<void> query_under(std::span<const SqlSetting> settings, std::string_view sql,
                           std::span<const SqlValue> values, const Visitor& visit) override;

  Result<std::int64_t> execute(std::string_view sql, std::span<const SqlValue> values) override {
    FIT_TRY(const SearchResults answer, run(sql, values));
    const std::string_view count = PQcmdTuples(answer.get());
    std::int64_t rows = 0;
    std::from_chars(count.data(), count.data() + count.size(), rows);
    return rows;
  }

  Result<void> copy_rows(std::string_view table, std::string_view columns,
                         std::span<const SqlValue> values) override;

  Result<void> run_script(const std::string& sql) override { return script(sql.c_str(), "script"); }

  Result<void> begin_read() override { return script(begin_read_.c_str(), "begin"); }
  Result<void> begin_write() override {
    auto begun = script(begin_write_.c_str(), "begin");
    if (!begun) rollback();
    return begun;
  }
  Result<void> commit() override;
  void rollback() noexcept override {
    if (PQtransactionStatus(connection_.get()) == PQTRANS_IDLE || is_broken()) return;
    const SearchResults answer(PQexec(connection_.get(), "ROLLBACK"));
  }

  bool is_broken() const override {
    return PQstatus(connection_.get()) != CONNECTION_OK ||
           PQpipelineStatus(connection_.get()) != PQ_PIPELINE_OFF;
  }

  bool is_standby() const override {
    const char* const standby = PQparameterStatus(connection_.get(), "in_hot_standby");
    return standby != nullptr && std::string_view(standby) == "on";
  }

  using SqlConnection::execute;
  using SqlConnection::query;

  Result<void> check_server() const;

 private:
  struct Prepared {
    std::string text;
    std::string name;
  };
  using Statements = std::list<Prepared>;  // the last used first

  struct Step {
    std::string_view sql;
    std::span<const SqlValue> values;
  };

  Result<SearchResults> run(std::string_view sql, std::span<const SqlValue> values);
  Result<SearchResults> run_last(std::span<const Step> steps);
  Result<std::string> prepare(std::string_view sql);
  Result<void> script(const char* sql, std::string_view what);
  Result<void> send_copy(std::span<const SqlValue> values, std::size_t width);
  Error error(const PGresult* result, std::string_view what);
  void forget(std::string_view sql);

  Connection connection_;
  std::string statement_timeout_;  // milliseconds
  std::string begin_read_;
  std::string begin_write_;
  Statements statements_;
  std::unordered_map<std::string_view, Statements::iterator> by_text_;  // keys lie in statements_
  std::uint64_t statement_count_ = 0;
};

Error PostgresConnection::error(const PGresult* result, std::string_view what) {
  const char* const state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  std::string message = result == nullptr ? "" : PQresultErrorMessage(result);
  if (message.empty()) message = PQerrorMessage(connection_.get());
  while (message.ends_with('\n')) message.pop_back();
  return postgres_error(state == nullptr ? "" : state, message + " in: " + std::string(what.substr(0, 500)));
}

void PostgresConnection::forget(std::string_view sql) {
  const auto known = by_text_.find(sql);
  if (known == by_text_.end()) return;
  const auto place = known->second;
  by_text_.erase(known);
  statements_.erase(place);
}

Result<std::string> PostgresConnection::prepare(std::string_view sql) {
  if (const auto known = by_text_.find(sql); known != by_text_.end()) {
    statements_.splice(statements_.begin(), statements_, known->second);
    return known->second->name;
  }
  if (statements_.size() >= kMostStatements) {
    const std::string text = statements_.back().text;
    const SearchResults closed(PQclosePrepared(connection_.get(), statements_.back().name.c_str()));
    forget(text);
  }
  Prepared prepared{.text = std::string(sql), .name = fit::format("fit_{}", ++statement_count_)};
  const SearchResults answer(
      PQprepare(connection_.get(), prepared.name.c_str(), prepared.text.c_str(), 0, nullptr));
  if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) return error(answer.get(), sql);
  statements_.push_front(std::move(prepared));
  by_text_.emplace(statements_.front().text, statements_.begin());
  return statements_.front().name;
}

Result<SearchResults> PostgresConnection::run(std::string_view sql, std::span<const SqlValue> values) {
  Parameters parameters;
  FIT_CHECK(parameters.set(values));
  FIT_TRY(const std::string name, prepare(sql));
  SearchResults answer(PQexecPrepared(connection_.get(), name.c_str(), parameters.count(),
                                      parameters.values(), parameters.lengths(), parameters.formats(),
                                      kBinary));
  const auto status = PQresultStatus(answer.get());
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return answer;
  // After a change of the schema, or of PgBouncer's server, the statement is prepared anew next time.
  Error failed = error(answer.get(), sql);
  forget(sql);
  return failed;
}

// The statements of a pipeline are one transaction, whose end takes the settings back.
Result<void> PostgresConnection::query_under(std::span<const SqlSetting> settings, std::string_view sql,
                                             std::span<const SqlValue> values, const Visitor& visit) {
  if (settings.empty()) return query(sql, values, visit);
  std::string set = "SELECT set_config('statement_timeout', $1, TRUE)";
  std::vector<SqlValue> names_and_values = {std::string_view(statement_timeout_)};
  for (const SqlSetting& setting : settings) {
    const std::size_t place = names_and_values.size();
    set += fit::format(", set_config(${}, ${}, TRUE)", place + 1, place + 2);
    names_and_values.insert(names_and_values.end(), {setting.name, std::string_view(setting.value)});
  }
  const std::array<Step, 2> steps = {{{set, names_and_values}, {sql, values}}};
  FIT_TRY(const SearchResults answer, run_last(steps));
  visit_rows(answer.get(), visit);
  return {};
}

// Sends all steps in one exchange and answers the last one's rows, or the first error. A session that is left
// in the middle of a pipeline is broken.
Result<SearchResults> PostgresConnection::run_last(std::span<const Step> steps) {
  std::vector<Parameters> parameters(steps.size());
  std::vector<std::string> names(steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    FIT_CHECK(parameters[i].set(steps[i].values));
    FIT_TRY(names[i], prepare(steps[i].sql));
  }
  PGconn* const connection = connection_.get();
  bool is_sent = PQenterPipelineMode(connection) == 1;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    is_sent = is_sent &&
              PQsendQueryPrepared(connection, names[i].c_str(), parameters[i].count(), parameters[i].values(),
                                  parameters[i].lengths(), parameters[i].formats(), kBinary) == 1;
  }
  is_sent = is_sent && PQpipelineSync(connection) == 1;
  if (!is_sent) return error(nullptr, steps.back().sql);
  SearchResults last;
  std::optional<Error> failed;
  while (PQstatus(connection) == CONNECTION_OK) {
    SearchResults answer(PQgetResult(connection));
    const auto status = PQresultStatus(answer.get());
    if (answer == nullptr) continue;  // between two answers
    if (status == PGRES_PIPELINE_SYNC) break;
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
      last = std::move(answer);
    } else if (!failed) {
      failed = error(answer.get(), steps.back().sql);
    }
  }
  PQexitPipelineMode(connection);
  if (!failed && last != nullptr) return last;
  for (const Step& step : steps) forget(step.sql);
  return failed ? *failed : error(nullptr, steps.back().sql);
}

// Statements of a script answer one after the other; the first that fails ends it.
Result<void> PostgresConnection::script(const char* sql, std::string_view what) {
  const SearchResults answer(PQexec(connection_.get(), sql));
  const auto status = PQresultStatus(answer.get());
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY) return {};
  return error(answer.get(), what);
}

Result<void> PostgresConnection::commit() {
  const SearchResults answer(PQexec(connection_.get(), "COMMIT"));
  if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) {
    Error failed = error(answer.get(), "COMMIT");
    if (is_broken()) {
      failed.message =
          "the connection to the database was lost during a change, which may have been stored; try again";
    }
    return failed;
  }
  // A transaction in which a statement failed is rolled back by COMMIT.
  if (std::string_view(PQcmdStatus(answer.get())) != "COMMIT") {
    return internal("the database did not store a change", PQcmdStatus(answer.get()));
  }
  return {};
}

Result<void> PostgresConnection::copy_rows(std::string_view table, std::string_view columns,
                                           std::span<const SqlValue> values) {
  if (values.empty()) return {};
  const std::string sql = fit::format("COPY {} ({}) FROM STDIN (FORMAT binary)", table, columns);
  const SearchResults begun(PQexec(connection_.get(), sql.c_str()));
  if (PQresultStatus(begun.get()) != PGRES_COPY_IN) return error(begun.get(), sql);
  const auto sent = send_copy(values, static_cast<std::size_t>(std::ranges::count(columns, ',')) + 1);
  PQputCopyEnd(connection_.get(), sent ? nullptr : "the values cannot be sent");
  std::optional<Error> failed;
  for (SearchResults answer(PQgetResult(connection_.get())); answer != nullptr;
       answer.reset(PQgetResult(connection_.get()))) {
    if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK && !failed) failed = error(answer.get(), sql);
    if (is_broken()) break;
  }
  FIT_CHECK(sent);
  if (failed) return *failed;
  return {};
}

Result<void> PostgresConnection::send_copy(std::span<const SqlValue> values, std::size_t width) {
  std::string bytes("PGCOPY\n\377\r\n\0", 11);
  append_number(bytes, std::int32_t{0});
  append_number(bytes, std::int32_t{0});
  const auto flush = [&](std::size_t at_least) -> Result<void> {
    if (bytes.size() < at_least) return {};
    if (PQputCopyData(connection_.get(), bytes.data(), static_cast<int>(bytes.size())) != 1) {
      return error(nullptr, "COPY");
    }
    bytes.clear();
    return {};
  };
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i % width == 0) {
      FIT_CHECK(flush(kCopyChunk));
      append_number(bytes, static_cast<std::int16_t>(width));
    }
    if (!std::visit(CopyField{bytes}, values[i])) return invalid("vector", "has a number beyond 65504");
  }
  append_number(bytes, std::int16_t{-1});
  return flush(0);
}

Result<void> PostgresConnection::check_server() const {
  const int version = PQserverVersion(connection_.get());
  if (version < kOldestServer) {
    return Error{ErrorCode::kInvalid,
                 fit::format("the server is PostgreSQL {}; 15 or newer is needed", version / 10000),
                 {},
                 {}};
  }
  const char* const encoding = PQparameterStatus(connection_.get(), "server_encoding");
  if (encoding != nullptr && std::string_view(encoding) != "UTF8") {
    return Error{ErrorCode::kInvalid,
                 fit::format("the database has the encoding {}; UTF8 is needed", encoding),
                 {},
                 {}};
  }
  return {};
}

// The URL's options, with ours where it says nothing.
struct ConnectOptions {
  std::vector<const char*> names;
  std::vector<const char*> values;

  void add(const char* name, const char* value) {
    names.push_back(name);
    values.push_back(value);
  }
};

// Finds a server that has gone within a minute. An option of the URL that stands before counts.
constexpr auto kDefaults = std::to_array<std::pair<const char*, const char*>>({
    {"application_name", "fit"},
    {"keepalives_idle", "20"},
    {"keepalives_interval", "10"},
    {"keepalives_count", "3"},
    {"tcp_user_timeout", "50000"},
});

Connection connect(const PostgresAddress& given, const PostgresOptions& options, bool with_settings) {
  ConnectOptions connect;
  const std::string timeout = std::to_string(options.connect_timeout.count());
  const std::string settings = fit::format("-c statement_timeout={}", options.statement_timeout.count());
  if (!given.contains("connect_timeout")) connect.add("connect_timeout", timeout.c_str());
  if (with_settings && options.statement_timeout.count() > 0 && !given.contains("options")) {
    connect.add("options", settings.c_str());
  }
  for (const auto& [name, value] : kDefaults) {
    if (!given.contains(name)) connect.add(name, value);
  }
  for (const auto& [name, value] : given) {
    if (name != "client_encoding") connect.add(name.c_str(), value.c_str());
  }
  connect.add("client_encoding", "UTF8");
  connect.add(nullptr, nullptr);
  return Connection(PQconnectdbParams(connect.names.data(), connect.values.data(), 0));
}

}  // namespace

Result<std::unique_ptr<SqlConnection>> open_postgres(const PostgresOptions& options) {
  FIT_TRY(const PostgresAddress address, postgres_address(options.url));
  Connection raw = connect(address, options, true);
  // PgBouncer takes no settings of sessions; each transaction has its own anyway.
  if (raw != nullptr &&
      std::string_view(PQerrorMessage(raw.get())).contains("unsupported startup parameter")) {
    raw = connect(address, options, false);
  }
  if (raw == nullptr) return Error{ErrorCode::kUnavailable, "out of memory; try again", {}, {}};
  if (PQstatus(raw.get()) != CONNECTION_OK) return postgres_connect_error(PQerrorMessage(raw.get()));
  PQsetNoticeProcessor(raw.get(), [](void*, const char*) {}, nullptr);
  auto connection = std::make_unique<PostgresConnection>(std::move(raw), options);
  FIT_CHECK(connection->check_server());
  return std::unique_ptr<SqlConnection>(std::move(connection));
}

}  // namespace fit::sql

#include "sql/test_postgres.h"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <fstream>
#include <map>
#include <stdexcept>
#include <thread>

#include "sql/postgres_connection.h"

namespace fit::sql::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kStartLimit{60};

// Returns the folder of the newest server's programs; empty where there is none.
fs::path programs() {
  int newest = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", error)) {
    const std::string name = entry.path().filename();
    int version = 0;
    std::from_chars(name.data(), name.data() + name.size(), version);
    if (version > newest && fs::exists(entry.path() / "bin/initdb")) newest = version;
  }
  if (newest == 0) return {};
  return fs::path("/usr/lib/postgresql") / std::to_string(newest) / "bin";
}

std::string program(const char* name) {
  return (programs() / name).string();
}

std::string run_sql(const std::string& url, const std::string& statement) {
  auto connection = sql::open_postgres({.url = url});
  if (!connection) throw std::runtime_error(connection.error().describe());
  std::string first;
  bool is_first = true;
  const auto done = (*connection)->query(statement, {}, [&](const sql::SqlRow& row) {
    if (is_first) first = row.text(0);
    is_first = false;
  });
  if (!done) throw std::runtime_error(done.error().describe());
  return first;
}

// Starts a program in the folder as the user that servers run as. Its output goes to the file "log" there.
pid_t spawn(const fs::path& folder, const std::vector<std::string>& command,
            const std::map<std::string, std::string>& environment = {}) {
  std::vector<std::string> words = {"setpriv"};
  if (getuid() == 0) {
    words.insert(words.end(), {"--reuid", "postgres", "--regid", "postgres", "--clear-groups"});
  }
  words.insert(words.end(), {"--pdeathsig", "QUIT", "--"});
  words.insert(words.end(), command.begin(), command.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const std::string log = folder / "log";
  const pid_t child = fork();
  if (child != 0) return child;
  const int file = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
  dup2(file, STDOUT_FILENO);
  dup2(file, STDERR_FILENO);
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  if (chdir(folder.c_str()) == 0) execvp(arguments[0], arguments.data());
  _exit(127);
}

// The server that the tests of this process use, and their databases on it.
class SharedServer {
 public:
  SharedServer() {
    std::ifstream file(FIT_POSTGRES_FILE);
    std::string url;
    if (std::getline(file, url) && sql::open_postgres({.url = url})) {
      url_ = url;
    } else {
      own_ = std::make_unique<PostgresCluster>();
      url_ = own_->url();
    }
  }

  ~SharedServer() {
    if (own_ != nullptr) return;
    for (const auto& [folder, name] : databases_) {
      try {
        run_sql(url_, "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
      } catch (const std::runtime_error&) {
        // The server has ended, and with it its databases.
        return;
      }
    }
  }

  std::string database_of(const fs::path& folder, const DatabaseTemplate* begins_with) {
    auto& name = databases_[folder.string()];
    if (name.empty()) {
      name = "t" + std::to_string(getpid()) + "_" + std::to_string(databases_.size());
      std::string statement = "CREATE DATABASE " + name;
      if (begins_with != nullptr) {
        ensure_template(*begins_with);
        statement += " TEMPLATE " + begins_with->name;
      }
      run_sql(url_, statement);
    }
    return url_of(name);
  }

 private:
  std::string url_of(const std::string& database) const {
    std::string url = url_;
    return url.replace(url.find("/postgres?"), std::string("/postgres").size(), "/" + database);
  }

  // Makes the template unless this or another process of the run has made it. It gets its name when it is
  // whole.
  void ensure_template(const DatabaseTemplate& wanted) {
    auto session = sql::open_postgres({.url = url_});
    if (!session) throw std::runtime_error(session.error().describe());
    // Held until the session ends.
    const auto locked = (*session)->query("SELECT pg_advisory_lock(hashtext('test templates'))", {},
                                          [](const sql::SqlRow&) {});
    if (!locked) throw std::runtime_error(locked.error().describe());
    if (run_sql(url_, "SELECT count(*)::TEXT FROM pg_database WHERE datname = '" + wanted.name + "'") == "1")
      return;
    const std::string unfinished = wanted.name + "_unfinished";
    run_sql(url_, "DROP DATABASE IF EXISTS " + unfinished + " WITH (FORCE)");
    run_sql(url_, "CREATE DATABASE " + unfinished);
    wanted.fill(url_of(unfinished));
    run_sql(url_, "ALTER DATABASE " + unfinished + " RENAME TO " + wanted.name);
  }

  std::unique_ptr<PostgresCluster> own_;
  std::string url_;
  std::map<std::string, std::string> databases_;
};

SharedServer& shared_server() {
  static SharedServer server;
  return server;
}

}  // namespace

void give_to_server(const fs::path& folder) {
  if (getuid() != 0) return;
  const passwd* const user = getpwnam("postgres");
  if (user == nullptr || chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0) {
    throw std::runtime_error("the folder cannot be given to the user postgres");
  }
}

bool PostgresCluster::is_available() {
  return !programs().empty();
}

PostgresCluster::PostgresCluster(Options options) : options_(std::move(options)) {
  if (!is_available()) throw std::runtime_error("there is no PostgreSQL server on this machine");
  give_to_server(folder());
  std::vector<std::string> command = {
      program("initdb"),  "-D",        folder() / "data",  "-A", "trust", "-U", "postgres", "-E", "UTF8",
      "--locale=C.UTF-8", "--no-sync", "--no-instructions"};
  if (!options_.log.empty()) command.insert(command.end(), {"-X", options_.log, "--wal-segsize=1"});
  run(command);
  start();
}

PostgresCluster::PostgresCluster(const PostgresCluster& primary, Options options)
    : options_(std::move(options)) {
  if (!is_available()) throw std::runtime_error("there is no PostgreSQL server on this machine");
  give_to_server(folder());
  run({program("pg_basebackup"), "-D", folder() / "data", "-d", primary.url(), "-R", "-c", "fast", "-X",
       "stream", "--no-sync"});
  start();
}

PostgresCluster::~PostgresCluster() {
  end(SIGQUIT);
}

std::string PostgresCluster::url(const std::string& database, const std::string& user) const {
  return "postgresql://" + user + "@/" + database + "?host=" + folder().string();
}

std::string PostgresCluster::sql(const std::string& statement, const std::string& database) const {
  return run_sql(url(database), statement);
}

void PostgresCluster::run(const std::vector<std::string>& command) const {
  int status = 0;
  waitpid(spawn(folder(), command), &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  std::ifstream log(folder() / "log");
  throw std::runtime_error(
      command[0] +
      " failed: " + std::string(std::istreambuf_iterator<char>(log), std::istreambuf_iterator<char>()));
}

void PostgresCluster::start() {
  std::vector<std::string> command = {program("postgres"), "-D", folder() / "data", "-k", folder().string()};
  std::vector<std::string> settings = {"listen_addresses=", "shared_buffers=32MB"};
  if (!options_.durable) settings.insert(settings.end(), {"fsync=off", "full_page_writes=off"});
  settings.insert(settings.end(), options_.settings.begin(), options_.settings.end());
  for (const std::string& setting : settings) command.insert(command.end(), {"-c", setting});
  server_ = spawn(folder(), command, options_.environment);
  const auto give_up = std::chrono::steady_clock::now() + kStartLimit;
  while (!sql::open_postgres({.url = url()})) {
    if (has_ended() || std::chrono::steady_clock::now() > give_up) {
      std::ifstream log(folder() / "log");
      throw std::runtime_error("PostgreSQL did not start: " + std::string(std::istreambuf_iterator<char>(log),
                                                                          std::istreambuf_iterator<char>()));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

bool PostgresCluster::has_ended() {
  if (server_ > 0 && waitpid(server_, nullptr, WNOHANG) == server_) server_ = -1;
  return server_ < 0;
}

void PostgresCluster::end(int signal) {
  if (server_ < 0) return;
  ::kill(server_, signal);
  waitpid(server_, nullptr, 0);
  server_ = -1;
}

void PostgresCluster::stop() {
  end(SIGINT);
}

void PostgresCluster::kill() {
  std::vector<pid_t> sessions;
  const std::string process = "/proc/" + std::to_string(server_);
  std::ifstream children(process + "/task/" + std::to_string(server_) + "/children");
  for (pid_t child = 0; children >> child;) sessions.push_back(child);
  end(SIGKILL);
  // PostgreSQL's processes would notice it only after a while.
  for (const pid_t session : sessions) ::kill(session, SIGKILL);
  for (const pid_t session : sessions) {
    while (::kill(session, 0) == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

PgBouncer::PgBouncer(const PostgresCluster& cluster) {
  give_to_server(folder_.path());
  std::ofstream(folder_.path() / "users") << "\"postgres\" \"\"\n";
  std::ofstream(folder_.path() / "settings")
      << "[databases]\n* = host=" << cluster.folder().string() << "\n[pgbouncer]\nlisten_addr =\n"
      << "unix_socket_dir = " << folder_.path().string()
      << "\nauth_type = trust\nauth_file = " << (folder_.path() / "users").string()
      << "\npool_mode = transaction\ndefault_pool_size = 3\n"
      << "max_prepared_statements = 50\nmax_client_conn = 200\n";
  process_ = spawn(folder_.path(), {"/usr/sbin/pgbouncer", (folder_.path() / "settings").string()});
  const auto give_up = std::chrono::steady_clock::now() + kStartLimit;
  while (!sql::open_postgres({.url = url("postgres")})) {
    if (std::chrono::steady_clock::now() > give_up) {
      std::ifstream log(folder_.path() / "log");
      throw std::runtime_error("PgBouncer did not start: " + std::string(std::istreambuf_iterator<char>(log),
                                                                         std::istreambuf_iterator<char>()));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

PgBouncer::~PgBouncer() {
  ::kill(process_, SIGQUIT);
  waitpid(process_, nullptr, 0);
}

bool PgBouncer::is_available() {
  return fs::exists("/usr/sbin/pgbouncer");
}

std::string PgBouncer::url(const std::string& database) const {
  return "postgresql://postgres@/" + database + "?port=6432&host=" + folder_.path().string();
}

std::string postgres_url(const TempDir& folder) {
  return shared_server().database_of(folder.path(), nullptr);
}

std::string postgres_url(const TempDir& folder, const DatabaseTemplate& begins_with) {
  return shared_server().database_of(folder.path(), &begins_with);
}

std::string sql(const std::string& url, const std::string& statement) {
  return run_sql(url, statement);
}

}  // namespace fit::sql::testing

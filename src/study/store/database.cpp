#include "study/store/database.h"

#include <filesystem>

#include "base/error.h"

namespace kerasan::study {
namespace {

constexpr int kPatience = 20000;  // ms to wait for other writers

[[noreturn]] void fail(sqlite3* handle) {
  const char* file = handle ? sqlite3_db_filename(handle, "main") : nullptr;
  throw InputError(std::string(file && *file ? file : "the project") + ": " +
                   (handle ? sqlite3_errmsg(handle) : "out of memory"));
}

}  // namespace

void Statement::check(int status) const {
  if (status != SQLITE_OK) fail(sqlite3_db_handle(statement_.get()));
}

Statement& Statement::bind(int place, std::string_view text) {
  // A view without data would bind NULL.
  check(sqlite3_bind_text64(statement_.get(), place, text.data() ? text.data() : "", text.size(),
                            SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Statement& Statement::lend(int place, std::string_view text) {
  check(sqlite3_bind_text64(statement_.get(), place, text.data() ? text.data() : "", text.size(),
                            SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind(int place, std::int64_t number) {
  check(sqlite3_bind_int64(statement_.get(), place, number));
  return *this;
}

Statement& Statement::bind_null(int place) {
  check(sqlite3_bind_null(statement_.get(), place));
  return *this;
}

bool Statement::step() {
  const int status = sqlite3_step(statement_.get());
  if (status == SQLITE_ROW) return true;
  if (status != SQLITE_DONE) fail(sqlite3_db_handle(statement_.get()));
  return false;
}

void Statement::run() {
  while (step()) {
  }
  reset();
}

Statement& Statement::reset() {
  sqlite3_reset(statement_.get());  // repeats the error that step() told
  return *this;
}

std::string_view Statement::view(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return text ? std::string_view(text, static_cast<std::size_t>(size)) : std::string_view();
}

std::string Statement::text(int column) const { return std::string(view(column)); }

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

bool Statement::null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

Database::Database(const std::string& path, Mode mode) : path_(path) {
  const bool exists = std::filesystem::exists(path);
  if (mode == Mode::open && !exists) throw InputError(path + ": no such project");
  if (mode == Mode::create && exists) throw InputError(path + ": exists already");
  sqlite3* handle = nullptr;
  const int flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (mode == Mode::create ? SQLITE_OPEN_CREATE : 0);
  const int status = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  handle_.reset(handle);
  if (status != SQLITE_OK) {
    throw InputError(path + ": " + (handle ? sqlite3_errmsg(handle) : "out of memory"));
  }
  wait_at_most(kPatience);
  execute("PRAGMA page_size=16384");  // only of a new file
  log_ahead();
  execute("PRAGMA synchronous=EXTRA");  // survives a power loss with either journal
  execute("PRAGMA cache_size=-32768");
}

Statement Database::prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  const int status = sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                        &statement, nullptr);
  if (status != SQLITE_OK) {
    throw InputError(path_ + ": " + sqlite3_errmsg(handle_.get()));
  }
  return Statement(statement);
}

void Database::execute(const std::string& sql) const {
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw InputError(path_ + ": " + sqlite3_errmsg(handle_.get()));
  }
}

void Database::log_ahead() const {
  // SQLite does not wait for others here. With either journal what is read and written is right:
  // where others are at work, whoever opens the file later changes it.
  if (sqlite3_exec(handle_.get(), "PRAGMA journal_mode=WAL", nullptr, nullptr, nullptr) !=
          SQLITE_OK &&
      sqlite3_errcode(handle_.get()) != SQLITE_BUSY) {
    throw InputError(path_ + ": " + sqlite3_errmsg(handle_.get()));
  }
}

void Database::wait_at_most(int milliseconds) const {
  sqlite3_busy_timeout(handle_.get(), milliseconds);
}

RollbackJournal::RollbackJournal(const Database& database) : database_(database) {
  database_.wait_at_most(0);
  Statement change = database_.prepare("PRAGMA journal_mode=TRUNCATE");
  try {
    change.run();
  } catch (const InputError&) {  // others have the file open: the log stays
  }
  database_.wait_at_most(kPatience);
}

RollbackJournal::~RollbackJournal() {
  try {
    database_.log_ahead();
  } catch (const InputError&) {  // whoever opens the file next meets the error again
  }
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_.execute("ROLLBACK");
  } catch (const InputError&) {  // the error that ends the transaction is already under way
  }
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

}  // namespace kerasan::study

// SQLite held by values: statements finalize, transactions roll back and connections close
// themselves.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace kerasan::study {

class Statement {
 public:
  Statement& bind(int place, std::string_view text);
  Statement& bind(int place, std::int64_t number);
  // Not copied: the text has to stay until the statement is reset.
  Statement& lend(int place, std::string_view text);
  Statement& bind_null(int place);
  // Binds all, from place 1.
  template <typename... Values>
  Statement& with(const Values&... values) {
    reset();
    int place = 0;
    (bind_one(++place, values), ...);
    return *this;
  }
  bool step();  // true: a row is there
  void run();   // to the end, then reset
  Statement& reset();
  std::string text(int column) const;
  std::string_view view(int column) const;  // valid until the next step
  std::int64_t integer(int column) const;
  bool null(int column) const;

 private:
  friend class Database;
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  void bind_one(int place, std::int64_t number) { bind(place, number); }
  void bind_one(int place, int number) { bind(place, std::int64_t{number}); }
  void bind_one(int place, std::string_view text) { bind(place, text); }
  void bind_one(int place, const std::string& text) { bind(place, std::string_view(text)); }
  void bind_one(int place, const char* text) { bind(place, std::string_view(text)); }
  void check(int status) const;

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  enum class Mode { open, create };
  // Throws InputError: no such file, no database, not to be written.
  Database(const std::string& path, Mode mode);

  Statement prepare(std::string_view sql) const;
  // How long to wait for others before an error.
  void wait_at_most(int milliseconds) const;
  void execute(const std::string& sql) const;
  // New pages go into a log, where no one else is at work with another journal just now.
  void log_ahead() const;
  std::int64_t last_row() const { return sqlite3_last_insert_rowid(handle_.get()); }
  // Rows changed since the file was opened.
  std::int64_t changes() const { return sqlite3_total_changes(handle_.get()); }
  const std::string& path() const { return path_; }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

// Takes the write lock at once, so that what it reads is what it changes.
class Transaction {
 public:
  explicit Transaction(const Database& database) : database_(database) {
    database_.execute("BEGIN IMMEDIATE");
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  // What is committed survives the end of the process and of the machine.
  void commit();

 private:
  const Database& database_;
  bool open_ = true;
};

// While it lives, and where nobody else has the file open, new pages go into the file at once and
// not through a log first: for a large transaction. What is committed survives all the same.
class RollbackJournal {
 public:
  explicit RollbackJournal(const Database& database);
  RollbackJournal(const RollbackJournal&) = delete;
  RollbackJournal& operator=(const RollbackJournal&) = delete;
  ~RollbackJournal();

 private:
  const Database& database_;
};

}  // namespace kerasan::study

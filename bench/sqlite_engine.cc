// SQLite through prepared statements, with a write-ahead log that is synced at every commit.

#include <sqlite3.h>

#include <cstdlib>
#include <fstream>
#include <iostream>

#include "bench/engine.h"

namespace daftar::bench {
namespace {

constexpr const char* kPrepare = R"sql(
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA cache_size = -131072;
  CREATE TABLE permit (
    no TEXT PRIMARY KEY, firm TEXT NOT NULL, zone TEXT NOT NULL, kind TEXT NOT NULL,
    state INTEGER NOT NULL, year INTEGER NOT NULL, serial INTEGER NOT NULL,
    validFrom INTEGER NOT NULL, validTo INTEGER NOT NULL, areaSquareMetres INTEGER NOT NULL,
    note TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX byZone ON permit (zone, validTo, firm);
  CREATE INDEX ofFirm ON permit (firm);
  CREATE INDEX byState ON permit (state, validTo);
  CREATE UNIQUE INDEX byIssue ON permit (year, serial);
)sql";
static_assert(kMemoryBytes == size_t{131072} * 1024);

// A prepared statement; its parameters are bound in order and its columns read in order.
class Statement {
 public:
  Statement(sqlite3* database, const char* sql) : database_(database) {
    Check(sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr));
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Lifetime: `text` until the statement is reset.
  Statement& Bind(std::string_view text) {
    Check(sqlite3_bind_text(statement_, ++bound_, text.data(), static_cast<int>(text.size()),
                            SQLITE_STATIC));
    return *this;
  }
  Statement& Bind(int64_t number) {
    Check(sqlite3_bind_int64(statement_, ++bound_, number));
    return *this;
  }
  // False at the end, after which the statement can be bound again.
  bool Step() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) Check(code);
    Check(sqlite3_reset(statement_));
    bound_ = 0;
    return false;
  }
  std::string_view Text(int column) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return {text, static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
  }
  int64_t Integer(int column) const { return sqlite3_column_int64(statement_, column); }

 private:
  void Check(int code) const {
    if (code == SQLITE_OK) return;
    std::cerr << "daftar_bench: SQLite: " << sqlite3_errmsg(database_) << "\n";
    std::exit(1);
  }

  sqlite3* const database_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

struct Closer {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};
using Handle = std::unique_ptr<sqlite3, Closer>;

void Execute(sqlite3* database, const char* sql) {
  if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return;
  std::cerr << "daftar_bench: SQLite: " << sqlite3_errmsg(database) << "\n";
  std::exit(1);
}

Handle Connect(const std::filesystem::path& file) {
  sqlite3* database = nullptr;
  const int code = sqlite3_open(file.c_str(), &database);
  Handle handle(database);
  if (code != SQLITE_OK) {
    std::cerr << "daftar_bench: SQLite: " << sqlite3_errstr(code) << "\n";
    std::exit(1);
  }
  return handle;
}

Handle OpenFile(const std::filesystem::path& file) {
  Handle handle = Connect(file);
  Execute(handle.get(), kPrepare);
  return handle;
}

constexpr const char* kInsert = "INSERT INTO permit VALUES (?,?,?,?,?,?,?,?,?,?,?)";

void InsertPermit(Statement& insert, const Permit& permit) {
  insert.Bind(permit.no).Bind(permit.firm).Bind(permit.zone).Bind(permit.kind);
  insert.Bind(int64_t{permit.state}).Bind(int64_t{permit.year}).Bind(int64_t{permit.serial});
  insert.Bind(int64_t{permit.valid_from}).Bind(int64_t{permit.valid_to});
  insert.Bind(permit.area_square_metres).Bind(permit.note).Step();
}

// A connection of its own, as a thread of an application has. It waits for the others' turn.
class SqliteWriter final : public Engine::Writer {
 public:
  explicit SqliteWriter(const std::filesystem::path& file) : database_(Connect(file)) {
    Execute(database_.get(),
            "PRAGMA synchronous = FULL; PRAGMA busy_timeout = 60000; PRAGMA cache_size = -8192");
  }
  void Insert(const Permit& permit) override { InsertPermit(insert_, permit); }

 private:
  Handle database_;
  Statement insert_{database_.get(), kInsert};
};

class SqliteEngine final : public Engine {
 public:
  explicit SqliteEngine(const std::filesystem::path& folder)
      : file_(folder / "permits.sqlite"), database_(OpenFile(file_)) {}

  std::string Settings() const override {
    return std::string("version ") + sqlite3_libversion() +
           ", cache 128 MiB, journal_mode=WAL, synchronous=FULL, WITHOUT ROWID";
  }

  void Load(const std::filesystem::path& csv) override {
    std::ifstream in(csv, std::ios::binary);
    std::string line;
    std::getline(in, line);  // the header
    Execute(database_.get(), "BEGIN");
    while (std::getline(in, line)) Insert(ParseCsvLine(line));
    Execute(database_.get(), "COMMIT");
  }

  void Insert(const Permit& permit) override { InsertPermit(insert_, permit); }

  std::unique_ptr<Writer> NewWriter() override { return std::make_unique<SqliteWriter>(file_); }

  uint64_t Count() override {
    Statement count(database_.get(), "SELECT count(*) FROM permit");
    count.Step();
    return static_cast<uint64_t>(count.Integer(0));
  }

  void Get(std::string_view no, Digest* digest) override { AddRows(get_.Bind(no), digest); }

  void Range(const RangeQuestion& question, Digest* digest) override {
    range_.Bind(question.zone).Bind(int64_t{question.from}).Bind(int64_t{question.to});
    AddRows(range_, digest);
  }

  void CoveredRange(const RangeQuestion& question, Digest* digest) override {
    covered_.Bind(question.zone).Bind(int64_t{question.from}).Bind(int64_t{question.to});
    while (covered_.Step()) {
      digest->Add(covered_.Integer(0));
      digest->Add(covered_.Text(1));
      digest->EndRow();
    }
  }

  void Scan(const ScanQuestion& question, Digest* digest) override {
    scan_.Bind(question.kind).Bind(question.area_min);
    while (scan_.Step()) {
      digest->Add(scan_.Text(0));
      digest->Add(scan_.Integer(1));
      digest->EndRow();
    }
  }

 private:
  static void AddRows(Statement& statement, Digest* digest) {
    while (statement.Step()) {
      digest->Add(statement.Text(0));
      digest->Add(statement.Text(1));
      for (const int column : {2, 3, 4}) digest->Add(statement.Integer(column));
      digest->EndRow();
    }
  }

  const std::filesystem::path file_;
  Handle database_;
  Statement insert_{database_.get(), kInsert};
  Statement get_{database_.get(),
                 "SELECT no, firm, state, validTo, areaSquareMetres FROM permit WHERE no = ?"};
  Statement range_{database_.get(),
                   "SELECT no, firm, state, validTo, areaSquareMetres FROM permit "
                   "WHERE zone = ? AND validTo >= ? AND validTo < ? ORDER BY validTo"};
  Statement covered_{database_.get(),
                     "SELECT validTo, firm FROM permit "
                     "WHERE zone = ? AND validTo >= ? AND validTo < ? ORDER BY validTo"};
  Statement scan_{database_.get(),
                  "SELECT no, areaSquareMetres FROM permit "
                  "WHERE kind = ? AND areaSquareMetres >= ?"};
};

}  // namespace

std::unique_ptr<Engine> NewSqlite(const std::filesystem::path& folder) {
  return std::make_unique<SqliteEngine>(folder);
}

}  // namespace daftar::bench

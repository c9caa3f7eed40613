// SQLite through prepared statements, with a write-ahead log that is synced at every commit.

#include <fstream>
#include <memory>
#include <string>

#include "bench/engine.h"
#include "bench/sqlite.h"

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

SqliteHandle OpenFile(const std::filesystem::path& file) {
  SqliteHandle handle = OpenSqlite(file);
  Execute(handle.get(), kPrepare);
  return handle;
}

constexpr const char* kInsert = "INSERT INTO permit VALUES (?,?,?,?,?,?,?,?,?,?,?)";

void InsertPermit(SqliteStatement& insert, const Permit& permit) {
  insert.Bind(permit.no).Bind(permit.firm).Bind(permit.zone).Bind(permit.kind);
  insert.Bind(int64_t{permit.state}).Bind(int64_t{permit.year}).Bind(int64_t{permit.serial});
  insert.Bind(int64_t{permit.valid_from}).Bind(int64_t{permit.valid_to});
  insert.Bind(permit.area_square_metres).Bind(permit.note).Step();
}

// A connection of its own, as a thread of an application has. It waits for the others' turn.
class SqliteWriter final : public Engine::Writer {
 public:
  explicit SqliteWriter(const std::filesystem::path& file) : database_(OpenSqlite(file)) {
    Execute(database_.get(),
            "PRAGMA synchronous = FULL; PRAGMA busy_timeout = 60000; PRAGMA cache_size = -8192");
  }
  void Insert(const Permit& permit) override { InsertPermit(insert_, permit); }

 private:
  SqliteHandle database_;
  SqliteStatement insert_{database_.get(), kInsert};
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
    SqliteStatement count(database_.get(), "SELECT count(*) FROM permit");
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
  static void AddRows(SqliteStatement& statement, Digest* digest) {
    while (statement.Step()) {
      digest->Add(statement.Text(0));
      digest->Add(statement.Text(1));
      for (const int column : {2, 3, 4}) digest->Add(statement.Integer(column));
      digest->EndRow();
    }
  }

  const std::filesystem::path file_;
  SqliteHandle database_;
  SqliteStatement insert_{database_.get(), kInsert};
  SqliteStatement get_{
      database_.get(),
      "SELECT no, firm, state, validTo, areaSquareMetres FROM permit WHERE no = ?"};
  SqliteStatement range_{database_.get(),
                         "SELECT no, firm, state, validTo, areaSquareMetres FROM permit "
                         "WHERE zone = ? AND validTo >= ? AND validTo < ? ORDER BY validTo"};
  SqliteStatement covered_{database_.get(),
                           "SELECT validTo, firm FROM permit "
                           "WHERE zone = ? AND validTo >= ? AND validTo < ? ORDER BY validTo"};
  SqliteStatement scan_{database_.get(),
                        "SELECT no, areaSquareMetres FROM permit "
                        "WHERE kind = ? AND areaSquareMetres >= ?"};
};

}  // namespace

std::unique_ptr<Engine> NewSqlite(const std::filesystem::path& folder) {
  return std::make_unique<SqliteEngine>(folder);
}

}  // namespace daftar::bench

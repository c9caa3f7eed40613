// SQLite: loaded by its fastest way, then used through prepared statements with a write-ahead log.

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "bench/peers/peer.h"
#include "bench/sqlite.h"
#include "bench/stopwatch.h"
#include "bench/workspace.h"

namespace daftar::bench {
namespace {

// Of a file that is thrown away when anything fails: no journal, and one sync at the end. Rules are
// not looked at: the rows are known to keep them.
constexpr const char* kForLoading = R"sql(
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = OFF;
  PRAGMA synchronous = OFF;
  PRAGMA temp_store = MEMORY;
  PRAGMA threads = 2;
  PRAGMA foreign_keys = OFF;
  PRAGMA ignore_check_constraints = ON;
)sql";

constexpr const char* kTables = R"sql(
  CREATE TABLE zone (id TEXT PRIMARY KEY, name TEXT NOT NULL, country TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE firm (id TEXT PRIMARY KEY, name TEXT NOT NULL, province TEXT NOT NULL,
                     capital INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE permit (
    no TEXT PRIMARY KEY, firm TEXT NOT NULL REFERENCES firm, zone TEXT NOT NULL REFERENCES zone,
    kind TEXT NOT NULL, state INTEGER NOT NULL, year INTEGER NOT NULL, serial INTEGER NOT NULL,
    validFrom INTEGER NOT NULL, validTo INTEGER NOT NULL, areaSquareMetres INTEGER NOT NULL,
    note TEXT NOT NULL, CHECK (validFrom < validTo)) WITHOUT ROWID;
)sql";

constexpr const char* kIndexes = R"sql(
  CREATE INDEX byZone ON permit (zone, validTo, firm);
  CREATE INDEX ofFirm ON permit (firm);
  CREATE INDEX byState ON permit (state, validTo);
  CREATE UNIQUE INDEX byIssue ON permit (year, serial);
)sql";

constexpr const char* kForUse = R"sql(
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  PRAGMA mmap_size = 2147418112;
  PRAGMA temp_store = MEMORY;
)sql";

constexpr const char* kInsert = "INSERT INTO permit VALUES (?,?,?,?,?,?,?,?,?,?,?)";

void InsertPermit(SqliteStatement& insert, const Permit& permit) {
  insert.Bind(permit.no).Bind(permit.firm).Bind(permit.zone).Bind(permit.kind);
  insert.Bind(int64_t{permit.state}).Bind(int64_t{permit.year}).Bind(int64_t{permit.serial});
  insert.Bind(int64_t{permit.valid_from}).Bind(int64_t{permit.valid_to});
  insert.Bind(permit.area_square_metres).Bind(permit.note).Step();
}

// One connection for all that write, whose turns a mutex orders. Connections of their own would
// sleep while they wait for each other, and read pages anew that another one has written.
class Pen {
 public:
  Pen(const std::filesystem::path& file, size_t cache_bytes) : database_(OpenSqlite(file)) {
    SetSqliteCache(database_.get(), cache_bytes);
    Execute(database_.get(), "PRAGMA foreign_keys = ON");
  }
  void Set(Safety safety) {
    Execute(database_.get(), safety == Safety::kSynced ? "PRAGMA synchronous = FULL"
                                                       : "PRAGMA synchronous = NORMAL");
  }
  void Insert(const Permit& permit) {
    const std::lock_guard lock(mutex_);
    InsertPermit(insert_, permit);
  }

 private:
  std::mutex mutex_;
  SqliteHandle database_;
  SqliteStatement insert_{database_.get(), kInsert};
};

class SqliteWriter final : public Writer {
 public:
  explicit SqliteWriter(Pen* pen) : pen_(*pen) {}
  void Insert(const Permit& permit) override { pen_.Insert(permit); }

 private:
  Pen& pen_;
};

// What is asked of an open file.
struct Statements {
  explicit Statements(sqlite3* database)
      : count(database, "SELECT count(*) FROM permit"),
        get(database, "SELECT no, firm, state, validTo, areaSquareMetres FROM permit WHERE no = ?"),
        range(database,
              "SELECT no, firm, state, validTo, areaSquareMetres FROM permit "
              "WHERE zone = ? AND validTo >= ? AND validTo < ? ORDER BY validTo"),
        covered(database,
                "SELECT validTo, firm FROM permit "
                "WHERE zone = ? AND validTo >= ? AND validTo < ? ORDER BY validTo"),
        scan(database,
             "SELECT no, areaSquareMetres FROM permit WHERE kind = ? AND areaSquareMetres >= ?"),
        kept_groups(database,
                    "SELECT zone, state, count(*), sum(areaSquareMetres) FROM permit "
                    "GROUP BY +zone, +state"),
        groups(database, "SELECT kind, count(*), sum(areaSquareMetres) FROM permit GROUP BY kind"),
        join(database,
             "SELECT p.no, f.name, z.name FROM permit p JOIN firm f ON f.id = p.firm "
             "JOIN zone z ON z.id = p.zone WHERE p.zone = ? AND p.validTo >= ? AND p.validTo < ?") {
  }
  SqliteStatement count;
  SqliteStatement get;
  SqliteStatement range;
  SqliteStatement covered;
  SqliteStatement scan;
  SqliteStatement kept_groups;
  SqliteStatement groups;
  SqliteStatement join;
};

class SqlitePeer final : public Peer {
 public:
  SqlitePeer(const std::filesystem::path& folder, size_t cache_bytes)
      : folder_(folder), file_(folder / "registry.sqlite"), cache_bytes_(cache_bytes) {}

  std::string_view name() const override { return "SQLite"; }
  std::string Settings() const override {
    return absl::StrCat("version ", sqlite3_libversion(), ", cache ", cache_bytes_ >> 20,
                        " MiB, mmap, WAL, WITHOUT ROWID; loaded without journal and rules, "
                        "indexes last");
  }

  double Load(const Dataset& dataset) override;

  void Open() override {
    database_ = OpenSqlite(file_);
    SetSqliteCache(database_.get(), cache_bytes_);
    Execute(database_.get(), kForUse);
    statements_.emplace(database_.get());
  }
  void Close() override {
    pen_.reset();
    statements_.reset();
    database_.reset();
  }

  std::unique_ptr<Writer> NewWriter(Safety safety) override {
    if (pen_ == nullptr) pen_ = std::make_unique<Pen>(file_, cache_bytes_);
    pen_->Set(safety);
    return std::make_unique<SqliteWriter>(pen_.get());
  }
  uint64_t Count() override {
    statements_->count.Step();
    const auto count = static_cast<uint64_t>(statements_->count.Integer(0));
    statements_->count.Step();
    return count;
  }

  bool Get(std::string_view no, Digest* digest) override {
    return AddRows(&statements_->get.Bind(no), digest);
  }
  bool Range(const RangeQuestion& question, Digest* digest) override {
    return AddRows(&Bind(&statements_->range, question), digest);
  }
  bool CoveredRange(const RangeQuestion& question, Digest* digest) override {
    return AddRows(&Bind(&statements_->covered, question), digest);
  }
  bool Scan(const ScanQuestion& question, Digest* digest) override {
    return AddRows(&statements_->scan.Bind(question.kind).Bind(question.area_min), digest);
  }
  bool KeptGroups(Digest* digest) override {
    SqliteStatement& groups = statements_->kept_groups;
    while (groups.Step()) {
      digest->Add(groups.Text(0));
      digest->Add(kStates[static_cast<size_t>(groups.Integer(1))]);
      digest->Add(groups.Integer(2));
      digest->Add(groups.Integer(3));
      digest->EndRow();
    }
    return true;
  }
  bool Groups(Digest* digest) override { return AddRows(&statements_->groups, digest); }
  bool Join(const RangeQuestion& question, Digest* digest) override {
    return AddRows(&Bind(&statements_->join, question), digest);
  }

 private:
  static SqliteStatement& Bind(SqliteStatement* statement, const RangeQuestion& question) {
    return statement->Bind(question.zone).Bind(int64_t{question.from}).Bind(int64_t{question.to});
  }
  // Rows of text and integers.
  static bool AddRows(SqliteStatement* statement, Digest* digest) {
    const int columns = statement->columns();
    while (statement->Step()) {
      for (int i = 0; i < columns; ++i) {
        if (statement->Type(i) == SQLITE_TEXT) {
          digest->Add(statement->Text(i));
        } else {
          digest->Add(statement->Integer(i));
        }
      }
      digest->EndRow();
    }
    return true;
  }

  const std::filesystem::path folder_;
  const std::filesystem::path file_;
  const size_t cache_bytes_;
  SqliteHandle database_;
  std::optional<Statements> statements_;
  std::unique_ptr<Pen> pen_;
};

// Lines of a file without its header.
template <typename F>
void ForEachLine(const std::filesystem::path& file, F&& visit) {
  std::ifstream in(file, std::ios::binary);
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) visit(line);
}

// Rows as text: columns that are integers take it for what it says.
void InsertCells(sqlite3* database, const std::filesystem::path& file, const char* insert_text) {
  SqliteStatement insert(database, insert_text);
  ForEachLine(file, [&](std::string_view line) {
    for (const std::string_view cell : absl::StrSplit(line, ',')) insert.Bind(cell);
    insert.Step();
  });
}

// To the disk.
void SyncPath(const std::filesystem::path& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0 || fsync(file) != 0) Fail("cannot sync " + path.string());
  close(file);
}

double SqlitePeer::Load(const Dataset& dataset) {
  std::filesystem::remove_all(folder_);
  std::filesystem::create_directories(folder_);
  const double seconds = SecondsOf([&] {
    database_ = OpenSqlite(file_);
    SetSqliteCache(database_.get(), cache_bytes_);
    Execute(database_.get(), kForLoading);
    Execute(database_.get(), kTables);
    Execute(database_.get(), "BEGIN");
    InsertCells(database_.get(), dataset.zones_csv(), "INSERT INTO zone VALUES (?,?,?)");
    InsertCells(database_.get(), dataset.firms_csv(), "INSERT INTO firm VALUES (?,?,?,?)");
    {
      SqliteStatement insert(database_.get(), kInsert);
      ForEachLine(dataset.permits_csv(),
                  [&](std::string_view line) { InsertPermit(insert, ParseCsvLine(line)); });
    }
    Execute(database_.get(), kIndexes);
    Execute(database_.get(), "COMMIT");
    database_.reset();
    SyncPath(file_);
    SyncPath(folder_);
  });
  database_ = OpenSqlite(file_);
  Execute(database_.get(), kForUse);
  Execute(database_.get(), "ANALYZE");
  database_.reset();
  return seconds;
}

}  // namespace

std::unique_ptr<Peer> NewSqlitePeer(const std::filesystem::path& folder, size_t cache_bytes) {
  return std::make_unique<SqlitePeer>(folder, cache_bytes);
}

}  // namespace daftar::bench

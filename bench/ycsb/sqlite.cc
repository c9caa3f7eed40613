#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/sqlite.h"
#include "bench/ycsb/store.h"

namespace daftar::bench::ycsb {
namespace {

// Rows of a thousand bytes are too long for a table WITHOUT ROWID.
constexpr const char* kPrepare = R"sql(
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA mmap_size = 2147418112;
  CREATE TABLE usertable (key TEXT PRIMARY KEY, f0 TEXT NOT NULL, f1 TEXT NOT NULL,
    f2 TEXT NOT NULL, f3 TEXT NOT NULL, f4 TEXT NOT NULL, f5 TEXT NOT NULL, f6 TEXT NOT NULL,
    f7 TEXT NOT NULL, f8 TEXT NOT NULL, f9 TEXT NOT NULL);
)sql";
constexpr const char* kColumns = "f0, f1, f2, f3, f4, f5, f6, f7, f8, f9";

SqliteHandle OpenNew(const std::filesystem::path& file, size_t cache_bytes) {
  SqliteHandle database = OpenSqlite(file);
  SetSqliteCache(database.get(), cache_bytes);
  Execute(database.get(), kPrepare);
  return database;
}

class SqliteStore final : public Store {
 public:
  SqliteStore(const std::filesystem::path& file, size_t cache_bytes)
      : database_(OpenNew(file, cache_bytes)) {
    for (size_t i = 0; i < kFields; ++i) {
      updates_.push_back(std::make_unique<SqliteStatement>(
          database_.get(), absl::StrCat("UPDATE usertable SET f", i, " = ? WHERE key = ?")));
    }
  }

  std::string_view name() const override { return "SQLite"; }

  void Insert(const std::string& key, const Fields& fields) override {
    insert_.Bind(key);
    for (const std::string& field : fields) insert_.Bind(field);
    insert_.Step();
  }
  void Read(const std::string& key, Digest* digest) override {
    read_.Bind(key);
    AddRows(&read_, digest);
  }
  void Update(const std::string& key, size_t field, const std::string& value) override {
    updates_[field]->Bind(value).Bind(key).Step();
  }
  void Scan(const std::string& key, int records, Digest* digest) override {
    scan_.Bind(key).Bind(int64_t{records});
    AddRows(&scan_, digest);
  }

 private:
  static void AddRows(SqliteStatement* statement, Digest* digest) {
    while (statement->Step()) {
      for (size_t i = 0; i < kFields; ++i) AddField(statement->Text(static_cast<int>(i)), digest);
      digest->EndRow();
    }
  }

  SqliteHandle database_;
  SqliteStatement insert_{database_.get(), "INSERT INTO usertable VALUES (?,?,?,?,?,?,?,?,?,?,?)"};
  SqliteStatement read_{database_.get(),
                        absl::StrCat("SELECT ", kColumns, " FROM usertable WHERE key = ?")};
  SqliteStatement scan_{
      database_.get(),
      absl::StrCat("SELECT ", kColumns, " FROM usertable WHERE key >= ? ORDER BY key LIMIT ?")};
  std::vector<std::unique_ptr<SqliteStatement>> updates_;
};

}  // namespace

std::unique_ptr<Store> NewSqliteStore(const std::filesystem::path& folder, size_t cache_bytes) {
  return std::make_unique<SqliteStore>(folder / "ycsb.sqlite", cache_bytes);
}

}  // namespace daftar::bench::ycsb

// DuckDB: columns on both cores, for what analysts ask. It is loaded from the same files and is not
// asked for single records, which is not what it is for.

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/peers/duckdb_library.h"
#include "bench/peers/peer.h"
#include "bench/stopwatch.h"
#include "bench/workspace.h"

namespace daftar::bench {
namespace {

constexpr const char* kScan =
    "SELECT no, areaSquareMetres FROM permit WHERE kind = ? AND areaSquareMetres >= ?";
constexpr const char* kKeptGroups =
    "SELECT zone, state, count(*), CAST(sum(areaSquareMetres) AS BIGINT) FROM permit "
    "GROUP BY zone, state";
constexpr const char* kGroups =
    "SELECT kind, count(*), CAST(sum(areaSquareMetres) AS BIGINT) FROM permit GROUP BY kind";
constexpr const char* kJoin =
    "SELECT p.no, f.name, z.name FROM permit p JOIN firm f ON f.id = p.firm "
    "JOIN zone z ON z.id = p.zone WHERE p.zone = ? AND p.validTo >= ? AND p.validTo < ?";

std::string TableOf(const char* name, const std::filesystem::path& csv, const char* columns) {
  return absl::StrCat("CREATE TABLE ", name, " AS SELECT * FROM read_csv('", csv.string(),
                      "', header = true, delim = ',', quote = '', columns = {", columns, "})");
}

class DuckPeer final : public Peer {
 public:
  DuckPeer(std::filesystem::path folder, const std::filesystem::path& library)
      : folder_(std::move(folder)), duck_(library) {}
  ~DuckPeer() override { Close(); }

  std::string_view name() const override { return "DuckDB"; }
  std::string Settings() const override {
    return absl::StrCat("version ", duck_.library_version(),
                        ", its own settings: all cores, as much memory as it wants");
  }

  double Load(const Dataset& dataset) override {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    return SecondsOf([&] {
      Connect();
      Execute(TableOf("zone", dataset.zones_csv(),
                      "'id': 'VARCHAR', 'name': 'VARCHAR', 'country': 'VARCHAR'"));
      Execute(TableOf("firm", dataset.firms_csv(),
                      "'id': 'VARCHAR', 'name': 'VARCHAR', 'province': 'VARCHAR', "
                      "'capital': 'BIGINT'"));
      Execute(TableOf("permit", dataset.permits_csv(),
                      "'no': 'VARCHAR', 'firm': 'VARCHAR', 'zone': 'VARCHAR', 'kind': 'VARCHAR', "
                      "'state': 'VARCHAR', 'year': 'INTEGER', 'serial': 'INTEGER', "
                      "'validFrom': 'DATE', 'validTo': 'DATE', 'areaSquareMetres': 'BIGINT', "
                      "'note': 'VARCHAR'"));
      Execute("CHECKPOINT");
      Close();
    });
  }

  void Open() override {
    Connect();
    for (const char* sql : {kScan, kKeptGroups, kGroups, kJoin}) {
      DuckHandle statement = nullptr;
      if (duck_.prepare(connection_, sql, &statement) != kDuckSuccess) {
        Fail(absl::StrCat("DuckDB: ", duck_.prepare_error(statement)));
      }
      statements_.push_back(statement);
    }
  }
  void Close() override {
    for (DuckHandle& statement : statements_) duck_.destroy_prepare(&statement);
    statements_.clear();
    if (connection_ != nullptr) duck_.disconnect(&connection_);
    if (database_ != nullptr) duck_.close(&database_);
  }

  bool Scan(const ScanQuestion& question, Digest* digest) override {
    Bind(statements_[0], 1, question.kind);
    Check(duck_.bind_int64(statements_[0], 2, question.area_min));
    return AddRows(statements_[0], digest);
  }
  bool KeptGroups(Digest* digest) override { return AddRows(statements_[1], digest); }
  bool Groups(Digest* digest) override { return AddRows(statements_[2], digest); }
  bool Join(const RangeQuestion& question, Digest* digest) override {
    Bind(statements_[3], 1, question.zone);
    Bind(statements_[3], 2, DateText(question.from));
    Bind(statements_[3], 3, DateText(question.to));
    return AddRows(statements_[3], digest);
  }

 private:
  void Connect() {
    Check(duck_.open((folder_ / "registry.duckdb").c_str(), &database_));
    Check(duck_.connect(database_, &connection_));
  }
  static void Check(int code) {
    if (code != kDuckSuccess) Fail("DuckDB: a call failed");
  }
  void Bind(DuckHandle statement, uint64_t index, std::string_view text) {
    Check(duck_.bind_varchar_length(statement, index, text.data(), text.size()));
  }
  void Execute(const std::string& sql) {
    DuckResult result{};
    const int code = duck_.query(connection_, sql.c_str(), &result);
    if (code != kDuckSuccess) Fail(absl::StrCat("DuckDB: ", duck_.result_error(&result)));
    duck_.destroy_result(&result);
  }
  bool AddRows(DuckHandle statement, Digest* digest);

  const std::filesystem::path folder_;
  DuckLibrary duck_;
  DuckHandle database_ = nullptr;
  DuckHandle connection_ = nullptr;
  std::vector<DuckHandle> statements_;
};

std::string_view TextAt(const DuckText& text) {
  const char* begin = text.bytes;
  if (text.length > sizeof text.bytes) std::memcpy(&begin, text.bytes + 4, sizeof begin);
  return {begin, text.length};
}

// Rows of text and integers that are never null.
bool DuckPeer::AddRows(DuckHandle statement, Digest* digest) {
  DuckResult result{};
  if (duck_.execute_prepared(statement, &result) != kDuckSuccess) {
    Fail(absl::StrCat("DuckDB: ", duck_.result_error(&result)));
  }
  const uint64_t columns = duck_.column_count(&result);
  while (DuckHandle chunk = duck_.fetch_chunk(result)) {
    const uint64_t rows = duck_.data_chunk_get_size(chunk);
    std::vector<const void*> data;
    std::vector<bool> texts;
    for (uint64_t i = 0; i < columns; ++i) {
      data.push_back(duck_.vector_get_data(duck_.data_chunk_get_vector(chunk, i)));
      texts.push_back(duck_.column_type(&result, i) == kDuckVarchar);
    }
    for (uint64_t row = 0; row < rows; ++row) {
      for (uint64_t i = 0; i < columns; ++i) {
        if (texts[i]) {
          digest->Add(TextAt(static_cast<const DuckText*>(data[i])[row]));
        } else {
          digest->Add(static_cast<const int64_t*>(data[i])[row]);
        }
      }
      digest->EndRow();
    }
    duck_.destroy_data_chunk(&chunk);
  }
  duck_.destroy_result(&result);
  return true;
}

}  // namespace

std::unique_ptr<Peer> NewDuckPeer(const std::filesystem::path& folder,
                                  const std::filesystem::path& library) {
  return std::make_unique<DuckPeer>(folder, library);
}

}  // namespace daftar::bench

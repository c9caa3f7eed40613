// Daftar through its public interface: import, typed table, queries, totals, prepared SQL.

#include <capnp/message.h>

#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "bench/must.h"
#include "bench/peers/peer.h"
#include "bench/peers/permit_fields.h"
#include "bench/permit_record.h"
#include "bench/sql_rows.h"
#include "bench/stopwatch.h"
#include "daftar/database.h"
#include "daftar/sql.h"
#include "daftar/typed.h"

namespace daftar::bench {
namespace {

using Permits = Table<registry::Permit>;

class DaftarWriter final : public Writer {
 public:
  DaftarWriter(const Permits& permits, Safety safety) : permits_(permits) {
    options_.durability = safety == Safety::kSynced ? Durability::kSynced : Durability::kBuffered;
  }
  void Insert(const Permit& permit) override {
    capnp::MallocMessageBuilder message;
    auto record = message.initRoot<registry::Permit>();
    Fill<registry::State>(permit, record);
    Must(permits_.Put(record.asReader(), WriteIntent::kInsert, options_));
  }

 private:
  const Permits& permits_;
  CommitOptions options_;
};

class DaftarPeer final : public Peer {
 public:
  DaftarPeer(std::filesystem::path folder, size_t cache_bytes)
      : folder_(std::move(folder)), cache_bytes_(cache_bytes) {}

  std::string_view name() const override { return "Daftar"; }
  std::string Settings() const override {
    return absl::StrCat("memory ", cache_bytes_ >> 20,
                        " MiB, 4 indexes, 3 rules, an aggregate, journal and history");
  }

  double Load(const Dataset& dataset) override {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    const double seconds = SecondsOf([&] {
      auto database = Must(Database::Create(
          DaftarFiles(folder_), SchemaFile{DAFTAR_BENCH_REGISTRY_SCHEMA, {}}, Limits()));
      Must(database->Import("zone", dataset.zones_csv(), ImportOptions{}));
      Must(database->Import("firm", dataset.firms_csv(), ImportOptions{}));
      Must(database->Import("permit", dataset.permits_csv(), ImportOptions{}));
    });
    auto database = Must(Database::Open(DaftarFiles(folder_), Limits()));
    Must(database->Analyze());
    return seconds;
  }

  void Open() override {
    database_ = Must(Database::Open(DaftarFiles(folder_), Limits()));
    permits_.emplace(Must(Permits::Open(*database_)));
    page_.emplace(Must(database_->Prepare(From().Limit(50))));
    range_.emplace(Must(database_->Prepare(FromTo())));
    covered_.emplace(Must(database_->Prepare(FromTo().Select({"validTo", "firm"}))));
    scan_.emplace(Must(
        database_->Prepare(Query("permit")
                               .Where("kind", Operator::kEqual, Parameter{0})
                               .Where("areaSquareMetres", Operator::kGreaterOrEqual, Parameter{1})
                               .Select({"no", "areaSquareMetres"}))));
    sql_.emplace(Must(SqlConnection::Open(*database_)));
    groups_.emplace(Must(
        sql_->Prepare("SELECT kind, count(*), sum(areaSquareMetres) FROM permit GROUP BY kind")));
    join_.emplace(Must(sql_->Prepare(
        "SELECT p.no, f.name, z.name FROM permit p JOIN firm f ON f.id = p.firm"
        " JOIN zone z ON z.id = p.zone WHERE p.zone = ? AND p.validTo >= ? AND p.validTo < ?")));
  }

  void Close() override {
    join_.reset();
    groups_.reset();
    sql_.reset();
    scan_.reset();
    covered_.reset();
    range_.reset();
    page_.reset();
    permits_.reset();
    database_.reset();
  }

  std::unique_ptr<Writer> NewWriter(Safety safety) override {
    return std::make_unique<DaftarWriter>(*permits_, safety);
  }
  uint64_t Count() override { return Must(database_->Count(Query("permit"))).records; }

  bool Get(std::string_view no, Digest* digest) override {
    AddFields(Must(permits_->Get({no})).reader(), digest);
    return true;
  }
  bool Range(const RangeQuestion& question, Digest* digest) override {
    AddRecords(Must(range_->Run({question.zone, Date{question.from}, Date{question.to}})), digest);
    return true;
  }
  bool Page(const RangeQuestion& question, Digest* digest) override {
    AddRecords(Must(page_->Run({question.zone, Date{question.from}})), digest);
    return true;
  }
  bool CoveredRange(const RangeQuestion& question, Digest* digest) override {
    Cursor cursor = Must(covered_->Run({question.zone, Date{question.from}, Date{question.to}}));
    while (Must(cursor.Next())) {
      digest->Add(int64_t{cursor.values()[0].get_if<Date>()->days});
      digest->Add(*cursor.values()[1].get_if<std::string>());
      digest->EndRow();
    }
    return true;
  }
  bool Scan(const ScanQuestion& question, Digest* digest) override;
  bool KeptGroups(Digest* digest) override;
  bool Groups(Digest* digest) override {
    AddRows(&*groups_, digest);
    return true;
  }
  bool Join(const RangeQuestion& question, Digest* digest) override {
    Must(join_->Bind(1, question.zone));
    Must(join_->Bind(2, DateText(question.from)));
    Must(join_->Bind(3, DateText(question.to)));
    AddRows(&*join_, digest);
    return true;
  }

 private:
  OpenOptions Limits() const {
    OpenOptions options;
    options.memory_budget_bytes = cache_bytes_;
    return options;
  }
  // Of a zone from a day on.
  static Query From() {
    return Query("permit")
        .Where("zone", Operator::kEqual, Parameter{0})
        .Where("validTo", Operator::kGreaterOrEqual, Parameter{1})
        .OrderBy("validTo");
  }
  static Query FromTo() { return From().Where("validTo", Operator::kLess, Parameter{2}); }
  static void AddRecords(Cursor cursor, Digest* digest) {
    while (Must(cursor.Next())) {
      AddFields(TypedRecord<registry::Permit>(Must(cursor.record())).reader(), digest);
    }
  }
  const std::filesystem::path folder_;
  const size_t cache_bytes_;
  std::unique_ptr<Database> database_;
  std::optional<Permits> permits_;
  std::optional<PreparedQuery> page_;
  std::optional<PreparedQuery> range_;
  std::optional<PreparedQuery> covered_;
  std::optional<PreparedQuery> scan_;
  std::optional<SqlConnection> sql_;
  std::optional<SqlStatement> groups_;
  std::optional<SqlStatement> join_;
};

bool DaftarPeer::Scan(const ScanQuestion& question, Digest* digest) {
  Cursor cursor = Must(scan_->Run({question.kind, question.area_min}));
  while (Must(cursor.Next())) {
    digest->Add(*cursor.values()[0].get_if<std::string>());
    digest->Add(*cursor.values()[1].get_if<int64_t>());
    digest->EndRow();
  }
  return true;
}

bool DaftarPeer::KeptGroups(Digest* digest) {
  AggregateCursor cursor = Must(database_->Aggregate({"permit", "byZoneAndState", {}}));
  while (Must(cursor.Next())) {
    const Group& group = cursor.group();
    digest->Add(*group.by[0].get_if<std::string>());
    digest->Add(group.by[1].get_if<Enumerant>()->name);
    digest->Add(static_cast<int64_t>(group.count));
    digest->Add(static_cast<int64_t>(group.sums[0].unscaled));
    digest->EndRow();
  }
  return true;
}

}  // namespace

std::unique_ptr<Peer> NewDaftarPeer(const std::filesystem::path& folder, size_t cache_bytes) {
  return std::make_unique<DaftarPeer>(folder, cache_bytes);
}

}  // namespace daftar::bench

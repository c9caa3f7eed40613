// Daftar through its public interface: import, typed table, queries, totals, prepared SQL.

#include <capnp/message.h>

#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "bench/must.h"
#include "bench/peers/peer.h"
#include "bench/peers/permit_fields.h"
#include "bench/permit_record.h"
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
    AddRecords(From(question).Where("validTo", Operator::kLess, Date{question.to}), digest);
    return true;
  }
  bool Page(const RangeQuestion& question, Digest* digest) override {
    AddRecords(From(question).Limit(50), digest);
    return true;
  }
  bool CoveredRange(const RangeQuestion& question, Digest* digest) override {
    Cursor cursor = Must(database_->Run(From(question)
                                            .Where("validTo", Operator::kLess, Date{question.to})
                                            .Select({"validTo", "firm"})));
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
  static Query From(const RangeQuestion& question) {
    return Query("permit")
        .Where("zone", Operator::kEqual, question.zone)
        .Where("validTo", Operator::kGreaterOrEqual, Date{question.from})
        .OrderBy("validTo");
  }
  void AddRecords(const Query& query, Digest* digest) {
    Cursor cursor = Must(database_->Run(query));
    while (Must(cursor.Next())) {
      AddFields(TypedRecord<registry::Permit>(Must(cursor.record())).reader(), digest);
    }
  }
  // Rows of text and integers.
  static void AddRows(SqlStatement* statement, Digest* digest) {
    const size_t columns = statement->columns().size();
    while (Must(statement->Next())) {
      for (size_t i = 0; i < columns; ++i) {
        const Value value = statement->value(i);
        if (const auto* text = value.get_if<std::string>()) {
          digest->Add(*text);
        } else {
          digest->Add(*value.get_if<int64_t>());
        }
      }
      digest->EndRow();
    }
  }

  const std::filesystem::path folder_;
  const size_t cache_bytes_;
  std::unique_ptr<Database> database_;
  std::optional<Permits> permits_;
  std::optional<SqlConnection> sql_;
  std::optional<SqlStatement> groups_;
  std::optional<SqlStatement> join_;
};

bool DaftarPeer::Scan(const ScanQuestion& question, Digest* digest) {
  Cursor cursor = Must(
      database_->Run(Query("permit")
                         .Where("kind", Operator::kEqual, question.kind)
                         .Where("areaSquareMetres", Operator::kGreaterOrEqual, question.area_min)
                         .Select({"no", "areaSquareMetres"})));
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

// Daftar through its public interface: import, typed table, queries.

#include <capnp/message.h>

#include <memory>

#include "bench/engine.h"
#include "bench/must.h"
#include "bench/permit_record.h"
#include "daftar/database.h"
#include "daftar/typed.h"

namespace daftar::bench {
namespace {

std::string_view TextOf(capnp::Text::Reader text) { return {text.begin(), text.size()}; }

void AddFields(schema::Permit::Reader permit, Digest* digest) {
  digest->Add(TextOf(permit.getNo()));
  digest->Add(TextOf(permit.getFirm()));
  digest->Add(static_cast<int64_t>(permit.getState()));
  digest->Add(int64_t{permit.getValidTo()});
  digest->Add(permit.getAreaSquareMetres());
  digest->EndRow();
}

OpenOptions Options() {
  OpenOptions options;
  options.memory_budget_bytes = kMemoryBytes;
  return options;
}

class DaftarEngine final : public Engine {
 public:
  explicit DaftarEngine(const std::filesystem::path& folder)
      : database_(Must(
            Database::Create(folder / "daftar", SchemaFile{DAFTAR_BENCH_SCHEMA, {}}, Options()))),
        permits_(Must(Table<schema::Permit>::Open(*database_))) {}

  std::string Settings() const override { return "memory 128 MiB, synced commits"; }

  void Load(const std::filesystem::path& csv) override {
    Must(database_->Import("permit", csv, ImportOptions{}));
  }

  void Insert(const Permit& permit) override {
    capnp::MallocMessageBuilder message;
    auto record = message.initRoot<schema::Permit>();
    Fill(permit, record);
    Must(permits_.Put(record.asReader(), WriteIntent::kInsert));
  }

  std::unique_ptr<Writer> NewWriter() override {
    class Shared final : public Writer {
     public:
      explicit Shared(DaftarEngine& engine) : engine_(engine) {}
      void Insert(const Permit& permit) override { engine_.Insert(permit); }

     private:
      DaftarEngine& engine_;
    };
    return std::make_unique<Shared>(*this);
  }

  uint64_t Count() override {
    const DatabaseStats stats = Must(database_->Stats());
    return stats.tables.front().records;
  }

  void Get(std::string_view no, Digest* digest) override {
    AddFields(Must(permits_.Get({no})).reader(), digest);
  }

  void Range(const RangeQuestion& question, Digest* digest) override {
    Cursor cursor = Must(database_->Run(RangeQuery(question)));
    while (Must(cursor.Next())) {
      AddFields(TypedRecord<schema::Permit>(Must(cursor.record())).reader(), digest);
    }
  }

  void CoveredRange(const RangeQuestion& question, Digest* digest) override {
    Cursor cursor = Must(database_->Run(RangeQuery(question).Select({"validTo", "firm"})));
    while (Must(cursor.Next())) {
      digest->Add(int64_t{cursor.values()[0].get_if<Date>()->days});
      digest->Add(*cursor.values()[1].get_if<std::string>());
      digest->EndRow();
    }
  }

  void Scan(const ScanQuestion& question, Digest* digest) override {
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
  }

 private:
  static Query RangeQuery(const RangeQuestion& question) {
    return Query("permit")
        .Where("zone", Operator::kEqual, question.zone)
        .Where("validTo", Operator::kGreaterOrEqual, Date{question.from})
        .Where("validTo", Operator::kLess, Date{question.to})
        .OrderBy("validTo");
  }

  std::unique_ptr<Database> database_;
  Table<schema::Permit> permits_;
};

}  // namespace

std::unique_ptr<Engine> NewDaftar(const std::filesystem::path& folder) {
  return std::make_unique<DaftarEngine>(folder);
}

}  // namespace daftar::bench

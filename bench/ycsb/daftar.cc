#include <capnp/message.h>

#include "bench/must.h"
#include "bench/ycsb/store.h"
#include "daftar/database.h"
#include "daftar/typed.h"
#include "ycsb.capnp.h"

namespace daftar::bench::ycsb {
namespace {

using ycsb_schema::UserTable;

class DaftarStore final : public Store {
 public:
  DaftarStore(const std::filesystem::path& folder, size_t cache_bytes)
      : database_(Must(Database::Create(folder, SchemaFile{DAFTAR_BENCH_YCSB_SCHEMA, {}},
                                        OpenOptions{.memory_budget_bytes = cache_bytes}))),
        table_(Must(Table<UserTable>::Open(*database_))) {
    commit_.durability = Durability::kBuffered;
  }

  std::string_view name() const override { return "Daftar"; }

  void Insert(const std::string& key, const Fields& fields) override {
    capnp::MallocMessageBuilder message;
    auto record = message.initRoot<UserTable>();
    record.setKey(key);
    auto list = record.initFields(kFields);
    for (unsigned i = 0; i < kFields; ++i) list.set(i, fields[i]);
    Must(table_.Put(record.asReader(), WriteIntent::kInsert, commit_));
  }
  void Read(const std::string& key, Digest* digest) override {
    AddRecord(Must(table_.Get({key})), digest);
  }
  void Update(const std::string& key, size_t field, const std::string& value) override {
    const TypedRecord<UserTable> record = Must(table_.Get({key}));
    capnp::MallocMessageBuilder message;
    message.setRoot(record.reader());
    auto changed = message.getRoot<UserTable>();
    changed.getFields().set(static_cast<unsigned>(field), value);
    Must(table_.Put(changed.asReader(), WriteIntent::kUpsert, commit_));
  }
  void Scan(const std::string& key, int records, Digest* digest) override {
    Cursor cursor = Must(database_->Run(Query("usertable")
                                            .Where("key", Operator::kGreaterOrEqual, key)
                                            .OrderBy("key")
                                            .Limit(static_cast<uint64_t>(records))));
    while (Must(cursor.Next())) {
      AddRecord(TypedRecord<UserTable>(Must(cursor.record())), digest);
    }
  }

 private:
  static void AddRecord(const TypedRecord<UserTable>& record, Digest* digest) {
    for (const auto field : record.reader().getFields()) {
      AddField({field.begin(), field.size()}, digest);
    }
    digest->EndRow();
  }

  std::unique_ptr<Database> database_;
  Table<UserTable> table_;
  CommitOptions commit_;
};

}  // namespace

std::unique_ptr<Store> NewDaftarStore(const std::filesystem::path& folder, size_t cache_bytes) {
  return std::make_unique<DaftarStore>(folder, cache_bytes);
}

}  // namespace daftar::bench::ycsb

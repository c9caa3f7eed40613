#include "txn/firm_table.h"

#include <algorithm>
#include <set>

#include "catalog/catalog_codec.h"
#include "catalog/resolve.h"
#include "codec/keyspace.h"
#include "history/history_key.h"
#include "index/entries.h"
#include "record/envelope.h"
#include "record/sample.h"
#include "support/status_matchers.h"
#include "txn/journal_reader.h"

namespace daftar::testing {
namespace {

constexpr const char* kSchema = R"(
  struct Firm @0xb000000000000001
      $Daftar.table(name = "firm", key = ["code"])
      $Daftar.index(name = "bySeal", on = ["seal"], unique = true, covering = ["size"])
      $Daftar.index(name = "byTag", on = ["tags"], unique = true)
      $Daftar.index(name = "bySize", on = ["size desc"], where = "size > 0") {
    code @0 :Text;
    seal @1 :Text;
    tags @2 :List(Text);
    size @3 :UInt32;
    note @4 :Text;
  })";

// Gathers what the records of a store say and compares it with its index entries.
class Checker {
 public:
  explicit Checker(const storage::Store& store) : contents_(Contents(store)) {
    const auto header = contents_.find(txn::HeaderKey());
    REQUIRE(header != contents_.end());
    REQUIRE_OK_AND_ASSIGN(header_, txn::DecodeHeader(header->second));
    const std::string key = catalog::CatalogKey(header_.schema);
    const auto stored = contents_.find(key);
    REQUIRE(stored != contents_.end());
    REQUIRE_OK_AND_ASSIGN(catalog_, catalog::DecodeCatalog(key, stored->second));
    contents_.erase(header);
    contents_.erase(stored);
    CheckHistory();
    REQUIRE_OK(txn::CheckJournalTail(*storage::NewLiveReader(store), header_.last_commit,
                                     header_.last_commit.value()));
    std::erase_if(contents_, [](const auto& item) {
      return item.first.front() == static_cast<char>(codec::Space::kHistory) ||
             item.first.front() == static_cast<char>(codec::Space::kJournal);
    });
  }

  const txn::Header& header() const { return header_; }

  Firms Run() {
    const catalog::TableDef& table = catalog_.tables[0];
    const std::string records = codec::RecordPrefix(table.id);
    Firms firms;
    Model found;
    for (const auto& [key, value] : contents_) {
      if (key.starts_with(records)) {
        AddRecord(table, key, value, &firms);
      } else {
        REQUIRE_OK_AND_ASSIGN(const index::EntryValue entry, index::DecodeEntryValue(value));
        REQUIRE(entry.created <= header_.last_commit);
        found[key] = std::string(entry.covered);
      }
    }
    REQUIRE(found == expected_);
    return firms;
  }

 private:
  // Every old value ended after it began, and before the next one of its key began.
  void CheckHistory() const {
    std::string live_key;
    CommitVersion free_from;
    for (const auto& [key, value] : contents_) {
      if (key.front() != static_cast<char>(codec::Space::kHistory)) continue;
      REQUIRE_OK_AND_ASSIGN(const history::HistoryId id, history::ParseHistoryKey(key));
      REQUIRE_OK_AND_ASSIGN(const CommitVersion created, history::CreatedBy(id.live_key, value));
      if (live_key != id.live_key) free_from = CommitVersion(0);
      live_key = std::string(id.live_key);
      REQUIRE(created >= free_from);
      REQUIRE(created < id.ended);
      REQUIRE(id.ended <= header_.last_commit);
      free_from = id.ended;
      const auto live = contents_.find(live_key);
      if (live == contents_.end()) continue;
      REQUIRE_OK_AND_ASSIGN(const CommitVersion now, history::CreatedBy(live_key, live->second));
      REQUIRE(now >= id.ended);
    }
  }

  void AddRecord(const catalog::TableDef& table, const std::string& key, const std::string& value,
                 Firms* firms) {
    REQUIRE_OK_AND_ASSIGN(const record::Envelope envelope, record::DecodeEnvelope(key, value));
    REQUIRE(envelope.created <= header_.last_commit);
    REQUIRE(envelope.schema == header_.schema);
    REQUIRE_OK_AND_ASSIGN(const record::Message message, txn::DecodeRecord(table, key, value));
    REQUIRE_OK_AND_ASSIGN(const codec::EncodedKey own_key, index::RecordKey(table, message));
    REQUIRE(own_key.view() == key);
    const std::string primary_key = key.substr(codec::RecordPrefix(table.id).size());
    for (const catalog::IndexDef& index : table.indexes) {
      REQUIRE_OK_AND_ASSIGN(const auto entries, index::EntriesOf(index, primary_key, message));
      for (const index::Entry& entry : entries) {
        expected_[std::string(entry.key.view())] = entry.covered;
        if (!index.unique || entry.has_null) continue;
        const std::string tuple(entry.key.view().substr(0, entry.tuple_bytes));
        REQUIRE(unique_.insert(tuple).second);
      }
    }
    (*firms)[txn::DescribeKey(table, primary_key)] = ToJson(message);
  }

  Model contents_;
  txn::Header header_;
  catalog::Catalog catalog_;
  Model expected_;
  std::set<std::string> unique_;
};

}  // namespace

catalog::Catalog FirmCatalog() { return catalog::NewCatalog(Sample(kSchema).set()).value(); }

txn::CoreOptions TestOptions() {
  txn::CoreOptions options;
  options.clock = [] { return kTestTime; };
  return options;
}

std::unique_ptr<txn::Core> NewFirmDatabase(std::unique_ptr<storage::Store> store) {
  return txn::Core::Create(std::move(store), FirmCatalog(), kTestId, TestOptions()).value();
}

std::unique_ptr<txn::Core> NewFirmDatabase() { return NewFirmDatabase(storage::NewMemoryStore()); }

const catalog::TableDef& FirmTable(const txn::Core& core) { return core.catalog()->tables[0]; }

record::Message Firm(const txn::Core& core, std::string_view json) {
  return MakeRecord(FirmTable(core).schema, json);
}

txn::RecordWrite Put(const txn::Core& core, std::string_view json, WriteIntent intent) {
  record::Message message = Firm(core, json);
  codec::EncodedKey key = index::RecordKey(FirmTable(core), message).value();
  return {&FirmTable(core), std::move(key), std::move(message), intent};
}

txn::RecordWrite Delete(const txn::Core& core, std::string_view code) {
  codec::EncodedKey key(codec::RecordPrefix(FirmTable(core).id));
  codec::AppendPart(FirmTable(core).key[0].part, Scalar(code), &key.bytes());
  return {&FirmTable(core), std::move(key), std::nullopt, WriteIntent::kUpdate};
}

absl::StatusOr<CommitVersion> Commit(txn::Core* core, const std::vector<txn::RecordWrite>& writes) {
  return core->Commit(*core->catalog(), writes, {.durability = Durability::kBuffered});
}

Firms CheckedFirms(const storage::Store& store) { return Checker(store).Run(); }

CommitVersion LastCommit(const storage::Store& store) {
  return Checker(store).header().last_commit;
}

}  // namespace daftar::testing

#include "format/example.h"

#include <limits>
#include <stdexcept>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "catalog/catalog_codec.h"
#include "catalog/resolve.h"
#include "codec/hex.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "history/history_key.h"
#include "index/entries.h"
#include "index/groups.h"
#include "index/statistics.h"
#include "journal/entry_writer.h"
#include "query/continuation.h"
#include "query/order.h"
#include "record/envelope.h"
#include "record/sample.h"
#include "storage/backend.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"
#include "txn/anchor.h"
#include "txn/header.h"
#include "txn/migration.h"
#include "txn/read_view.h"
#include "txn/schema_work.h"

namespace daftar::testing {
namespace {

using codec::Direction;
using codec::KeyPart;
using codec::KeyType;
using codec::Nulls;

constexpr CommitVersion kCommit(300);
constexpr txn::DatabaseId kId = {0xda, 0xf7, 0xa2};
constexpr int64_t kTime = 1'742'515'200'000'000;

std::string Part(const KeyPart& part, const Scalar& value) {
  std::string bytes;
  codec::AppendPart(part, value, &bytes);
  return bytes;
}

std::string Part(KeyType type, const Scalar& value) {
  return Part({type, Direction::kAscending, Nulls::kNever}, value);
}

std::string PartsBytes() {
  using namespace std::string_view_literals;
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  const KeyPart first{KeyType::kUInt16, Direction::kAscending, Nulls::kFirst};
  const KeyPart last{KeyType::kUInt16, Direction::kDescending, Nulls::kLast};
  return Part(KeyType::kBool, true) + Part(KeyType::kInt8, int64_t{-1}) +
         Part(KeyType::kInt16, int64_t{1}) + Part(KeyType::kInt32, int64_t{20168}) +
         Part(KeyType::kInt64, int64_t{-150}) + Part(KeyType::kUInt8, uint64_t{7}) +
         Part(KeyType::kUInt16, uint64_t{3}) + Part(KeyType::kUInt32, uint64_t{12}) +
         Part(KeyType::kUInt64, uint64_t{1}) + Part(KeyType::kFloat32, 1.5) +
         Part(KeyType::kFloat64, -0.0) + Part(KeyType::kFloat64, -1.0) +
         Part(KeyType::kFloat64, kNaN) + Part(KeyType::kText, "ab"sv) +
         Part(KeyType::kData, "a\0b"sv) +
         Part({KeyType::kText, Direction::kDescending, Nulls::kNever}, "ab"sv) +
         Part(first, Scalar()) + Part(first, uint64_t{3}) + Part(last, uint64_t{3}) +
         Part(last, Scalar());
}

std::string VarintBytes() {
  std::string bytes;
  for (uint64_t value :
       {uint64_t{0}, uint64_t{247}, uint64_t{248}, uint64_t{300}, uint64_t{65536}, UINT64_MAX}) {
    codec::AppendOrderedVarint(value, &bytes);
  }
  return bytes;
}

// What stands before and behind the anchor and its zeros when it is the first of its store.
void AddSlotBytes(const std::string& anchor, std::map<std::string, std::string>* bytes) {
  const TempDir directory;
  const auto store = storage::OpenRocksStore(directory.path(), SmallRocksOptions()).value();
  REQUIRE_OK(store->WriteAnchor(anchor, storage::Durability::kBuffered));
  const std::string slot = ReadFile(directory / "ANCHOR").substr(512);
  (*bytes)["anchor-slot-begin"] = slot.substr(0, 20);
  (*bytes)["anchor-slot-end"] = slot.substr(508);
}

// The journal entry of the example's commit: it put the record and deleted the one of
// `deleted_key`, and is cut into a part for each change.
void AddJournalBytes(const codec::EncodedKey& key, const record::Message& record,
                     const codec::EncodedKey& deleted_key,
                     std::map<std::string, std::string>* bytes) {
  journal::EntryWriter writer(
      kCommit,
      [&](std::string_view part_key, std::string_view value) {
        const uint32_t part = journal::DecodePartKey(part_key).value().part;
        const std::string name = absl::StrCat("journal-", part);
        (*bytes)[name + "-key"] = part_key;
        (*bytes)[name + "-value"] = value;
        return absl::OkStatus();
      },
      0);
  writer.Add({false, std::string(key.view()), journal::HashOf(record.bytes())}).IgnoreError();
  writer.Add({true, std::string(deleted_key.view()), {}}).IgnoreError();
  const journal::EntryHead head = writer
                                      .Finish({"registrar", "renewed", "1403/77"}, kTime,
                                              journal::HashOf("the entry of commit 299"))
                                      .value();
  (*bytes)["journal-hash"] = journal::BytesOf(journal::HashOf(head));
  (*bytes)["anchor"] = txn::EncodeAnchor({kId, kCommit, kTime, journal::HashOf(head)});
  AddSlotBytes((*bytes)["anchor"], bytes);
}

catalog::Catalog ExampleCatalog() {
  return catalog::NewCatalog(
             record::SchemaSet::ParseText("permits.capnp", DocsBlock("capnp example")).value())
      .value();
}

// The permits of a zone, those that end last first.
query::BoundQuery ExampleQuery(const catalog::Catalog& catalog) {
  return query::Bind(
             catalog,
             Query("permit").Where("zone = QFZ").OrderBy("validTo", SortDirection::kDescending))
      .value();
}

std::string ContinuationAfter(const query::BoundQuery& asked, const record::Message& record) {
  query::Continuation continuation;
  continuation.version = kCommit;
  continuation.table = asked.table->id;
  continuation.query_digest = query::DigestOf(asked);
  continuation.place = "";
  for (const query::OrderTerm& order : asked.orders) {
    codec::AppendPart(query::SortPart(order), record.Get(order.path).value(), &*continuation.place);
  }
  return query::SealContinuation(kId, continuation);
}

// The group that the record of the second example makes, and the header of its database.
void AddGroupBytes(txn::Header header, std::map<std::string, std::string>* bytes) {
  const auto set = record::SchemaSet::ParseText("claims.capnp", DocsBlock("capnp groups")).value();
  const catalog::Catalog catalog = catalog::NewCatalog(set).value();
  const catalog::TableDef& table = catalog.tables[0];
  const record::Message record = MakeRecord(table.schema, DocsBlock("json groups"));
  const auto changes = index::ChangesOf(table.aggregates[0], nullptr, &record).value();
  REQUIRE(changes.size() == 1);
  (*bytes)["group-key"] = changes.begin()->first;
  (*bytes)["group-value"] = index::EncodeGroup(kCommit, changes.begin()->second);
  header.format = 3;
  (*bytes)["header-3"] = txn::EncodeHeader(header);
  (*bytes)["count-key"] = txn::BuildProgressKey(table.aggregates[0].id);
  (*bytes)["count-value"] = txn::EncodeBuildProgress(
      (*bytes)["count-key"], {codec::PrefixEnd(codec::RecordPrefix(table.id)), 1});
  catalog::Catalog late = catalog;
  late.tables[0].aggregates[0].state = catalog::AggregateState::kBuilding;
  header.format = txn::FormatFor(late);
  (*bytes)["header-6"] = txn::EncodeHeader(header);
}

// A migration of the first example, when its only record was changed.
void AddMigrationBytes(const catalog::TableDef& table, std::map<std::string, std::string>* bytes) {
  txn::Migration migration;
  migration.info.definition = {"shout", table.name, {{"holder", "upper(holder)"}}, "zone <> ''"};
  migration.info.finished = true;
  migration.info.begun = CommitVersion(299);
  migration.info.last_commit = kCommit;
  migration.info.records = 1;
  migration.info.changed = 1;
  migration.table = table.id;
  migration.next_key = codec::PrefixEnd(codec::RecordPrefix(table.id));
  (*bytes)["migration-key"] = txn::MigrationKey("shout");
  (*bytes)["migration-value"] = txn::EncodeMigration((*bytes)["migration-key"], migration);
  // When it was given up before it came to the record.
  migration.info.finished = false;
  migration.info.last_commit = CommitVersion();
  migration.info.records = 0;
  migration.info.changed = 0;
  migration.info.abandoned_by = kCommit;
  migration.next_key.clear();
  (*bytes)["abandoned-value"] = txn::EncodeMigration((*bytes)["migration-key"], migration);
}

// The entries of the name that the record of the third example has, and its database's header.
void AddNameBytes(txn::Header header, std::map<std::string, std::string>* bytes) {
  const auto set = record::SchemaSet::ParseText("firms.capnp", DocsBlock("capnp names")).value();
  const catalog::Catalog catalog = catalog::NewCatalog(set).value();
  const catalog::TableDef& table = catalog.tables[0];
  const record::Message record = MakeRecord(table.schema, DocsBlock("json names"));
  const codec::EncodedKey key = index::RecordKey(table, record).value();
  const std::string_view primary_key = key.view().substr(codec::RecordPrefix(table.id).size());
  const auto entries = index::EntriesOf(table.indexes[0], primary_key, record).value();
  int number = 0;
  for (const index::Entry& entry : entries) {
    const std::string name = absl::StrCat("names-", ++number);
    (*bytes)[name + "-key"] = std::string(entry.key.view());
    (*bytes)[name + "-value"] = index::EncodeEntryValue(kCommit, entry.covered);
  }
  header.format = txn::FormatFor(catalog);
  (*bytes)["header-5"] = txn::EncodeHeader(header);
}

// The entry that the record of the fourth example has, and the header of its database.
void AddPointBytes(txn::Header header, std::map<std::string, std::string>* bytes) {
  const auto set = record::SchemaSet::ParseText("gates.capnp", DocsBlock("capnp points")).value();
  const catalog::Catalog catalog = catalog::NewCatalog(set).value();
  const catalog::TableDef& table = catalog.tables[0];
  const record::Message record = MakeRecord(table.schema, DocsBlock("json points"));
  const codec::EncodedKey key = index::RecordKey(table, record).value();
  const std::string_view primary_key = key.view().substr(codec::RecordPrefix(table.id).size());
  const auto entries = index::EntriesOf(table.indexes[0], primary_key, record).value();
  REQUIRE(entries.size() == 1);
  (*bytes)["point-key"] = std::string(entries[0].key.view());
  (*bytes)["point-value"] = index::EncodeEntryValue(kCommit, entries[0].covered);
  header.format = txn::FormatFor(catalog);
  (*bytes)["header-5"] = txn::EncodeHeader(header);
}

}  // namespace

std::string DocsBlock(std::string_view label) {
  const std::string docs = ReadFile(DAFTAR_SOURCE_DIR "/docs/format.md");
  const std::string opening = absl::StrCat("\n```", label, "\n");
  const size_t at = docs.find(opening);
  if (at == std::string::npos) throw std::invalid_argument(std::string(label));
  const size_t begin = at + opening.size();
  return docs.substr(begin, docs.find("```", begin) - begin);
}

std::map<std::string, std::string> DocsHexBlocks() {
  const std::string docs = ReadFile(DAFTAR_SOURCE_DIR "/docs/format.md");
  std::map<std::string, std::string> blocks;
  std::string* open = nullptr;
  for (std::string_view line : absl::StrSplit(docs, '\n')) {
    if (absl::ConsumePrefix(&line, "```hex ")) {
      open = &blocks[std::string(line)];
    } else if (line.starts_with("```")) {
      open = nullptr;
    } else if (open != nullptr) {
      for (char c : line.substr(0, line.find('#'))) {
        if (c != ' ') open->push_back(c);
      }
    }
  }
  return blocks;
}

std::string ExampleContinuation() {
  const catalog::Catalog catalog = ExampleCatalog();
  return ContinuationAfter(ExampleQuery(catalog),
                           MakeRecord(catalog.tables[0].schema, DocsBlock("json example")));
}

std::map<std::string, std::string> EngineBytes() {
  const catalog::Catalog catalog = ExampleCatalog();
  const catalog::TableDef& table = catalog.tables[0];
  const record::Message record = MakeRecord(table.schema, DocsBlock("json example"));
  txn::Header header;
  header.schema = catalog.version;
  header.last_commit = kCommit;
  header.id = kId;
  std::map<std::string, std::string> bytes;
  bytes["parts"] = PartsBytes();
  bytes["varints"] = VarintBytes();
  bytes["header-key"] = txn::HeaderKey();
  bytes["header"] = txn::EncodeHeader(header);
  bytes["catalog-key"] = catalog::CatalogKey(catalog.version);
  const codec::EncodedKey key = index::RecordKey(table, record).value();
  bytes["record-key"] = std::string(key.view());
  bytes["record"] = record::EncodeEnvelope(key.view(), {catalog.version, kCommit, record.bytes()});
  const std::string_view primary_key = key.view().substr(codec::RecordPrefix(table.id).size());
  for (const catalog::IndexDef& index : table.indexes) {
    int number = 0;
    const auto entries = index::EntriesOf(index, primary_key, record).value();
    for (const index::Entry& entry : entries) {
      const std::string name = absl::StrCat(index.name, "-", ++number);
      bytes[name + "-key"] = std::string(entry.key.view());
      bytes[name + "-value"] = index::EncodeEntryValue(kCommit, entry.covered);
    }
  }
  const query::BoundQuery asked = ExampleQuery(catalog);
  bytes["continuation-query"] = query::NormalForm(asked);
  absl::WebSafeBase64Unescape(ContinuationAfter(asked, record), &bytes["continuation"]);
  const record::Message deleted = MakeRecord(table.schema, R"({"zone": "QFZ", "serial": 11})");
  AddJournalBytes(key, record, index::RecordKey(table, deleted).value(), &bytes);
  const CommitVersion ended(kCommit.value() + 1);
  bytes["history-record-key"] = history::HistoryKey(bytes["record-key"], ended);
  bytes["history-entry-key"] = history::HistoryKey(bytes["byHolder-1-key"], ended);
  bytes["history-start-key"] = txn::HistoryStartKey(table.id);
  bytes["history-start-value"] = txn::EncodeHistoryStart(kCommit);
  const catalog::IndexDef& by_holder = table.indexes[0];
  index::StatisticsBuilder statistics(by_holder.on);
  const std::string entry = bytes["byHolder-1-key"];
  if (!statistics.Add(entry.substr(codec::IndexPrefix(by_holder.id).size())).ok()) {
    throw std::invalid_argument("entry of the example");
  }
  const std::string statistics_key = index::StatisticsKey(by_holder.id);
  bytes["statistics-key"] = statistics_key;
  bytes["statistics-value"] =
      index::EncodeStatistics(statistics_key, std::move(statistics).Finish(kCommit));
  bytes["build-key"] = txn::BuildProgressKey(table.id);
  bytes["build-value"] = txn::EncodeBuildProgress(
      bytes["build-key"], {codec::PrefixEnd(codec::RecordPrefix(table.id)), 1});
  bytes["check-key"] = txn::CheckProgressKey(table.id);
  bytes["check-value"] = txn::EncodeCheckProgress(
      bytes["check-key"],
      {journal::HashOf(""), kCommit, codec::PrefixEnd(codec::RecordPrefix(table.id)), 1});
  AddMigrationBytes(table, &bytes);
  AddGroupBytes(header, &bytes);
  AddNameBytes(header, &bytes);
  AddPointBytes(header, &bytes);
  for (auto& [name, value] : bytes) value = Hex(value);
  return bytes;
}

}  // namespace daftar::testing

#include "torture/ledger.h"

#include <capnp/message.h>

#include <bit>
#include <vector>

#include "absl/strings/str_cat.h"
#include "catalog/resolve.h"
#include "index/entries.h"
#include "record/schema_set.h"
#include "torture/choices.h"

namespace daftar::torture {
namespace {

constexpr const char* kSchema = R"(
  @0xa1b2c3d4e5f60799;
  using Daftar = import "/daftar/daftar.capnp";

  struct Firm @0xb1f1000000000001
      $Daftar.table(name = "firm", key = ["code"])
      $Daftar.index(name = "bySeal", on = ["seal"], unique = true, covering = ["size"])
      $Daftar.index(name = "byTag", on = ["tags"], unique = true)
      $Daftar.index(name = "bySize", on = ["size desc"], where = "size > 0")
      $Daftar.aggregate(name = "all", sum = ["size"])
      $Daftar.aggregate(name = "sized", by = ["size desc"], where = "size > 0") {
    code @0 :Text;
    seal @1 :Text;
    tags @2 :List(Text);
    size @3 :UInt32;
    note @4 :Text;
  }

  struct Permit @0xb1f1000000000002
      $Daftar.table(name = "permit", key = ["zone", "serial desc"])
      $Daftar.index(name = "byHolder", on = ["holder"], covering = ["fee"])
      $Daftar.index(name = "byKind", on = ["kinds", "serial"])
      $Daftar.aggregate(name = "ofKind", by = ["kinds"], sum = ["fee", "serial"])
      $Daftar.aggregate(name = "ofHolder", by = ["zone", "holder"], sum = ["fee"]) {
    zone @0 :Text;
    serial @1 :UInt32;
    holder @2 :Text;
    fee @3 :Int64 $Daftar.decimal(2);
    kinds @4 :List(Text);
    note @5 :Text;
  })";

// Hexadecimal digits in runs: compresses to about half, as real text does.
std::string Note(const Row& row) {
  std::string note;
  note.reserve(row.note_bytes + 16);
  for (uint64_t i = 0; note.size() < row.note_bytes; ++i) {
    absl::StrAppend(&note, absl::Hex(MixSeed({row.note_seed, i}), absl::kZeroPad16));
  }
  note.resize(row.note_bytes);
  return note;
}

void SetTags(const Row& row, const char* field, capnp::DynamicStruct::Builder* record) {
  const int count = std::popcount(row.tags);
  if (count == 0) return;
  auto list = record->init(field, static_cast<unsigned>(count)).as<capnp::DynamicList>();
  unsigned at = 0;
  for (unsigned tag = 0; tag < 64; ++tag) {
    if ((row.tags >> tag & 1) == 0) continue;
    list.set(at++, absl::StrCat("p", row.partition, "-tag", tag).c_str());
  }
}

}  // namespace

catalog::Catalog LedgerCatalog() {
  auto schemas = record::SchemaSet::ParseText("ledger.capnp", kSchema);
  return catalog::NewCatalog(*std::move(schemas)).value();
}

const catalog::TableDef& TableOf(const catalog::Catalog& catalog, const Row& row) {
  return catalog.tables.at(static_cast<size_t>(row.table));
}

codec::EncodedKey KeyOf(const catalog::Catalog& catalog, const Row& row) {
  Row bare = row;
  bare.note_bytes = 0;
  return index::RecordKey(TableOf(catalog, row), MessageOf(catalog, bare)).value();
}

record::Message MessageOf(const catalog::Catalog& catalog, const Row& row) {
  const catalog::TableDef& table = TableOf(catalog, row);
  capnp::MallocMessageBuilder builder;
  auto record = builder.initRoot<capnp::DynamicStruct>(table.schema);
  if (row.table == LedgerTable::kFirm) {
    record.set("code", absl::StrCat("p", row.partition, "-", row.number).c_str());
    if (row.seal >= 0) record.set("seal", absl::StrCat("p", row.partition, "-", row.seal).c_str());
    record.set("size", row.size);
    SetTags(row, "tags", &record);
  } else {
    record.set("zone", absl::StrCat("zone ", row.partition, ".", row.number % 3).c_str());
    record.set("serial", row.number);
    if (row.seal >= 0) record.set("holder", absl::StrCat("holder ", row.seal).c_str());
    record.set("fee", row.size * 100);
    SetTags(row, "kinds", &record);
  }
  if (row.note_bytes > 0) record.set("note", Note(row).c_str());
  return record::Message::FromBuilder(table.schema, builder).value();
}

}  // namespace daftar::torture

#include "torture/book.h"

#include <charconv>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "api/state.h"
#include "base/status.h"
#include "catalog/resolve.h"

namespace daftar::torture {
namespace {

constexpr const char* kSchema = R"(@0xbf5147cbbecf40c1;
using Daftar = import "/daftar/daftar.capnp";
struct Values $Daftar.table(name = "list", key = ["id"]) {
  id @0 :UInt32;
  values @1 :List(UInt32);
}
struct Item $Daftar.table(name = "item", key = ["id"])
    $Daftar.index(name = "byGroup", on = ["group"], covering = ["value", "code"])
    $Daftar.index(name = "byCode", on = ["code"], unique = true) {
  id @0 :UInt32;
  group @1 :Int32;
  value @2 :UInt32;
  code :union { none @3 :Void; number @4 :UInt32; }
}
)";

// The numbers in a JSON array of them.
std::vector<uint32_t> ParseNumbers(const std::string& json) {
  std::vector<uint32_t> numbers;
  const char* at = json.data();
  const char* const end = at + json.size();
  while (at < end) {
    uint32_t number = 0;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error == std::errc()) numbers.push_back(number);
    at = std::max(next, at + 1);
  }
  return numbers;
}

uint32_t ToUInt32(const Value& value) {
  const auto* number = value.get_if<uint64_t>();
  return number == nullptr ? 0 : static_cast<uint32_t>(*number);
}

ItemState ToState(const Value& group, const Value& value, const Value& code) {
  ItemState state;
  if (const auto* number = group.get_if<int64_t>()) state.group = static_cast<int32_t>(*number);
  state.value = ToUInt32(value);
  if (!code.is_null()) state.code = ToUInt32(code);
  return state;
}

absl::StatusOr<ItemState> StateOf(const Record& record) {
  DAFTAR_ASSIGN_OR_RETURN(const Value group, record.Get("group"));
  DAFTAR_ASSIGN_OR_RETURN(const Value value, record.Get("value"));
  DAFTAR_ASSIGN_OR_RETURN(const Value code, record.Get("code"));
  return ToState(group, value, code);
}

Query QueryOf(const Scan& scan, bool covered) {
  const char* const field = scan.by_key ? "id" : "group";
  const auto direction = scan.reverse ? SortDirection::kDescending : SortDirection::kAscending;
  Query query("item");
  query.Where(field, Operator::kGreaterOrEqual, static_cast<int64_t>(scan.low));
  query.Where(field, Operator::kLess, static_cast<int64_t>(scan.high));
  query.UseIndex(scan.by_key ? "primary" : "byGroup").OrderBy(field, direction);
  if (!scan.by_key) query.OrderBy("id", direction);
  if (scan.limit > 0) query.Limit(scan.limit);
  if (covered) query.Select({"id", "group", "value", "code"});
  return query;
}

}  // namespace

absl::StatusOr<catalog::Catalog> BookCatalog() {
  DAFTAR_ASSIGN_OR_RETURN(auto schemas, record::SchemaSet::ParseText("book.capnp", kSchema));
  return catalog::NewCatalog(std::move(schemas));
}

absl::StatusOr<std::unique_ptr<txn::Core>> NewBook(std::unique_ptr<storage::Store> store,
                                                   const catalog::Catalog& catalog,
                                                   const txn::PlantedFaults& faults) {
  txn::CoreOptions options;
  options.faults = faults;
  return txn::Core::Create(std::move(store), catalog, txn::DatabaseId{1}, std::move(options));
}

txn::PlantedFaults FaultsOf(const std::string& plant) {
  txn::PlantedFaults faults;
  faults.ignore_read_ranges = plant == "skip-range-check";
  faults.ignore_read_keys = plant == "skip-read-set";
  return faults;
}

absl::StatusOr<std::vector<uint32_t>> ReadValues(const txn::ReadView& view, uint32_t list) {
  DAFTAR_ASSIGN_OR_RETURN(const auto record,
                          internal::FindRecord(view, "list", {static_cast<uint64_t>(list)}));
  if (!record.has_value()) return std::vector<uint32_t>();
  DAFTAR_ASSIGN_OR_RETURN(const std::string json, record->GetJson("values"));
  return ParseNumbers(json);
}

absl::StatusOr<std::optional<ItemState>> ReadState(const txn::ReadView& view, uint32_t item) {
  DAFTAR_ASSIGN_OR_RETURN(const auto record,
                          internal::FindRecord(view, "item", {static_cast<uint64_t>(item)}));
  if (!record.has_value()) return std::optional<ItemState>();
  DAFTAR_ASSIGN_OR_RETURN(const ItemState state, StateOf(*record));
  return std::optional(state);
}

absl::Status RunScan(const txn::ReadView& view, bool covered, Scan* scan) {
  DAFTAR_ASSIGN_OR_RETURN(Cursor cursor, internal::RunQuery(view, QueryOf(*scan, covered)));
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool more, cursor.Next());
    if (!more) return absl::OkStatus();
    if (covered) {
      const std::vector<Value>& values = cursor.values();
      scan->seen.push_back({ToUInt32(values[0]), ToState(values[1], values[2], values[3])});
      continue;
    }
    DAFTAR_ASSIGN_OR_RETURN(const Record record, cursor.record());
    DAFTAR_ASSIGN_OR_RETURN(const Value id, record.Get("id"));
    DAFTAR_ASSIGN_OR_RETURN(const ItemState state, StateOf(record));
    scan->seen.push_back({ToUInt32(id), state});
  }
}

absl::StatusOr<txn::RecordWrite> MakeListPut(const catalog::Catalog& catalog, uint32_t list,
                                             const std::vector<uint32_t>& values) {
  const std::string json =
      absl::StrCat("{\"id\":", list, ",\"values\":[", absl::StrJoin(values, ","), "]}");
  return internal::MakePut(catalog, "list", json, WriteIntent::kUpsert);
}

absl::StatusOr<txn::RecordWrite> MakeItemWrite(const catalog::Catalog& catalog,
                                               const WriteItem& write) {
  if (!write.state.has_value()) {
    return internal::MakeDelete(catalog, "item", {static_cast<uint64_t>(write.item)});
  }
  const ItemState& state = *write.state;
  std::string json =
      absl::StrCat("{\"id\":", write.item, ",\"group\":", state.group, ",\"value\":", state.value);
  if (state.code.has_value()) absl::StrAppend(&json, ",\"code\":", *state.code);
  return internal::MakePut(catalog, "item", json + "}", write.intent);
}

absl::Status TakeOutcome(const absl::Status& status, WriteItem* write) {
  write->refused = absl::IsAlreadyExists(status) || absl::IsNotFound(status);
  return write->refused ? absl::OkStatus() : status;
}

}  // namespace daftar::torture

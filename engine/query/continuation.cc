#include "query/continuation.h"

#include <algorithm>
#include <vector>

#include "base/status.h"
#include "codec/fixed.h"
#include "query/order.h"
#include "query/seal.h"

namespace daftar::query {
namespace {

constexpr uint8_t kVersion = 1;
constexpr uint8_t kPinned = 1;
constexpr uint8_t kHasPlace = 2;
constexpr size_t kDigestBytes = 16;

constexpr std::string_view kQueryContext = "daftar query 1\n";
constexpr std::string_view kDistinct = "distinct";
constexpr std::string_view kAnyOf = "any of";

void AppendBytes(std::string_view bytes, std::string* out) {
  codec::AppendOrderedVarint(bytes.size(), out);
  out->append(bytes);
}

void AppendPath(const record::FieldPath& path, std::string* out) {
  codec::AppendOrderedVarint(path.stored().size(), out);
  for (const record::FieldRef& field : path.stored()) {
    codec::AppendFixed<uint64_t>(field.struct_id, out);
    codec::AppendFixed<uint16_t>(field.ordinal, out);
  }
}

// In one order, and each once.
std::vector<std::string> Sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return texts;
}

std::string BytesOf(const record::Condition& condition) {
  std::vector<std::string> operands;
  const codec::KeyPart part{condition.path.type().key_type(), codec::Direction::kAscending,
                            codec::Nulls::kNever};
  for (const OwnedScalar& operand : condition.operands) {
    codec::AppendPart(part, ToView(operand), &operands.emplace_back());
  }
  operands = Sorted(std::move(operands));
  std::string bytes;
  AppendPath(condition.path, &bytes);
  bytes.push_back(static_cast<char>(condition.op));
  for (const std::string& operand : operands) AppendBytes(operand, &bytes);
  return bytes;
}

std::string BytesOf(const std::vector<record::Condition>& conditions) {
  std::vector<std::string> each;
  for (const record::Condition& condition : conditions) each.push_back(BytesOf(condition));
  each = Sorted(std::move(each));
  std::string bytes;
  codec::AppendOrderedVarint(each.size(), &bytes);
  for (const std::string& condition : each) AppendBytes(condition, &bytes);
  return bytes;
}

}  // namespace

std::string NormalForm(const BoundQuery& query) {
  std::string bytes(kQueryContext);
  codec::AppendFixed<uint64_t>(query.table->schema.getProto().getId(), &bytes);
  bytes += BytesOf(query.conditions);
  for (const OrderTerm& order : query.orders) {
    AppendPath(order.path, &bytes);
    bytes.push_back(order.direction == SortDirection::kAscending ? 0 : 1);
  }
  if (query.distinct) bytes += kDistinct;
  if (query.alternatives.empty()) return bytes;
  bytes += kAnyOf;
  std::vector<std::string> alternatives;
  for (const auto& alternative : query.alternatives) alternatives.push_back(BytesOf(alternative));
  for (const std::string& each : Sorted(std::move(alternatives))) AppendBytes(each, &bytes);
  return bytes;
}

std::string DigestOf(const BoundQuery& query) { return Digest(NormalForm(query)); }

std::string SealContinuation(const txn::DatabaseId& database, const Continuation& continuation) {
  std::string body;
  body.push_back(static_cast<char>((continuation.is_pinned ? kPinned : 0) |
                                   (continuation.place.has_value() ? kHasPlace : 0)));
  codec::AppendFixed<uint64_t>(continuation.version.value(), &body);
  codec::AppendFixed<uint32_t>(continuation.table.value(), &body);
  body += continuation.query_digest;
  if (continuation.place.has_value()) body += *continuation.place;
  return Seal(database, kVersion, body);
}

absl::StatusOr<Continuation> OpenContinuation(const txn::DatabaseId& database,
                                              std::string_view text) {
  DAFTAR_ASSIGN_OR_RETURN(const std::string body, Unseal(database, kVersion, text));
  constexpr size_t kPlaceOffset = 1 + 8 + 4 + kDigestBytes;
  // Sealed by us, so that this can only be a mistake of ours; it is not worth an abort.
  if (body.size() < kPlaceOffset) return InvalidArgument("continuation is too short");
  const uint8_t flags = static_cast<uint8_t>(body[0]);
  Continuation continuation;
  continuation.is_pinned = (flags & kPinned) != 0;
  continuation.version = CommitVersion(codec::ReadFixed<uint64_t>(body, 1));
  continuation.table = TableId(codec::ReadFixed<uint32_t>(body, 9));
  continuation.query_digest = body.substr(13, kDigestBytes);
  if ((flags & kHasPlace) != 0) continuation.place = body.substr(kPlaceOffset);
  return continuation;
}

absl::Status GoOn(const txn::ReadView& view, std::string_view text, BoundQuery* query) {
  DAFTAR_ASSIGN_OR_RETURN(Continuation continuation, OpenContinuation(view.database, text));
  if (continuation.table != query->table->id) {
    const catalog::TableDef* table = view.catalog->FindTable(continuation.table);
    return InvalidArgument("continuation is of another table")
        .With("table", query->table->name)
        .With("its table", table != nullptr ? table->name : "dropped");
  }
  if (continuation.query_digest != DigestOf(*query)) {
    return InvalidArgument(
        "continuation is of another query; give the same conditions and order as for the page "
        "before");
  }
  if (continuation.is_pinned && continuation.version != view.version) {
    return InvalidArgument("continuation goes on in the state of its first page, not in this one")
        .With("its commit", continuation.version.value())
        .With("commit", view.version.value());
  }
  if (continuation.place.has_value()) {
    DAFTAR_RETURN_IF_ERROR(ValuesOfSortKey(*query, *continuation.place).status());
  }
  query->after = std::move(continuation.place);
  query->pages = continuation.is_pinned ? PageState::kOneState : PageState::kNewest;
  return absl::OkStatus();
}

}  // namespace daftar::query

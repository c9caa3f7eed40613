#include "index/search_entries.h"

#include <algorithm>
#include <utility>

#include "absl/functional/function_ref.h"
#include "base/status.h"
#include "names/name_keys.h"
#include "record/kj_fence.h"

namespace daftar::index {
namespace {

using codec::Direction;
using codec::KeyType;
using codec::Nulls;

constexpr codec::KeyPart kKeyPart{KeyType::kText, Direction::kAscending, Nulls::kNever};
constexpr codec::KeyPart kNumberPart{KeyType::kUInt16, Direction::kAscending, Nulls::kNever};
constexpr codec::KeyPart kFieldPart{KeyType::kUInt8, Direction::kAscending, Nulls::kNever};
constexpr codec::KeyPart kDayPart{KeyType::kInt32, Direction::kAscending, Nulls::kFirst};

// Builds the entries of one record by walking to its names, which are numbered as they come.
class NameWalk {
 public:
  NameWalk(std::string prefix, const catalog::IndexDef& index, std::string_view primary_key,
           const record::Message& record)
      : prefix_(std::move(prefix)), index_(index), primary_key_(primary_key), record_(record) {}

  absl::StatusOr<std::vector<Entry>> Run() {
    DAFTAR_RETURN_IF_ERROR(Walk([this](const Scalar& name) { return AddName(name); }));
    std::sort(entries_.begin(), entries_.end(),
              [](const Entry& a, const Entry& b) { return a.key < b.key; });
    return std::move(entries_);
  }

  // What the entries of the texts hold, name by name.
  absl::StatusOr<std::vector<std::string>> Held() {
    std::vector<std::string> held;
    DAFTAR_RETURN_IF_ERROR(Walk([&](const Scalar& name) {
      held.push_back(IsNull(name) ? std::string() : Covered(name));
      return absl::OkStatus();
    }));
    return held;
  }

 private:
  using Take = absl::FunctionRef<absl::Status(const Scalar& name)>;

  absl::Status Walk(Take take) {
    for (field_ = 0; field_ < index_.search->fields.size(); ++field_) {
      DAFTAR_RETURN_IF_ERROR(Expand(take));
    }
    return absl::OkStatus();
  }

  const record::FieldPath& field() const { return index_.search->fields[field_]; }

  absl::Status Expand(Take take) {
    if (elements_.size() == field().list_count()) {
      return take(field().Evaluate(record_.root(), elements_));
    }
    const auto list = field().List(record_.root(), elements_);
    for (uint i = 0; i < list.size(); ++i) {
      elements_.push_back(list[i]);
      DAFTAR_RETURN_IF_ERROR(Expand(take));
      elements_.pop_back();
    }
    return absl::OkStatus();
  }

  absl::Status AddName(const Scalar& name) {
    const auto* const text = std::get_if<std::string_view>(&name);
    if (text == nullptr) return absl::OkStatus();
    const std::vector<std::string> keys = names::NameKeys(*text);
    if (keys.empty()) return absl::OkStatus();
    if (entries_.size() + keys.size() >= kEntriesPerRecordMax) {
      return ResourceExhausted("record has too many names in one search index")
          .With("index", index_.name)
          .With("entries", entries_.size() + keys.size())
          .With("limit", kEntriesPerRecordMax);
    }
    for (const std::string& key : keys) AddEntry(key, "");
    AddEntry(names::KeyOf(names::NameKey::kText, ""), Covered(name));
    ++number_;
    return absl::OkStatus();
  }

  std::string Covered(const Scalar& name) const {
    std::string covered;
    codec::AppendPart(kFieldPart, Scalar(static_cast<uint64_t>(field_)), &covered);
    codec::AppendPart(kKeyPart, name, &covered);
    codec::AppendPart(kDayPart, DayAt(index_.search->from), &covered);
    codec::AppendPart(kDayPart, DayAt(index_.search->to), &covered);
    return covered;
  }

  // Null when the name at hand has no such day.
  Scalar DayAt(const std::optional<record::FieldPath>& path) const {
    const size_t lists = field().list_count();
    if (!path.has_value() || path->list_count() != lists) return {};
    if (lists > 0 && !path->SharesList(lists - 1, field())) return {};
    return path->Evaluate(record_.root(), elements_);
  }

  void AddEntry(std::string_view key, std::string covered) {
    Entry entry;
    std::string& bytes = entry.key.bytes();
    bytes = prefix_;
    codec::AppendPart(kKeyPart, Scalar(key), &bytes);
    codec::AppendPart(kNumberPart, Scalar(number_), &bytes);
    entry.tuple_bytes = bytes.size();
    bytes += primary_key_;
    entry.covered = std::move(covered);
    entries_.push_back(std::move(entry));
  }

  const std::string prefix_;
  const catalog::IndexDef& index_;
  const std::string_view primary_key_;
  const record::Message& record_;
  size_t field_ = 0;
  uint64_t number_ = 0;  // of the name in the record
  std::vector<capnp::DynamicValue::Reader> elements_;
  std::vector<Entry> entries_;
};

absl::Status TakeDay(std::string_view* bytes, std::optional<int32_t>* day) {
  DAFTAR_ASSIGN_OR_RETURN(const OwnedScalar value, codec::TakePart(kDayPart, bytes));
  if (const auto* days = std::get_if<int64_t>(&value)) *day = static_cast<int32_t>(*days);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<HeldName> DecodeHeldName(std::string_view covered) {
  HeldName name;
  DAFTAR_ASSIGN_OR_RETURN(const OwnedScalar field, codec::TakePart(kFieldPart, &covered));
  name.field = static_cast<size_t>(std::get<uint64_t>(field));
  DAFTAR_ASSIGN_OR_RETURN(OwnedScalar text, codec::TakePart(kKeyPart, &covered));
  name.text = std::get<std::string>(std::move(text));
  DAFTAR_RETURN_IF_ERROR(TakeDay(&covered, &name.from));
  DAFTAR_RETURN_IF_ERROR(TakeDay(&covered, &name.to));
  if (!covered.empty()) return DataLoss("entry of a name has extra bytes");
  return name;
}

std::string SearchKeyPart(std::string_view key) {
  std::string part;
  codec::AppendPart(kKeyPart, Scalar(key), &part);
  return part;
}

std::string SearchKeyStart(std::string_view key) {
  std::string part = SearchKeyPart(key);
  part.resize(part.size() - codec::kTextTerminatorBytes);
  return part;
}

absl::StatusOr<std::vector<Entry>> SearchEntries(std::string prefix, const catalog::IndexDef& index,
                                                 std::string_view primary_key,
                                                 const record::Message& record) {
  if (!record::MatchesAll(index.where, record)) return std::vector<Entry>();
  return NameWalk(std::move(prefix), index, primary_key, record).Run();
}

absl::StatusOr<bool> HaveSameNames(const catalog::IndexDef& index, const record::Message& a,
                                   const record::Message& b) {
  return record::Fenced(
      absl::StatusCode::kDataLoss, "record does not decode", [&]() -> absl::StatusOr<bool> {
        if (record::MatchesAll(index.where, a) != record::MatchesAll(index.where, b)) {
          return false;
        }
        DAFTAR_ASSIGN_OR_RETURN(const auto held_a, NameWalk("", index, "", a).Held());
        DAFTAR_ASSIGN_OR_RETURN(const auto held_b, NameWalk("", index, "", b).Held());
        return held_a == held_b;
      });
}

}  // namespace daftar::index

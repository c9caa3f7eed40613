#include "io/text_check.h"

#include <capnp/dynamic.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/status.h"
#include "base/utf8.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "history/as_of_reader.h"
#include "history/history_key.h"
#include "io/entry_spans.h"
#include "io/version_stream.h"
#include "record/field_type.h"
#include "record/json_parser.h"
#include "record/kj_fence.h"
#include "txn/journal_reader.h"
#include "txn/table_walk.h"
#include "txn/write_set.h"

namespace daftar::io {
namespace {

// What a range is ended by: nobody waits for it.
constexpr uint64_t kRecordsMax = 1024;
constexpr size_t kBytesMax = size_t{1} << 20;
// How many commits may be left for the end, while others wait; and how often it tries to come so
// near to those who write.
constexpr uint64_t kLastCommitsMax = 32;
constexpr int kCatchUpsMax = 20;
// Of a text in an error.
constexpr size_t kShownBytes = 60;

// A text that is to be JSON, by the struct that holds it and its place there.
using JsonFields = std::set<std::pair<uint64_t, uint32_t>>;

class JsonFieldWalk {
 public:
  void Visit(capnp::StructSchema schema) {
    if (!seen_.insert(schema.getProto().getId()).second) return;
    for (auto field : schema.getFields()) {
      capnp::Type type = field.getType();
      while (type.isList()) type = type.asList().getElementType();
      if (type.isStruct()) Visit(type.asStruct());
      const auto proto = field.getProto();
      if (!proto.isSlot() || record::MeaningOf(proto).meaning != record::Meaning::kJson) continue;
      fields_.emplace(schema.getProto().getId(), proto.getSlot().getOffset());
    }
  }
  const JsonFields& fields() const { return fields_; }

 private:
  std::set<uint64_t> seen_;
  JsonFields fields_;
};

struct BadText {
  std::string field;
  std::string value;
  std::string cause;
};

std::optional<BadText> FindBadText(const capnp::DynamicStruct::Reader& record);

std::optional<BadText> FindBadText(const capnp::DynamicValue::Reader& value, capnp::Type type,
                                   bool is_json) {
  if (type.isText() && is_json) {
    const auto text = value.as<capnp::Text>();
    const std::string_view bytes(text.begin(), text.size());
    const absl::Status parsed = record::ParseJson(bytes).status();
    if (parsed.ok()) return std::nullopt;
    return BadText{"", std::string(bytes), std::string(parsed.message())};
  }
  if (type.isStruct()) return FindBadText(value.as<capnp::DynamicStruct>());
  if (!type.isList()) return std::nullopt;
  for (auto element : value.as<capnp::DynamicList>()) {
    auto bad = FindBadText(element, type.asList().getElementType(), is_json);
    if (bad.has_value()) return bad;
  }
  return std::nullopt;
}

std::optional<BadText> FindBadText(const capnp::DynamicStruct::Reader& record) {
  for (auto field : record.getSchema().getFields()) {
    if (!record.has(field)) continue;
    const bool is_json = record::MeaningOf(field.getProto()).meaning == record::Meaning::kJson;
    auto bad = FindBadText(record.get(field), field.getType(), is_json);
    if (!bad.has_value()) continue;
    const std::string_view name = field.getProto().getName().cStr();
    bad->field = bad->field.empty() ? std::string(name) : std::string(name) + "." + bad->field;
    return bad;
  }
  return std::nullopt;
}

}  // namespace

bool HasNewJson(const catalog::TableDef& before, const catalog::TableDef& after) {
  JsonFieldWalk was;
  was.Visit(before.schema);
  JsonFieldWalk is;
  is.Visit(after.schema);
  return !std::includes(was.fields().begin(), was.fields().end(), is.fields().begin(),
                        is.fields().end());
}

journal::Hash HashOfTypes(const record::SchemaSet& schemas) {
  journal::Sha256 hash;
  for (const std::string_view node : schemas.nodes()) {
    hash.Update(journal::BytesOf(journal::HashOf(node)));
  }
  return hash.Finish();
}

absl::StatusOr<TextCheck> TextCheck::Begin(txn::Core* core, const catalog::TableDef* table,
                                           const journal::Hash& target) {
  TextCheck check(core, table);
  // What was stored last is in no view yet.
  const auto newest = storage::NewLiveReader(core->store());
  DAFTAR_ASSIGN_OR_RETURN(std::optional<txn::CheckProgress> done,
                          txn::ReadCheckProgress(*newest, table->id));
  if (done.has_value() && done->target == target) {
    check.done_ = *std::move(done);
  } else {
    check.done_ = {target, core->View().version, codec::RecordPrefix(table->id), 0};
  }
  return check;
}

absl::Status TextCheck::CheckVersion(std::string_view key, std::string_view value,
                                     bool is_old) const {
  DAFTAR_ASSIGN_OR_RETURN(const record::Message record, txn::DecodeRecord(*table_, key, value));
  std::optional<BadText> bad;
  DAFTAR_RETURN_IF_ERROR(
      record::Fenced(absl::StatusCode::kDataLoss, "record does not decode", [&]() -> absl::Status {
        bad = FindBadText(record.root());
        return absl::OkStatus();
      }));
  if (!bad.has_value()) return absl::OkStatus();
  DAFTAR_ASSIGN_OR_RETURN(const CommitVersion created, history::CreatedBy(key, value));
  const std::string_view primary_key = key.substr(codec::RecordPrefix(table_->id).size());
  return FailedPrecondition(
             is_old ? "an old version has a text that is not JSON, which its field is to hold; "
                      "remove this history with `daftar prune`, or leave the field a text"
                    : "a text is not JSON, which its field is to hold; change the record, or leave "
                      "the field a text")
      .With("table", table_->name)
      .With("key", txn::DescribeKey(*table_, primary_key))
      .With("field", bad->field)
      .With("value", Shortened(bad->value, kShownBytes))
      .With("written by commit", created.value())
      .With("cause", bad->cause);
}

absl::Status TextCheck::Store() const {
  const std::string key = txn::CheckProgressKey(table_->id);
  storage::Batch batch;
  batch.Put(key, txn::EncodeCheckProgress(key, done_));
  return core_->store().Write(batch, storage::Durability::kBuffered);
}

absl::Status TextCheck::WalkRange(const txn::ReadView& view) {
  VersionStream versions(view, *table_, done_.next_key);
  txn::CheckProgress done = done_;
  done.next_key = codec::PrefixEnd(codec::RecordPrefix(table_->id));
  std::string last;
  uint64_t records = 0;
  size_t bytes = 0;
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, versions.Next());
    if (!found) break;
    if (versions.key() != last) {
      if (records >= kRecordsMax || bytes >= kBytesMax) {
        done.next_key = versions.key();
        break;
      }
      last = versions.key();
      ++records;
    }
    bytes += versions.value().size();
    DAFTAR_RETURN_IF_ERROR(
        CheckVersion(versions.key(), versions.value(), versions.ended() != kPresent));
  }
  done.records += records;
  done_ = std::move(done);
  return Store();
}

absl::Status TextCheck::CheckCommit(const txn::ReadView& view, const journal::EntryHead& commit) {
  const std::string prefix = codec::RecordPrefix(table_->id);
  const auto as_of = history::NewAsOfReader(view.reader, commit.version);
  txn::EntryChanges changes(view.reader, commit);
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, changes.Next());
    if (!found) return absl::OkStatus();
    const journal::Change& change = changes.change();
    if (change.deleted || !change.key.starts_with(prefix)) continue;
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> value, as_of->Get(change.key));
    // What was removed as old nobody reads.
    if (!value.has_value()) continue;
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> now, view.reader->Get(change.key));
    DAFTAR_RETURN_IF_ERROR(CheckVersion(change.key, *value, now != value));
  }
}

absl::Status TextCheck::CheckCommits(const txn::ReadView& view) {
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(
        const std::optional<journal::EntryHead> commit,
        txn::FirstEntryFrom(*view.reader, CommitVersion(done_.as_of.value() + 1), view.version));
    if (!commit.has_value()) break;
    DAFTAR_RETURN_IF_ERROR(CheckCommit(view, *commit));
    done_.as_of = commit->version;
  }
  done_.as_of = view.version;
  return absl::OkStatus();
}

absl::StatusOr<bool> TextCheck::Step() {
  const txn::ReadView view = core_->View();
  if (done_.next_key < codec::PrefixEnd(codec::RecordPrefix(table_->id))) {
    DAFTAR_RETURN_IF_ERROR(WalkRange(view));
    return true;
  }
  const bool is_near = view.version.value() - done_.as_of.value() <= kLastCommitsMax;
  if (is_near || ++catch_ups_ > kCatchUpsMax) return false;
  DAFTAR_RETURN_IF_ERROR(CheckCommits(view));
  DAFTAR_RETURN_IF_ERROR(Store());
  return true;
}

absl::Status TextCheck::Finish(const txn::ReadView& view) { return CheckCommits(view); }

IndexProgress TextCheck::Progress() const {
  return {table_->name,
          {"texts"},
          done_.records,
          txn::FractionBefore(*core_, table_->id, done_.next_key),
          true};
}

}  // namespace daftar::io

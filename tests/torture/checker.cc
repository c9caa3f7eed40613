#include "torture/checker.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/catalog_codec.h"
#include "codec/keyspace.h"
#include "history/history_key.h"
#include "txn/header.h"
#include "txn/journal_reader.h"

namespace daftar::torture {
namespace {

std::string Hex(std::string_view bytes) {
  return absl::StrCat("0x", absl::BytesToHexString(bytes.substr(0, 60)),
                      bytes.size() > 60 ? "..." : "");
}

storage::KeyRange Spaces(codec::Space first, codec::Space end) {
  return {codec::SpacePrefix(first), codec::SpacePrefix(end)};
}

// Compares what an iterator gives with what is expected, one after the other.
class Comparison {
 public:
  Comparison(std::string what, std::unique_ptr<storage::Iterator> found)
      : what_(std::move(what)), found_(std::move(found)) {}

  // The next entry must be this one.
  absl::Status Expect(std::string_view key, std::string_view value) {
    DAFTAR_ASSIGN_OR_RETURN(const bool more, found_->Next());
    if (!more || found_->key() > key) return Wrong("lacks key", key);
    if (found_->key() < key) return Wrong("has unexpected key", found_->key());
    if (found_->value() != value) return Wrong("has another value at key", key);
    return absl::OkStatus();
  }
  absl::Status ExpectEnd() {
    DAFTAR_ASSIGN_OR_RETURN(const bool more, found_->Next());
    return more ? Wrong("has unexpected key", found_->key()) : absl::OkStatus();
  }

 private:
  absl::Status Wrong(std::string_view text, std::string_view key) const {
    return WrongAnswer(absl::StrCat(what_, " ", text, " ", Hex(key)));
  }

  const std::string what_;
  const std::unique_ptr<storage::Iterator> found_;
};

// Records, index entries and groups as of one commit.
absl::Status CheckState(const txn::ReadView& view, const Model& model) {
  Comparison comparison(
      absl::StrCat("state of commit ", view.version.value()),
      view.reader->NewIterator(Spaces(codec::Space::kRecord, codec::Space::kHistory), {}));
  for (const auto& [key, values] : model.keys()) {
    for (const Model::Held& held : values) {
      if (held.HeldAt(view.version)) DAFTAR_RETURN_IF_ERROR(comparison.Expect(key, held.value));
    }
  }
  return comparison.ExpectEnd();
}

absl::Status CheckHistory(const storage::Reader& reader, const Model& model) {
  Comparison comparison(
      "history", reader.NewIterator(Spaces(codec::Space::kHistory, codec::Space::kJournal), {}));
  for (const auto& [key, values] : model.keys()) {
    for (const Model::Held& held : values) {
      if (held.live()) continue;
      DAFTAR_RETURN_IF_ERROR(comparison.Expect(history::HistoryKey(key, held.until), held.value));
    }
  }
  return comparison.ExpectEnd();
}

// One part of an entry that is expected to be there: small commits have no second one.
absl::Status CheckEntry(const std::shared_ptr<const storage::Reader>& reader, CommitVersion version,
                        const Model::Commit& commit, journal::Hash* previous) {
  const auto wrong = [&](std::string_view text) {
    return WrongAnswer(absl::StrCat("journal entry of commit ", version.value(), " ", text));
  };
  DAFTAR_ASSIGN_OR_RETURN(const journal::EntryHead head, txn::ReadEntry(*reader, version));
  if (OpIdOf(head.reason) != commit.op_id) return wrong("is another commit's");
  if (head.previous != *previous) return wrong("does not follow the one before");
  if (head.part_count != 1) return wrong("has several parts");
  *previous = journal::HashOf(head);
  txn::EntryChanges changes(reader, head);
  for (const journal::Change& expected : commit.changes) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, changes.Next());
    if (!found || changes.change() != expected) return wrong("has other changes");
  }
  DAFTAR_ASSIGN_OR_RETURN(const bool more, changes.Next());
  return more ? wrong("has more changes") : absl::OkStatus();
}

absl::Status CheckJournal(const std::shared_ptr<const storage::Reader>& reader,
                          const Model& model) {
  journal::Hash previous{};
  uint64_t version = 0;
  for (const Model::Commit& commit : model.commits()) {
    DAFTAR_RETURN_IF_ERROR(CheckEntry(reader, CommitVersion(++version), commit, &previous));
  }
  const auto parts = reader->NewIterator({codec::SpacePrefix(codec::Space::kJournal), ""}, {});
  for (uint64_t count = 0;; ++count) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, parts->Next());
    if (!found && count == model.last().value()) return absl::OkStatus();
    if (!found || count == model.last().value()) return WrongAnswer("journal has other parts");
  }
}

// Header and catalog, and nothing else before the records.
absl::Status CheckHead(const txn::ReadView& view, const Model& model) {
  if (view.version != model.last()) {
    return WrongAnswer(absl::StrCat("newest commit is ", view.version.value(), ", expected ",
                                    model.last().value()));
  }
  const std::string catalog_key = catalog::CatalogKey(model.catalog().version);
  DAFTAR_ASSIGN_OR_RETURN(const std::string catalog,
                          catalog::EncodeCatalog(model.catalog(), CommitVersion(0)));
  txn::Header header;
  header.format = txn::FormatFor(model.catalog());
  header.last_commit = model.last();
  header.schema = model.catalog().version;
  header.id = kLedgerId;
  Comparison comparison(
      "head", view.reader->NewIterator({"", codec::SpacePrefix(codec::Space::kRecord)}, {}));
  DAFTAR_RETURN_IF_ERROR(comparison.Expect(txn::HeaderKey(), txn::EncodeHeader(header)));
  DAFTAR_RETURN_IF_ERROR(comparison.Expect(catalog_key, catalog));
  return comparison.ExpectEnd();
}

absl::Status CheckPoints(const txn::ReadView& view, const Model& model) {
  for (const auto& [key, values] : model.keys()) {
    const std::string* expected = model.ValueAt(key, view.version);
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> found, view.reader->Get(key));
    const bool same = expected == nullptr ? !found.has_value() : found == *expected;
    if (!same) {
      return WrongAnswer(absl::StrCat("key ", Hex(key), " read by itself is wrong in commit ",
                                      view.version.value()));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status WrongAnswer(std::string_view text) { return absl::UnknownError(text); }
bool IsWrongAnswer(const absl::Status& status) { return absl::IsUnknown(status); }

absl::Status CheckLedger(const txn::Core& core, const Model& model, const CheckOptions& options,
                         Choices* choices) {
  const txn::ReadView view = core.View();
  DAFTAR_RETURN_IF_ERROR(CheckHead(view, model));
  DAFTAR_RETURN_IF_ERROR(CheckState(view, model));
  DAFTAR_RETURN_IF_ERROR(CheckHistory(*view.reader, model));
  DAFTAR_RETURN_IF_ERROR(CheckJournal(view.reader, model));
  if (options.point_reads) DAFTAR_RETURN_IF_ERROR(CheckPoints(view, model));
  for (int i = 0; i < options.past_states && model.last().value() > 0; ++i) {
    const CommitVersion version(choices->Below(model.last().value()));
    DAFTAR_ASSIGN_OR_RETURN(const txn::ReadView past, core.ViewAsOf(version));
    DAFTAR_RETURN_IF_ERROR(CheckState(past, model));
    if (options.point_reads) DAFTAR_RETURN_IF_ERROR(CheckPoints(past, model));
  }
  return absl::OkStatus();
}

}  // namespace daftar::torture

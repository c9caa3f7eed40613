#include "io/verify.h"

#include "absl/strings/escaping.h"
#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "index/entries.h"
#include "storage/external_sorter.h"

namespace daftar::io {
namespace {

constexpr size_t kSortBytesMax = size_t{32} << 20;
constexpr size_t kRepairBatchBytes = size_t{4} << 20;
constexpr uint64_t kProgressInterval = 10000;

class Verifier {
 public:
  Verifier(txn::Core* core, txn::ReadView view, std::filesystem::path spill_folder,
           const VerifyOptions& options)
      : core_(core),
        view_(std::move(view)),
        spill_folder_(std::move(spill_folder)),
        options_(options) {}

  absl::StatusOr<VerifyReport> Run() {
    for (const catalog::TableDef& table : view_.catalog->tables) {
      DAFTAR_RETURN_IF_ERROR(CheckTable(table));
    }
    DAFTAR_RETURN_IF_ERROR(CheckUnknownKeys());
    DAFTAR_RETURN_IF_ERROR(WriteRepairs());
    return std::move(report_);
  }

 private:
  std::unique_ptr<storage::Iterator> Iterate(const storage::KeyRange& range) const {
    return view_.reader->NewIterator(range, {.fill_cache = false});
  }

  // The report's entry for a problem, to be completed by the caller; null when enough are listed.
  void Report(Problem problem) {
    ++report_.problems_found;
    if (problem.repaired) ++report_.problems_repaired;
    if (report_.problems.size() < options_.problems_listed_max) {
      report_.problems.push_back(std::move(problem));
    }
  }

  void Progress() {
    const uint64_t checked = report_.records + report_.entries;
    if (options_.progress && checked % kProgressInterval == 0) options_.progress(checked);
  }

  absl::Status CheckTable(const catalog::TableDef& table) {
    std::vector<storage::ExternalSorter> expected;
    for (size_t i = 0; i < table.indexes.size(); ++i) {
      expected.emplace_back(storage::SorterOptions{
          spill_folder_, kSortBytesMax / std::max<size_t>(table.indexes.size(), 1), false});
    }
    const std::string prefix = codec::RecordPrefix(table.id);
    auto records = Iterate({prefix, codec::PrefixEnd(prefix)});
    while (true) {
      DAFTAR_ASSIGN_OR_RETURN(const bool found, records->Next());
      if (!found) break;
      ++report_.records;
      Progress();
      DAFTAR_RETURN_IF_ERROR(
          CheckRecord(table, prefix, records->key(), records->value(), &expected));
    }
    for (size_t i = 0; i < table.indexes.size(); ++i) {
      DAFTAR_RETURN_IF_ERROR(CheckIndex(table, table.indexes[i], &expected[i]));
    }
    return absl::OkStatus();
  }

  absl::Status CheckRecord(const catalog::TableDef& table, std::string_view prefix,
                           std::string_view key, std::string_view value,
                           std::vector<storage::ExternalSorter>* expected) {
    const std::string_view primary_key = key.substr(prefix.size());
    const auto damaged = [&](ProblemKind kind, std::string_view message) {
      Report({kind, table.name, "", txn::DescribeKey(table, primary_key), std::string(message)});
      return absl::OkStatus();
    };
    const auto record = txn::DecodeRecord(table, key, value);
    if (!record.ok()) return damaged(ProblemKind::kDamagedRecord, record.status().message());
    const auto own_key = index::RecordKey(table, *record);
    if (!own_key.ok() || own_key->view() != key) {
      return damaged(ProblemKind::kWrongKey, "the record's key fields do not give its key");
    }
    for (size_t i = 0; i < table.indexes.size(); ++i) {
      const auto entries = index::EntriesOf(table.indexes[i], primary_key, *record);
      if (!entries.ok()) return damaged(ProblemKind::kDamagedRecord, entries.status().message());
      for (const index::Entry& entry : *entries) {
        DAFTAR_RETURN_IF_ERROR((*expected)[i].Add(entry.key.view(), entry.covered));
      }
    }
    return absl::OkStatus();
  }

  // Walks the entries that should be and those that are side by side.
  absl::Status CheckIndex(const catalog::TableDef& table, const catalog::IndexDef& index,
                          storage::ExternalSorter* expected) {
    DAFTAR_ASSIGN_OR_RETURN(const auto wanted, expected->Finish());
    const std::string prefix = codec::IndexPrefix(index.id);
    auto actual = Iterate({prefix, codec::PrefixEnd(prefix)});
    DAFTAR_ASSIGN_OR_RETURN(bool has_wanted, wanted->Next());
    DAFTAR_ASSIGN_OR_RETURN(bool has_actual, actual->Next());
    while (has_wanted || has_actual) {
      const int order = !has_actual ? -1 : !has_wanted ? 1 : wanted->key().compare(actual->key());
      if (order < 0) {
        ReportEntry(ProblemKind::kMissingEntry, table, index, wanted->key(), "entry is missing");
        Repair(wanted->key(), index::EncodeEntryValue(view_.version, wanted->value()));
      } else if (order > 0) {
        ReportEntry(ProblemKind::kExtraEntry, table, index, actual->key(),
                    "entry has no record with these values");
        Repair(actual->key(), std::nullopt);
      } else if (!SameEntry(actual->value(), wanted->value())) {
        ReportEntry(ProblemKind::kWrongEntry, table, index, actual->key(),
                    "entry holds other values than the record");
        Repair(actual->key(), index::EncodeEntryValue(view_.version, wanted->value()));
      }
      if (order >= 0) {
        ++report_.entries;
        Progress();
        DAFTAR_ASSIGN_OR_RETURN(has_actual, actual->Next());
      }
      if (order <= 0) {
        DAFTAR_RETURN_IF_ERROR(CheckDuplicate(table, index, *wanted));
        DAFTAR_ASSIGN_OR_RETURN(has_wanted, wanted->Next());
      }
      DAFTAR_RETURN_IF_ERROR(WriteFullRepairs());
    }
    unique_tuple_.clear();
    return absl::OkStatus();
  }

  // Two neighbours of a unique index with one tuple are two records that must not both be.
  absl::Status CheckDuplicate(const catalog::TableDef& table, const catalog::IndexDef& index,
                              const storage::SortedReader& wanted) {
    if (!index.unique) return absl::OkStatus();
    std::string_view rest = wanted.key();
    rest.remove_prefix(codec::IndexPrefix(index.id).size());
    DAFTAR_ASSIGN_OR_RETURN(const std::vector<OwnedScalar> values,
                            codec::TakeTuple(catalog::PartsOf(index.on), &rest));
    for (const OwnedScalar& value : values) {
      if (IsNull(value)) return absl::OkStatus();
    }
    const std::string_view tuple = wanted.key().substr(0, wanted.key().size() - rest.size());
    if (tuple == unique_tuple_) {
      Report({ProblemKind::kDuplicate, table.name, index.name, txn::DescribeKey(table, rest),
              "another record has the same values of a unique index"});
    }
    unique_tuple_ = std::string(tuple);
    return absl::OkStatus();
  }

  bool SameEntry(std::string_view stored, std::string_view covered) const {
    const auto value = index::DecodeEntryValue(stored);
    return value.ok() && value->covered == covered && value->created <= view_.version;
  }

  void ReportEntry(ProblemKind kind, const catalog::TableDef& table, const catalog::IndexDef& index,
                   std::string_view key, std::string_view message) {
    std::string_view rest = key.substr(codec::IndexPrefix(index.id).size());
    const auto tuple = codec::TakeTuple(catalog::PartsOf(index.on), &rest);
    const std::string shown = tuple.ok() ? txn::DescribeKey(table, rest)
                                         : absl::StrCat("0x", absl::BytesToHexString(key));
    Report({kind, table.name, index.name, shown, std::string(message), options_.repair});
  }

  // Keys outside of everything that the schema knows.
  absl::Status CheckUnknownKeys() {
    std::vector<std::string> known = {
        codec::SpacePrefix(codec::Space::kHeader), codec::SpacePrefix(codec::Space::kCatalog),
        codec::SpacePrefix(codec::Space::kHistory), codec::SpacePrefix(codec::Space::kJournal),
        codec::SpacePrefix(codec::Space::kHelper)};
    for (const catalog::TableDef& table : view_.catalog->tables) {
      known.push_back(codec::RecordPrefix(table.id));
      for (const catalog::IndexDef& index : table.indexes) {
        known.push_back(codec::IndexPrefix(index.id));
      }
    }
    std::sort(known.begin(), known.end());
    std::string from;
    for (size_t i = 0; i <= known.size(); ++i) {
      const std::string until = i < known.size() ? known[i] : "";
      if (i == known.size() || from < until) DAFTAR_RETURN_IF_ERROR(CheckGap({from, until}));
      if (i < known.size()) from = codec::PrefixEnd(known[i]);
    }
    return absl::OkStatus();
  }

  absl::Status CheckGap(const storage::KeyRange& gap) {
    auto entries = Iterate(gap);
    while (true) {
      DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
      if (!found) return absl::OkStatus();
      Report({ProblemKind::kUnknownKey, "", "",
              absl::StrCat("0x", absl::BytesToHexString(entries->key())),
              "the key belongs to no table or index of the schema"});
    }
  }

  void Repair(std::string_view key, const std::optional<std::string>& value) {
    if (!options_.repair) return;
    if (value.has_value()) {
      repairs_.Put(key, *value);
    } else {
      repairs_.Delete(key);
    }
  }

  absl::Status WriteFullRepairs() {
    return repairs_.bytes() < kRepairBatchBytes ? absl::OkStatus() : WriteRepairs();
  }

  absl::Status WriteRepairs() {
    if (repairs_.empty()) return absl::OkStatus();
    DAFTAR_RETURN_IF_ERROR(core_->store().Write(repairs_, storage::Durability::kSynced));
    repairs_ = storage::Batch();
    return absl::OkStatus();
  }

  txn::Core* const core_;
  const txn::ReadView view_;
  const std::filesystem::path spill_folder_;
  const VerifyOptions& options_;
  VerifyReport report_;
  storage::Batch repairs_;
  std::string unique_tuple_;
};

}  // namespace

absl::StatusOr<VerifyReport> Verify(txn::Core* core, const std::filesystem::path& spill_folder,
                                    const VerifyOptions& options) {
  // What is in the store now is looked at, also what damage has done to it since the last commit.
  if (options.repair) {
    // A repair holds the write mutex to its end, so that it cannot undo a commit.
    const txn::WriteLock lock(core);
    core->ShowStore();
    auto report = Verifier(core, core->View(), spill_folder, options).Run();
    core->ShowStore();
    return report;
  }
  {
    const txn::WriteLock lock(core);
    core->ShowStore();
  }
  return Verifier(core, core->View(), spill_folder, options).Run();
}

}  // namespace daftar::io

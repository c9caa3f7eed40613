#include "columns/stored_row.h"

#include <algorithm>

#include "base/status.h"
#include "index/entries.h"
#include "record/envelope.h"
#include "record/stored_scalar.h"

namespace daftar::columns {
namespace {

size_t TermsOf(const EntrySet& set) {
  return set.index->on.size() + set.table->key.size() + set.index->covering.size();
}

// Takes all of `terms` off the front of `bytes`, into `values` and behind.
absl::Status TakeTerms(const std::vector<catalog::Term>& terms, std::string_view* bytes,
                       std::vector<OwnedScalar>::iterator values) {
  for (const catalog::Term& term : terms) {
    DAFTAR_RETURN_IF_ERROR(codec::TakePart(term.part, bytes, &*values++));
  }
  return absl::OkStatus();
}

}  // namespace

StoredRow::StoredRow(const EntrySet& set, const std::vector<record::FieldPath>& fields)
    : set_(set),
      fields_(fields),
      prefix_bytes_(set.prefix().size()),
      values_(set.index != nullptr ? TermsOf(set) : fields.size()),
      terms_(set.index != nullptr ? values_.size() : 0) {}

absl::StatusOr<const std::vector<Scalar>*> StoredRow::Read(std::string_view key,
                                                           std::string_view stored) {
  DAFTAR_RETURN_IF_ERROR(set_.index != nullptr ? ReadEntry(key, stored) : ReadRecord(key, stored));
  return &values_;
}

absl::Status StoredRow::ReadRecord(std::string_view key, std::string_view stored) {
  DAFTAR_ASSIGN_OR_RETURN(const record::Envelope envelope, record::DecodeEnvelope(key, stored));
  for (size_t i = 0; i < fields_.size(); ++i) {
    DAFTAR_ASSIGN_OR_RETURN(values_[i], record::ReadScalar(fields_[i], key, envelope.message));
  }
  return absl::OkStatus();
}

absl::Status StoredRow::ReadEntry(std::string_view key, std::string_view stored) {
  std::string_view rest = key.substr(prefix_bytes_);
  const auto own = terms_.begin();
  const auto primary = own + static_cast<std::ptrdiff_t>(set_.index->on.size());
  const auto covered = primary + static_cast<std::ptrdiff_t>(set_.table->key.size());
  DAFTAR_RETURN_IF_ERROR(TakeTerms(set_.index->on, &rest, own));
  DAFTAR_RETURN_IF_ERROR(TakeTerms(set_.table->key, &rest, primary));
  DAFTAR_ASSIGN_OR_RETURN(index::EntryValue value, index::DecodeEntryValue(stored));
  DAFTAR_RETURN_IF_ERROR(TakeTerms(set_.index->covering, &value.covered, covered));
  if (!rest.empty() || !value.covered.empty()) {
    return DataLoss("index entry has extra bytes")
        .With("index", set_.index->name)
        .WithBytes("key", key);
  }
  std::transform(terms_.begin(), terms_.end(), values_.begin(),
                 [](const OwnedScalar& term) { return ToView(term); });
  return absl::OkStatus();
}

}  // namespace daftar::columns
